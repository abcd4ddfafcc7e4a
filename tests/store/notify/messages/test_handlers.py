"""What notify does with each event."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event

from services.notify.contacts.models import CaseBoard, Contact
from services.notify.delivery.models import Notification
from services.notify.messages.handlers import EVENTS_WITH_MESSAGE, EVENTS_WITHOUT_MESSAGE
from shared.bus.topology import NOTIFY
from shared.database import Database
from shared.events import intake, routing
from shared.events.routing import (
    CaseAddressCorrected,
    CaseDeadline,
    CaseDecided,
    CaseQueued,
    CaseRegistered,
    CaseSupplemented,
    CaseTransferred,
)
from tests.builders import CASE_DATA, NOON, a_submission, case_event, received, supplemented
from tests.notify import Receive, everything, only


def test_every_event_that_reaches_notify_gives_a_message_or_is_declared_to_give_none() -> None:
    families = tuple(topic.removesuffix("#") for topic in NOTIFY.topics)
    reaching = {kind.NAME for kind in (*intake.EVENTS, *routing.EVENTS) if kind.NAME.startswith(families)}

    assert reaching == {*EVENTS_WITH_MESSAGE, *EVENTS_WITHOUT_MESSAGE}
    assert not {*EVENTS_WITH_MESSAGE} & {*EVENTS_WITHOUT_MESSAGE}


def test_a_submission_gives_a_receipt(store: Database, receive: Receive) -> None:
    submission = a_submission(language="en")

    receive(received(submission))

    receipt = only(store)
    assert (receipt.message, receipt.state, receipt.municipality) == ("receipt", "due", "2039")
    [contact] = everything(store, Contact)
    assert (contact.submission_id, contact.email, contact.language) == (
        submission.submission_id,
        "kim.karlsson@example.org",
        "en",
    )


def test_the_same_events_ten_times_in_any_order_give_one_message_each(store: Database, receive: Receive) -> None:
    submission = a_submission()
    kinds = CASE_DATA.keys() - {CaseAddressCorrected}  # it gives no message, and waits for its submission
    events = [
        received(submission),
        supplemented(submission),
        *(case_event(kind, submission, sequence=number) for number, kind in enumerate(kinds, start=1)),
    ]
    often = events * 10
    random.Random(2039).shuffle(often)

    receive(*often)

    messages = sorted(notification.message for notification in everything(store, Notification))
    assert messages == [
        "assigned",
        "closed",
        "deadline_extended",
        "deadline_moved",
        "decided",
        "decision_request_rejected",
        "decision_requested",
        "delayed",
        "files_not_taken",
        "joined",
        "message",
        "receipt",
        "registered",
        "reopened",
        "supplement_request_withdrawn",
        "supplement_requested",
        "supplemented",
        "transferred",
    ]


def test_a_supplement_that_moves_no_last_day_gives_no_second_message(store: Database, receive: Receive) -> None:
    unmoved = CaseDeadline(date(2027, 2, 1), date(2026, 11, 23))
    submission = a_submission()

    receive(case_event(CaseSupplemented, submission, deadline=unmoved))
    receive(case_event(CaseSupplemented, submission, deadline=None))

    assert not everything(store, Notification)


def test_an_event_known_by_its_notification_alone_still_gives_no_second_message(
    store: Database, receive: Receive
) -> None:
    event = case_event(CaseRegistered, a_submission())
    receive(event)
    with store.sessions.begin() as session:
        session.connection().exec_driver_sql("DELETE FROM inbox")

    receive(event)

    assert only(store).event_id == event.id


def test_a_submission_under_a_new_event_id_gets_no_second_receipt(store: Database, receive: Receive) -> None:
    submission = a_submission()

    receive(received(submission), received(submission))

    assert only(store).message == "receipt"


def test_a_fault_report_gives_receipt_and_decision_only(store: Database, receive: Receive) -> None:
    report = a_submission(eservice="felanmalan", regime="faktiskt_handlande")

    receive(received(report), case_event(CaseRegistered, report), case_event(CaseDecided, report, appeal=None))

    assert {each.message for each in everything(store, Notification)} == {"receipt", "decided"}


def test_what_is_handled_in_one_batch_is_as_what_is_handled_one_by_one(store: Database, receive_batch: Receive) -> None:
    submissions = [a_submission() for _ in range(3)]
    events = [
        one
        for submission in submissions
        for one in (
            received(submission),
            received(submission),
            supplemented(submission),
            case_event(CaseTransferred, submission, sequence=3, board="TN"),
            case_event(CaseRegistered, submission, sequence=1, board="BN"),
        )
    ]

    receive_batch(*events)

    assert sorted(each.message for each in everything(store, Notification)) == sorted(
        ["receipt", "supplemented", "transferred", "registered"] * 3
    )
    assert {each.board for each in everything(store, CaseBoard)} == {"TN"}
    assert len(everything(store, Contact)) == len(everything(store, CaseBoard)) == 3


def test_a_batch_is_written_by_a_statement_for_each_table_whatever_its_size(
    store: Database, receive_batch: Receive
) -> None:
    texts = []
    for size in (1, 40):
        submissions = [a_submission() for _ in range(size)]
        with statements_of(store) as statements:
            receive_batch(*map(received, submissions), *(case_event(CaseRegistered, each) for each in submissions))
        texts.append([each for each in statements if each.startswith("INSERT") and "INTO inbox" not in each])

    assert texts[0] == texts[1]
    assert [statement.split()[2] for statement in texts[0]] == ["contacts", "case_boards", "notifications"]


@contextmanager
def statements_of(store: Database) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    yield statements
    event.remove(store.engine, "before_cursor_execute", note)


def test_what_only_concerns_the_officers_gives_no_message(store: Database, receive: Receive) -> None:
    receive(case_event(CaseQueued, a_submission()))

    assert everything(store, Notification) == []


def test_an_event_of_a_case_may_come_before_its_submission(store: Database, receive: Receive) -> None:
    submission = a_submission()

    receive(case_event(CaseRegistered, submission), received(submission))

    assert {each.message for each in everything(store, Notification)} == {"receipt", "registered"}


@pytest.mark.parametrize("kind", CASE_DATA)
def test_only_what_the_message_needs_is_kept(
    store: Database, receive: Receive, kind: type[routing.CasePayload]
) -> None:
    submission = a_submission()
    receive(received(submission), case_event(kind, submission, at=NOON))

    for notification in everything(store, Notification):
        assert not {"case_id", "submission_id", "eservice", "state", "at"} & set(notification.content)


def test_contacts_hold_no_name(store: Database, receive: Receive) -> None:
    receive(received(a_submission()))

    [contact] = everything(store, Contact)
    assert "Karlsson" not in str(vars(contact))


def test_the_trace_goes_on_with_the_notification(store: Database, receive: Receive) -> None:
    event = received(a_submission(submission_id=uuid4()))

    receive(event)

    assert only(store).traceparent == event.traceparent


def test_a_submission_under_a_law_that_is_not_known_is_not_handled(store: Database, receive: Receive) -> None:
    with pytest.raises(ValueError, match="ny_forvaltningslag"):
        receive(received(a_submission(regime="ny_forvaltningslag")))

    assert everything(store, Notification) == everything(store, Contact) == []
