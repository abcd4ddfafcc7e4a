"""The gauges of delivery."""

from collections import deque

from services.notify.delivery.dispatcher import Dispatcher
from services.notify.delivery.gauges import measure
from shared.database import Database
from shared.events.routing import CaseDecided
from tests.builders import HandClock, a_submission, case_event, received
from tests.mail_server import MailServer
from tests.notify import Receive, metric


def test_the_gauges_show_what_waits_and_how_late_it_is(store: Database, receive: Receive, clock: HandClock) -> None:
    receive(case_event(CaseDecided, a_submission()))
    clock.move(minutes=10)

    measure(store.sessions, now=clock())

    assert metric("notify_waiting") == 1
    assert metric("notify_late_seconds") == 600


def test_what_waits_for_its_next_attempt_is_not_late(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer, clock: HandClock
) -> None:
    mail_server.recipient_replies["kim.karlsson@example.org"] = deque(["452 mailbox full"] * 3)
    receive(received(a_submission()))
    for minutes in (1, 5, 29):
        dispatcher.deliver_batch()
        clock.move(minutes=minutes)

    measure(store.sessions, now=clock())

    assert metric("notify_waiting") == 1
    assert metric("notify_late_seconds") == 0


def test_what_failed_is_counted_for_an_hour(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer, clock: HandClock
) -> None:
    mail_server.recipient_replies["kim.karlsson@example.org"] = deque(["550 nobody here"])
    receive(received(a_submission()))
    dispatcher.deliver_batch()

    counts = []
    for minutes in (59, 1):
        clock.move(minutes=minutes)
        measure(store.sessions, now=clock())
        counts.append(metric("notify_failed"))

    assert counts == [1, 0]
