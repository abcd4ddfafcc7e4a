"""What the bus may do to events, and what comes of it: repeats, any order, and bodies that no service can read."""

import json
import random
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, insert, select

from services.notify.delivery.models import Notification
from services.routing.cases.models import Case, JournalEntry
from shared.bus.topology import EVENTS_EXCHANGE
from shared.clock import utc_now
from shared.events.encryption import Keyring
from shared.events.envelope import Event
from tests.system import ledger
from tests.system.people import Citizen, eventually
from tests.system.submissions import a_fault_report

COPIES = 10
PUBLISHED_BY_A_TEST = "published by a test"

pytestmark = pytest.mark.usefixtures("no_failed_events")


@pytest.fixture
def citizen(installation):
    """Somebody who submits."""
    return Citizen(installation)


@pytest.fixture(autouse=True)
def _nothing_is_published_again(installation):
    """What tests published is removed: an installation that starts anew would publish it once more."""
    yield
    for store in installation.stores.values():
        outbox = store.tables.outbox
        with store.database.sessions.begin() as session:
            session.execute(delete(outbox).where(outbox.subject == PUBLISHED_BY_A_TEST))


def arrived(installation, reference):
    """Wait until the submission has its case and its receipt, and its owner can see so."""
    eventually(lambda: ledger.assert_one_of_each(installation, [reference]))
    eventually(lambda: ledger.events_on_their_way(installation) == 0)


def events_about(installation, reference):
    """Every event of the submission and its case: its publisher, routing key and body."""
    submission = ledger.submissions(installation)[reference]
    with installation.stores["routing"].database.sessions() as session:
        case = session.scalar(select(Case.id).where(Case.submission_id == submission))
    for name, store in installation.stores.items():
        outbox = store.tables.outbox
        about = select(outbox.routing_key, outbox.body).where(
            outbox.subject.in_([str(submission), str(case)]), outbox.exchange == EVENTS_EXCHANGE
        )
        with store.database.sessions() as session:
            yield from ((name, key, in_clear(installation, body)) for key, body in session.execute(about))


def in_clear(installation, body):
    """The event as it was before its publisher encrypted what people have written."""
    keyring = Keyring(tuple(installation.environ["ARENDE_EVENT_KEYS"].split(",")))
    return Event.decode(body, keyring).encode().decode()


def publish(installation, events):
    """Have the services' relays publish these bodies, as they are and in this order."""
    for name, key, body in events:
        store = installation.stores[name]
        row = {
            "event_id": uuid4(),
            "subject": PUBLISHED_BY_A_TEST,
            "exchange": EVENTS_EXCHANGE,
            "routing_key": key,
            "body": body,
            "secret": False,
            "recorded_at": utc_now(),
        }
        with store.database.sessions.begin() as session:
            session.execute(insert(store.tables.outbox).values(row))


def effects(installation, citizen, reference):
    """All that a submission has led to."""
    submission = ledger.submissions(installation)[reference]
    with installation.stores["routing"].database.sessions() as session:
        entries = (
            select(func.count()).join(Case, Case.id == JournalEntry.case_id).where(Case.submission_id == submission)
        )
        journal = session.scalar(entries.select_from(JournalEntry))
    with installation.stores["notify"].database.sessions() as session:
        about = select(func.count()).where(Notification.submission_id == submission)
        notifications = session.scalar(about)
    mails = len(installation.mails_about(reference))
    return ledger.cases(installation)[submission], journal, notifications, mails, citizen.status(reference)


def test_each_event_published_ten_times_in_any_order_has_the_effect_of_one(installation, citizen):
    reference = citizen.submit(a_fault_report()).json()["reference"]
    publish(installation, [*events_about(installation, reference)] * COPIES)
    arrived(installation, reference)
    before = effects(installation, citizen, reference)

    again = [*events_about(installation, reference)] * COPIES
    random.Random(7).shuffle(again)
    publish(installation, again)

    arrived(installation, citizen.submit(a_fault_report()).json()["reference"])
    assert effects(installation, citizen, reference) == before
    assert before[:2] == (1, 2)
    assert not any(ledger.failed_events(installation).values())


@pytest.mark.parametrize(
    "body",
    ["not an event", '{"specversion": "1.0"}', "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")],
)
def test_what_no_service_can_read_is_parked_and_the_others_flow_on(installation, citizen, body):
    publish(installation, [("intake", "submission.received.2039", body)])

    arrived(installation, citizen.submit(a_fault_report()).json()["reference"])

    for service in ("routing", "notify"):
        listed = eventually(lambda service=service: parked(installation, service))
        assert "UnreadableEvent" in listed
        [event_id] = [line.split()[0] for line in listed.splitlines()[:-1]]
        assert '"bytes"' in installation.arende("failed", "show", service, event_id).stdout
        assert "1 will be tried again" in installation.arende("failed", "retry", service, event_id).stdout
        eventually(lambda service=service: parked(installation, service))
        assert "1 dropped" in installation.arende("failed", "drop", service, event_id).stdout
        assert installation.arende("failed", "list", service).stdout == f"{service}: 0 failed events\n"


def later(body, **changes):
    """The event as a later version of its publisher would write it, with an id of its own."""
    return json.dumps({**json.loads(body), "id": str(uuid4()), **changes})


def test_events_of_a_later_version_wait_in_every_service_and_the_others_flow_on(installation, citizen):
    reference = citizen.submit(a_fault_report()).json()["reference"]
    arrived(installation, reference)
    before = effects(installation, citizen, reference)
    known = {key.rpartition(".")[0]: (name, key, body) for name, key, body in events_about(installation, reference)}
    name, key, registered = known["case.registered"]
    _, _, received = known["submission.received"]
    data = json.loads(received)["data"]
    new_law = {**data, "handling": {**data["handling"], "legal_regime": "lag_2031_17"}}
    publish(
        installation,
        [
            (name, key, later(registered, type="se.arende.case.registered.v2")),
            (name, "case.escalated.2039", later(registered, type="se.arende.case.escalated.v1")),
            ("intake", "submission.received.2039", later(received, data=new_law)),
        ],
    )

    arrived(installation, citizen.submit(a_fault_report()).json()["reference"])

    for service, expected in (("intake", 2), ("routing", 1), ("notify", 3)):
        listed = eventually(
            lambda service=service, expected=expected: waiting_for_newer(installation, service, expected)
        )
        assert all("waiting, next attempt at" in line for line in listed)
        assert not parked(installation, service)
        dropped = installation.arende("failed", "drop", service, "--all", "--reason", "NewerEvent").stdout
        assert dropped == f"{service}: {expected} dropped\n"
    assert effects(installation, citizen, reference) == before


def waiting_for_newer(installation, service, count):
    """The lines of the failed events that wait for a newer version of the service, once there are so many."""
    *lines, total = installation.arende("failed", "list", service, "--reason", "NewerEvent").stdout.splitlines()
    assert total == f"{service}: {count} failed events"
    return lines


def parked(installation, service):
    """What `arende failed list` shows of parked events; empty when there is none."""
    listed = installation.arende("failed", "list", service, "--parked").stdout
    return listed if "parked" in listed else ""
