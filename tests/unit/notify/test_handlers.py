"""What notify makes of events."""

import random
from uuid import uuid4

import pytest

from services.notify.messages.handlers import HEARD, UNHEARD
from services.notify.models import Contact, Notification
from shared.bus.topology import NOTIFY
from shared.database import Database
from shared.events import intake, routing
from shared.events.routing import CaseDecided, CaseQueued, CaseRegistered
from tests.builders import CASE_SAYS, NOON, a_submission, received, supplemented, told_of_case
from tests.unit.notify.conftest import Hear, everything, only


def test_every_event_that_reaches_notify_is_heard_or_declared_unheard() -> None:
    families = tuple(topic.removesuffix("#") for topic in NOTIFY.topics)
    reaching = {fact.NAME for fact in (*intake.EVENTS, *routing.EVENTS) if fact.NAME.startswith(families)}

    assert reaching == {*HEARD, *UNHEARD}
    assert not {*HEARD} & {*UNHEARD}


def test_a_submission_is_met_with_a_receipt(store: Database, hear: Hear) -> None:
    submission = a_submission(language="en")

    hear(received(submission))

    receipt = only(store)
    assert (receipt.message, receipt.state, receipt.municipality) == ("receipt", "due", "2039")
    [contact] = everything(store, Contact)
    assert (contact.submission_id, contact.email, contact.language) == (
        submission.submission_id,
        "kim.karlsson@example.org",
        "en",
    )


def test_the_same_events_ten_times_in_any_order_tell_the_submitter_once_of_each(store: Database, hear: Hear) -> None:
    submission = a_submission()
    events = [
        received(submission),
        supplemented(submission),
        *(told_of_case(kind, submission, sequence=number) for number, kind in enumerate(CASE_SAYS, start=1)),
    ]
    often = events * 10
    random.Random(2039).shuffle(often)

    hear(*often)

    told = sorted(notification.message for notification in everything(store, Notification))
    assert told == [
        "assigned",
        "closed",
        "decided",
        "message",
        "receipt",
        "registered",
        "reopened",
        "supplement_requested",
        "supplemented",
        "transferred",
    ]


def test_an_event_remembered_by_its_notification_alone_still_tells_nobody_twice(store: Database, hear: Hear) -> None:
    event = told_of_case(CaseRegistered, a_submission())
    hear(event)
    with store.sessions.begin() as session:
        session.connection().exec_driver_sql("DELETE FROM inbox")

    hear(event)

    assert only(store).event_id == event.id


def test_a_submission_told_of_under_a_new_event_id_gets_no_second_receipt(store: Database, hear: Hear) -> None:
    submission = a_submission()

    hear(received(submission), received(submission))

    assert only(store).message == "receipt"


def test_a_fault_report_is_told_of_by_receipt_and_decision_only(store: Database, hear: Hear) -> None:
    report = a_submission(eservice="felanmalan", regime="faktiskt_handlande")

    hear(received(report), told_of_case(CaseRegistered, report), told_of_case(CaseDecided, report, appeal=None))

    assert {each.message for each in everything(store, Notification)} == {"receipt", "decided"}


def test_what_only_concerns_the_officers_gives_no_message(store: Database, hear: Hear) -> None:
    hear(told_of_case(CaseQueued, a_submission()))

    assert everything(store, Notification) == []


def test_a_case_may_be_told_of_before_its_submission(store: Database, hear: Hear) -> None:
    submission = a_submission()

    hear(told_of_case(CaseRegistered, submission), received(submission))

    assert {each.message for each in everything(store, Notification)} == {"receipt", "registered"}


@pytest.mark.parametrize("kind", CASE_SAYS)
def test_only_what_the_message_needs_is_kept(store: Database, hear: Hear, kind: type[routing.CasePayload]) -> None:
    hear(told_of_case(kind, a_submission(), at=NOON))

    for notification in everything(store, Notification):
        assert not {"case_id", "submission_id", "eservice", "state", "at"} & set(notification.content)


def test_contacts_hold_no_name(store: Database, hear: Hear) -> None:
    hear(received(a_submission()))

    [contact] = everything(store, Contact)
    assert "Karlsson" not in str(vars(contact))


def test_the_trace_goes_on_with_the_notification(store: Database, hear: Hear) -> None:
    event = received(a_submission(submission_id=uuid4()))

    hear(event)

    assert only(store).traceparent == event.traceparent
