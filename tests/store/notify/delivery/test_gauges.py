"""The gauges of delivery."""

from collections import deque

import pytest
from sqlalchemy import event

from services.notify.delivery import notification_list
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


@pytest.mark.parametrize("database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT count(*) FROM notifications WHERE state = 'failed' AND ended_at > now()", "ix_notifications_failed"),
        (
            "SELECT * FROM notifications WHERE municipality = '2039' AND state = 'failed' "
            "ORDER BY occurred_at DESC, id DESC LIMIT 50",
            "ix_notifications_undelivered",
        ),
    ],
)
def test_what_has_failed_is_found_without_reading_what_was_delivered(
    store: Database, receive: Receive, query: str, index: str
) -> None:
    receive(received(a_submission()))
    with store.engine.begin() as connection:
        connection.exec_driver_sql(MANY_ENDED)
        connection.exec_driver_sql("ANALYZE notifications")
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {query}").scalars())

    assert index in plan
    assert "Seq Scan" not in plan


MANY_ENDED = """
    INSERT INTO notifications (id, municipality, submission_id, event_id, eservice, message, content, traceparent,
        occurred_at, state, attempts, ended_at)
    SELECT gen_random_uuid(), municipality, submission_id, gen_random_uuid(), eservice, 'closed', content, '',
        occurred_at, CASE number %% 5 WHEN 0 THEN 'skipped' WHEN 1 THEN 'failed' ELSE 'delivered' END, 1, occurred_at
    FROM notifications, generate_series(1, 20000) AS number
"""


def test_the_gauges_and_the_list_ask_so_that_these_indexes_serve(store: Database, clock: HandClock) -> None:
    statements: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    measure(store.sessions, now=clock())
    notification_list.newest(store.sessions, "2039", None, limit=1, filters={"state": "failed"})

    assert len([each for each in statements if "state = 'failed'" in each]) == 2


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
