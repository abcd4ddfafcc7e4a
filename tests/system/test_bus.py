"""What the bus may do to events, and what comes of it: repeats, any order, and bodies that nobody can read."""

import random
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, insert, select

from services.notify.models import Notification
from services.routing.models import Case, JournalEntry
from shared.bus.topology import EVENTS_EXCHANGE
from shared.clock import utc_now
from tests.system import ledger
from tests.system.people import Citizen, eventually
from tests.system.submissions import a_fault_report

COPIES = 10
TOLD_BY_A_TEST = "told by a test"


@pytest.fixture
def citizen(installation):
    """Somebody who submits."""
    return Citizen(installation)


@pytest.fixture(autouse=True)
def _nothing_is_told_again(installation):
    """What tests told is forgotten: an installation that starts anew would tell it once more."""
    yield
    for store in installation.stores.values():
        outbox = store.tables.outbox
        with store.database.sessions.begin() as session:
            session.execute(delete(outbox).where(outbox.subject == TOLD_BY_A_TEST))


def arrived(installation, reference):
    """Wait until the submission has its case and its receipt, and its owner can see so."""
    eventually(lambda: ledger.assert_one_of_each(installation, [reference]))
    eventually(lambda: ledger.events_on_their_way(installation) == 0)


def told_about(installation, reference):
    """Every event of the submission and its case: who told it, its routing key and body."""
    submission = ledger.submissions(installation)[reference]
    with installation.stores["routing"].database.sessions() as session:
        case = session.scalar(select(Case.id).where(Case.submission_id == submission))
    for name, store in installation.stores.items():
        outbox = store.tables.outbox
        about = select(outbox.routing_key, outbox.body).where(
            outbox.subject.in_([str(submission), str(case)]), outbox.exchange == EVENTS_EXCHANGE
        )
        with store.database.sessions() as session:
            yield from ((name, key, body) for key, body in session.execute(about))


def tell(installation, events):
    """Have the services' relays publish these bodies, as they are and in this order."""
    for name, key, body in events:
        store = installation.stores[name]
        row = {
            "event_id": uuid4(),
            "subject": TOLD_BY_A_TEST,
            "exchange": EVENTS_EXCHANGE,
            "routing_key": key,
            "body": body,
            "secret": False,
            "recorded_at": utc_now(),
        }
        with store.database.sessions.begin() as session:
            session.execute(insert(store.tables.outbox).values(row))


def effects(installation, citizen, reference):
    """All that has come of a submission."""
    submission = ledger.submissions(installation)[reference]
    with installation.stores["routing"].database.sessions() as session:
        entries = select(func.count()).select_from(JournalEntry).join(Case, Case.id == JournalEntry.case_id)
        journal = session.scalar(entries.where(Case.submission_id == submission))
    with installation.stores["notify"].database.sessions() as session:
        about = select(func.count()).where(Notification.submission_id == submission)
        notifications = session.scalar(about)
    mails = len(installation.mails_about(reference))
    return ledger.cases(installation)[submission], journal, notifications, mails, citizen.status(reference)


def test_each_event_told_ten_times_in_any_order_has_the_effect_of_one(installation, citizen):
    reference = citizen.submit(a_fault_report()).json()["reference"]
    tell(installation, [*told_about(installation, reference)] * COPIES)
    arrived(installation, reference)
    before = effects(installation, citizen, reference)

    again = [*told_about(installation, reference)] * COPIES
    random.Random(7).shuffle(again)
    tell(installation, again)

    arrived(installation, citizen.submit(a_fault_report()).json()["reference"])
    assert effects(installation, citizen, reference) == before
    assert before[:2] == (1, 2)
    assert not any(ledger.failed_events(installation).values())


@pytest.mark.parametrize(
    "body",
    ["not an event", '{"specversion": "1.0"}', "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")],
)
def test_what_nobody_can_read_is_parked_and_the_others_flow_on(installation, citizen, body):
    tell(installation, [("intake", "submission.received.2039", body)])

    arrived(installation, citizen.submit(a_fault_report()).json()["reference"])

    for service in ("routing", "notify"):
        listed = eventually(lambda service=service: parked(installation, service))
        assert "UnreadableEvent" in listed
        [event_id] = [line.split()[0] for line in listed.splitlines()[:-1]]
        assert '"bytes"' in installation.arende("failed", "show", service, event_id).stdout
        assert "1 will be tried again" in installation.arende("failed", "retry", service, event_id).stdout
        eventually(lambda service=service: parked(installation, service))
        assert "1 dropped" in installation.arende("failed", "drop", service, event_id).stdout
        assert installation.arende("failed", "list", service).stdout == f"{service}: 0 held\n"


def parked(installation, service):
    """What `arende failed list` says of parked events; empty when there is none."""
    listed = installation.arende("failed", "list", service).stdout
    return listed if "parked" in listed else ""
