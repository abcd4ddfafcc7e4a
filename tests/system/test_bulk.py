"""Eight hundred cases are decided by one order while routing's worker is killed: each once, with one message each."""

from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, insert, select, update

from services.intake.models import Outbox
from services.intake.submissions import reference
from services.intake.submissions.models import Submission
from services.routing.bulk.models import BulkCase
from services.routing.cases.models import Case
from services.routing.cases.state_machine import State
from shared.bus import outbox
from shared.events.encryption import Keyring
from shared.events.envelope import Event
from tests.system import ledger
from tests.system.people import Citizen, Officer, eventually
from tests.system.submissions import an_anonymous_fault_report

CASES = 800
LEFT = 3  # cases that the worker comes to when it is started again, however quick it was before

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq, pytest.mark.thorough, pytest.mark.timeout(400)]


def many_submissions(installation):
    """The ids of so many submissions: one is sent, and the others are stored as that one was, with their events."""
    store = installation.stores["intake"]
    answer = Citizen(installation).submit(an_anonymous_fault_report(category="park"))
    with store.database.sessions.begin() as session:
        first = session.scalars(select(Submission).where(Submission.reference == answer.json()["reference"])).one()
        recorded = session.scalars(select(Outbox).where(Outbox.subject == str(first.id))).first()
        event = Event.decode(recorded.body, Keyring((installation.environ["ARENDE_EVENT_KEYS"],)))
        values = {column.key: getattr(first, column.key) for column in Submission.__table__.columns}
        copies = [{"id": uuid4(), "reference": reference.new()} for _ in range(CASES - 1)]
        session.execute(insert(Submission), [values | {"idempotency_key": None} | each for each in copies])
        session.execute(insert(Outbox), [outbox.row(copied(event, *each.values())) for each in copies])
    return {first.id, *(each["id"] for each in copies)}


def copied(event, submission_id, reference):
    """The event of another submission that is like the first."""
    data = {**event.data, "submission_id": str(submission_id), "reference": reference}
    return replace(event, id=uuid4(), subject=str(submission_id), data=data)


def in_annas_hands(installation, submissions):
    """Have Anna handle their cases, as if she had claimed each."""
    with installation.stores["routing"].database.sessions.begin() as session:
        claimed = {"state": State.ASSIGNED, "officer_subject": "anna.andersson", "officer_name": "Anna Andersson"}
        session.execute(update(Case).where(Case.submission_id.in_(submissions)).values(claimed))


def order_twice(officer, body):
    """Order it, and again with the same key as when the answer is lost; the job's id."""
    headers = {"Idempotency-Key": str(uuid4())}
    first, again = (officer.send("bulk-jobs", body, headers).raise_for_status().json()["id"] for _ in range(2))
    assert first == again
    return UUID(first)


@contextmanager
def some_locked(installation, job):
    """Lock the last cases of the job meanwhile: the worker passes them by."""
    last = select(BulkCase).where(BulkCase.job_id == job).order_by(BulkCase.position.desc()).limit(LEFT)
    with installation.stores["routing"].database.sessions() as session:
        assert len(session.scalars(last.with_for_update()).all()) == LEFT
        yield


def progress(installation, job):
    """How many cases of the job stand how, as the store has it."""
    counted = select(BulkCase.progress, func.count()).where(BulkCase.job_id == job).group_by(BulkCase.progress)
    with installation.stores["routing"].database.sessions() as session:
        return {row[0]: row[1] for row in session.execute(counted)}


def test_each_of_800_cases_is_decided_once_with_one_message_though_the_worker_is_killed(production_installation):
    officer, worker = Officer(production_installation), production_installation.processes["routing-worker"]
    sent = many_submissions(production_installation)
    eventually(lambda: sent <= ledger.cases(production_installation).keys(), within=90)
    in_annas_hands(production_installation, sent)
    chosen = {"queue": {"code": "park", "state": "assigned", "whose": "mine"}}
    data = {"outcome": "atgardat", "reasons": "Lekplatsen är lagad."}

    job = order_twice(officer, {"selection": chosen, "action": "decide", "data": data})
    with some_locked(production_installation, job):
        eventually(lambda: progress(production_installation, job).get("performed", 0) >= CASES / 4, within=90)
        worker.kill()
    assert progress(production_installation, job)["waiting"]
    worker.start()
    eventually(lambda: "waiting" not in progress(production_installation, job), within=120)
    worker.wait_until_ready()

    assert progress(production_installation, job) == {"performed": CASES}
    eventually(lambda: officer.get(f"bulk-jobs/{job}")["finished_at"] is not None)
    decided = ledger.decided(production_installation)
    assert {each: decided[each] for each in sent if decided[each] != 1} == {}

    def each_has_one_message():
        found = ledger.notifications(production_installation).values()
        messages = Counter(each.submission for each in found if each.message == "decided")
        assert {each: messages[each] for each in sent if messages[each] != 1} == {}

    eventually(lambda: ledger.events_on_their_way(production_installation) == 0, within=90)
    eventually(each_has_one_message, within=90)
