"""Eight hundred cases are decided by one order while routing's worker is killed: each once, with one message each."""

from collections import Counter
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import insert, select

from services.intake.models import Outbox
from services.intake.submissions import reference
from services.intake.submissions.models import Submission
from shared.bus import outbox
from shared.events.encryption import Keyring
from shared.events.envelope import Event
from tests.system import ledger
from tests.system.people import Citizen, Officer, eventually
from tests.system.submissions import a_fault_report

CASES = 800
QUEUE = "park"

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq, pytest.mark.timeout(400)]


def many_submissions(installation):
    """The ids of so many submissions: one is sent, and the others are stored as that one was, with their events."""
    store = installation.stores["intake"]
    answer = Citizen(installation).submit(a_fault_report(category="park"))
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


class Ordering:
    """An officer who orders actions for all that waits in a queue."""

    def __init__(self, installation):
        self.officer = Officer(installation)

    def order(self, action, state, **data):
        """Order it, twice with one key as when the first answer is lost; the job's id."""
        body = {"selection": {"queue": {"code": QUEUE, "state": state}}, "action": action, "data": data}
        headers = {"Idempotency-Key": str(uuid4())}
        first, again = (self.officer.post("bulk-jobs", body, headers) for _ in range(2))
        assert (first.status_code, first.json()["id"]) == (201, again.json()["id"]), first.text
        return first.json()["id"]

    def job(self, job_id):
        """How it goes."""
        return self.officer.get(f"bulk-jobs/{job_id}")

    def finished(self, job_id):
        """How it went."""
        eventually(lambda: self.job(job_id)["finished_at"] is not None, within=120)
        return self.job(job_id)


def test_each_of_800_cases_is_decided_once_with_one_message_though_the_worker_is_killed(production_installation):
    ordering, worker = Ordering(production_installation), production_installation.processes["routing-worker"]
    sent = many_submissions(production_installation)
    eventually(lambda: sent <= ledger.cases(production_installation).keys(), within=90)
    claiming = ordering.order("claim", "queued")
    assert ordering.finished(claiming)["performed"] >= CASES

    deciding = ordering.order("decide", "assigned", outcome="atgardat", reasons="Lekplatsen är lagad.")
    for share in (0.1, 0.4):
        eventually(lambda share=share: ordering.job(deciding)["performed"] >= share * CASES, within=90)
        worker.kill()
        worker.start()
        worker.wait_until_ready()

    job = ordering.finished(deciding)
    assert (job["performed"], job["waiting"], job["failed"]) == (job["cases"], 0, 0)
    decided = ledger.decided(production_installation)
    assert {each: decided[each] for each in sent if decided[each] != 1} == {}

    def each_has_one_message():
        found = ledger.notifications(production_installation).values()
        messages = Counter(each.submission for each in found if each.message == "decided")
        assert {each: messages[each] for each in sent if messages[each] != 1} == {}

    eventually(lambda: ledger.events_on_their_way(production_installation) == 0, within=90)
    eventually(each_has_one_message, within=90)
