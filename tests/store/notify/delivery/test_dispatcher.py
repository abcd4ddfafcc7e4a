"""Delivery: what is due is sent, once, in spite of servers that fail and processes that die."""

import json
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import delete, event

from bench.ports import free_port
from services.notify.channels.channel import DELIVERED, Channel, ChannelSession, DeliveryResult, Outcome
from services.notify.channels.mail import Mail
from services.notify.channels.smtp import Smtp
from services.notify.delivery import dispatcher as dispatching
from services.notify.delivery.dispatcher import WITHOUT_ADDRESS, Dispatcher
from services.notify.delivery.ledger import Attempt, record
from services.notify.delivery.manual_retry import send_to_corrected
from services.notify.delivery.models import Delivery, Notification
from services.notify.delivery.queue import BATCH, take_due
from services.notify.delivery.recipient_limit import RecipientLimit
from services.notify.delivery.retry_policy import WAITS
from services.notify.models import Inbox, Outbox
from shared.bus import notifier
from shared.database import Database
from shared.events.routing import CaseAddressCorrected, CaseClosed, CaseRegistered
from tests.builders import HandClock, a_submission, case_event, received
from tests.bus import eventually
from tests.mail_server import CLOSE_CONNECTION, MailServer, started
from tests.notify import FROM_ADDRESS, Receive, everything, metric, only

Make = Callable[[Channel], Dispatcher]

# Round trips count where the store is a server.
ON_POSTGRES = pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


def published(store: Database) -> list[tuple[str, dict[str, str]]]:
    """The events that notify has for the other services: name and data."""
    events = [json.loads(row.body) for row in everything(store, Outbox)]
    return [(event["type"].removeprefix("se.arende.notification."), event["data"]) for event in events]


def attempts(store: Database) -> list[tuple[str, str]]:
    return [(row.result, row.code) for row in everything(store, Delivery)]


def test_a_receipt_is_delivered_and_recorded_and_an_event_is_published(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer, clock: HandClock
) -> None:
    event = received(a_submission())
    receive(event)
    clock.move(seconds=3)
    before = metric("notify_notifications_total", message="receipt", state="delivered")

    dispatcher.deliver_batch()

    receipt = only(store)
    assert mail_server.subjects == ["Vi har tagit emot: Ansökan om bygglov"]
    assert (receipt.state, receipt.attempts, receipt.cause, receipt.ended_at) == ("delivered", 1, None, clock.now)
    assert attempts(store) == [("delivered", "ok")]
    [(name, data)] = published(store)
    assert name == "delivered.v1"
    assert (data["notification_id"], data["message"], data["channel"]) == (str(receipt.id), "receipt", "smtp")
    assert metric("notify_notifications_total", message="receipt", state="delivered") == before + 1


def test_the_event_belongs_to_the_trace_of_the_submission_and_names_no_person(
    store: Database, receive: Receive, dispatcher: Dispatcher
) -> None:
    event = received(a_submission())
    receive(event)

    dispatcher.deliver_batch()

    [row] = everything(store, Outbox)
    assert json.loads(row.body)["traceparent"][:36] == event.traceparent[:36]
    assert row.subject == event.subject
    assert "kim" not in row.body.lower()


def test_what_is_delivered_is_not_delivered_again(
    receive: Receive, dispatcher: Dispatcher, mail_server: MailServer, clock: HandClock
) -> None:
    receive(received(a_submission()))

    for _ in range(3):
        dispatcher.deliver_batch()
        clock.move(hours=1)

    assert len(mail_server.mails) == 1


def test_a_message_about_a_case_waits_until_its_submission_is_known(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer
) -> None:
    submission = a_submission()
    receive(case_event(CaseRegistered, submission))
    assert dispatcher.deliver_batch() == 0

    receive(received(submission))
    dispatcher.deliver_batch()

    assert len(mail_server.mails) == 2
    assert {each.state for each in everything(store, Notification)} == {"delivered"}


def test_an_anonymous_submitter_is_skipped_and_an_event_is_published(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer
) -> None:
    receive(received(a_submission(email=None)))

    dispatcher.deliver_batch()

    assert (only(store).state, only(store).cause) == ("skipped", "no_address")
    assert attempts(store) == []
    [(name, data)] = published(store)
    assert (name, data["cause"]) == ("skipped.v1", "no_address")
    assert mail_server.connections == 0


def test_a_temporary_refusal_is_tried_again_after_a_wait(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer, clock: HandClock
) -> None:
    mail_server.recipient_replies["kim.karlsson@example.org"] = deque(["450 greylisted"])
    receive(received(a_submission()))

    dispatcher.deliver_batch()
    assert (only(store).state, only(store).cause) == ("due", "450")
    assert published(store) == []
    clock.move(seconds=59)
    assert dispatcher.deliver_batch() == 0
    clock.move(seconds=1)
    dispatcher.deliver_batch()

    assert only(store).state == "delivered"
    assert attempts(store) == [("temporary", "450"), ("delivered", "ok")]


def test_what_is_more_than_one_address_may_get_is_sent_later_and_never_lost(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer, clock: HandClock
) -> None:
    limited = replace(dispatcher, limit=RecipientLimit(3, frozenset({"kommun.example"})))
    labels = {"channel": "smtp", "result": "postponed", "code": "recipient_limit"}
    before = metric("notify_attempts_total", **labels)
    victim, other, own = "Victim@example.org", "kim@example.org", "registrator@kommun.example"
    for address in (victim, victim.lower(), own) * 4:
        receive(received(a_submission(email=address)))
    receive(received(a_submission(email=other)))
    sent: Counter[str] = Counter()

    def in_the_next(minutes: int) -> list[int]:
        for _ in range(minutes):
            limited.deliver_batch()
            clock.move(minutes=1)
        sent.clear()
        sent.update(str(mail["To"]).lower() for mail in mail_server.mails)
        return [sent[each.lower()] for each in (victim, other, own)]

    assert in_the_next(50) == [3, 1, 4]
    assert {each.cause for each in everything(store, Notification, state="due")} == {"recipient_limit"}
    assert in_the_next(60) == [6, 1, 4]
    assert in_the_next(60) == [8, 1, 4]
    assert {(each.state, each.attempts) for each in everything(store, Notification)} == {("delivered", 1)}
    assert metric("notify_attempts_total", **labels) > before + 5


@dataclass
class FailsFor:
    """A channel that fails unexpectedly for one address."""

    address: str
    name: str = "fails"
    sent: list[str] = field(default_factory=list)

    def session(self) -> ChannelSession:
        return self

    def send(self, mail: Mail) -> Outcome:
        if mail.recipient == self.address:
            raise UnicodeEncodeError("ascii", "å", 0, 1, "an address that no server takes")
        self.sent.append(mail.recipient)
        return DELIVERED

    def probe(self) -> Outcome:
        return DELIVERED

    def close(self) -> None:
        pass

    def abort(self) -> None:
        pass


def test_many_ways_to_write_an_address_get_no_more_mail_than_one(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer
) -> None:
    limited = replace(dispatcher, limit=RecipientLimit(3))
    for address in ("kim@example.org", "KIM@Example.org", "kim+1@example.org", "k.im@example.org", "kim+2@example.org"):
        receive(received(a_submission(email=address)))

    limited.deliver_batch()

    assert len(mail_server.mails) == 3
    assert len(everything(store, Notification, state="due")) == 2


@dataclass
class TakenTogether(FailsFor):
    """A channel whose first mails wait until two dispatchers have taken what they send."""

    both_have_taken: threading.Barrier = field(default_factory=lambda: threading.Barrier(2, timeout=20))

    def session(self) -> ChannelSession:
        self.both_have_taken.wait()
        return self


def test_two_dispatchers_at_once_send_a_recipient_no_more_than_one_would(
    receive: Receive, dispatcher_of: Make, clock: HandClock
) -> None:
    channel = TakenTogether("nobody@example.org")
    receive(*(received(a_submission(email="kim@example.org")) for _ in range(8)))
    two = [replace(dispatcher_of(channel), limit=RecipientLimit(3)) for _ in range(2)]
    for each in two:
        each._fits = 4
    threads = [threading.Thread(target=each.deliver_batch) for each in two]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert channel.sent == ["kim@example.org"] * 3


def test_a_permanent_refusal_is_the_end_and_an_event_is_published(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer
) -> None:
    mail_server.recipient_replies["kim.karlsson@example.org"] = deque(["550 nobody here"])
    receive(received(a_submission()))

    dispatcher.deliver_batch()

    assert (only(store).state, only(store).cause) == ("failed", "550")
    [(name, data)] = published(store)
    assert (name, data["cause"], data["channel"]) == ("failed.v1", "550", "smtp")


def test_what_fails_while_its_address_is_corrected_is_sent_to_the_new_one(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer
) -> None:
    submission = a_submission()

    class CorrectedMeanwhile(deque[str]):
        def popleft(self) -> str:
            receive(case_event(CaseAddressCorrected, submission, email="kim@example.net"))
            return super().popleft()

    mail_server.recipient_replies["kim.karlsson@example.org"] = CorrectedMeanwhile(["550 nobody here"])
    receive(received(submission))

    dispatcher.deliver_batch()
    dispatcher.deliver_batch()
    dispatcher.deliver_batch()

    assert only(store).state == "delivered"
    assert [mail["To"] for mail in mail_server.mails] == ["kim@example.net"]


def test_what_had_no_address_is_sent_once_when_one_is_given(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer
) -> None:
    submission, another = a_submission(email=None), a_submission(email=None)
    receive(received(submission), case_event(CaseClosed, submission), received(another))
    dispatcher.deliver_batch()
    assert {each.state for each in everything(store, Notification)} == {"skipped"}
    correction = case_event(CaseAddressCorrected, submission, email="kim@example.net")

    receive(correction)
    dispatcher.deliver_batch()
    receive(correction, case_event(CaseAddressCorrected, submission, sequence=10, email="kim@example.net"))
    dispatcher.deliver_batch()

    sent = sorted((mail["To"], mail["Subject"].split()[0]) for mail in mail_server.mails)
    assert sent == [("kim@example.net", "Ditt"), ("kim@example.net", "Vi")]
    assert [each.state for each in everything(store, Notification, submission_id=another.submission_id)] == ["skipped"]


def test_what_is_skipped_while_an_address_is_given_is_sent_to_it(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer, clock: HandClock
) -> None:
    submission = a_submission(email=None)
    receive(received(submission))
    leased = take_due(store, now=clock())
    receive(case_event(CaseAddressCorrected, submission, email="kim@example.net"))
    record(store, [Attempt(each, WITHOUT_ADDRESS, clock()) for each in leased], channel="smtp")

    send_to_corrected(store, leased, now=clock())
    dispatcher.deliver_batch()

    assert [mail["To"] for mail in mail_server.mails] == ["kim@example.net"]


def test_what_is_not_an_address_fails_without_a_server(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer
) -> None:
    receive(received(a_submission(email="kim at example")))

    dispatcher.deliver_batch()

    assert (only(store).state, only(store).cause) == ("failed", "bad_address")
    assert mail_server.connections == 0


def test_after_the_last_wait_it_has_failed(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer, clock: HandClock
) -> None:
    mail_server.recipient_replies["kim.karlsson@example.org"] = deque(["451 not now"] * 20)
    receive(received(a_submission()))

    dispatcher.deliver_batch()
    for wait in WAITS:
        assert only(store).state == "due"
        clock.move(seconds=wait.total_seconds())
        dispatcher.deliver_batch()

    assert (only(store).state, only(store).attempts) == ("failed", len(WAITS) + 1)
    assert [name for name, _ in published(store)] == ["failed.v1"]


def test_mail_waits_while_the_server_is_down_and_goes_out_when_a_probe_finds_it_up(
    store: Database, receive: Receive, dispatcher_of: Make, clock: HandClock
) -> None:
    mail_server = MailServer(free_port())
    dispatcher = dispatcher_of(Smtp(mail_server.url, FROM_ADDRESS, timeout=1))
    receive(*(received(a_submission()) for _ in range(3)))

    for _ in range(100):  # an outage of 25 minutes
        dispatcher.deliver_batch()
        clock.move(seconds=15)

    waiting = everything(store, Notification)
    assert {(each.state, each.attempts, each.cause) for each in waiting} == {("due", 0, "connection")}
    assert attempts(store) == []
    assert metric("notify_channel_reachable", channel="smtp") == 0
    with started(mail_server):
        clock.move(seconds=15)
        dispatcher.deliver_batch()
    assert len(mail_server.mails) == 3
    assert metric("notify_channel_reachable", channel="smtp") == 1


def test_a_server_that_is_down_is_not_asked_for_each_mail(
    store: Database, receive: Receive, dispatcher_of: Make, clock: HandClock
) -> None:
    labels = {"channel": "smtp", "result": "unreachable", "code": "connection"}
    before = metric("notify_attempts_total", **labels)
    dispatcher = dispatcher_of(Smtp(f"smtp://127.0.0.1:{free_port()}", FROM_ADDRESS, timeout=1))
    receive(*(received(a_submission()) for _ in range(5)))

    for _ in range(30):
        dispatcher.deliver_batch()
        clock.move(seconds=1)

    assert metric("notify_attempts_total", **labels) == before + 2
    assert everything(store, Notification)[0].state == "due"


def test_what_was_lost_with_the_connection_goes_out_when_the_server_is_back_and_a_refusal_keeps_its_wait(
    store: Database, receive: Receive, dispatcher_of: Make, clock: HandClock
) -> None:
    mail_server = MailServer(free_port())
    mail_server.recipient_replies["grey@example.org"] = deque(["450 greylisted"] * 9)
    dispatcher = dispatcher_of(Smtp(mail_server.url, FROM_ADDRESS, timeout=1))
    receive(received(a_submission(email="lost@example.org")), received(a_submission(email="grey@example.org")))
    with started(mail_server):
        mail_server.content_replies.extend([CLOSE_CONNECTION] * 2)
        dispatcher.deliver_batch()
        clock.move(minutes=1)
        dispatcher.deliver_batch()
    assert {each.cause: each.attempts for each in everything(store, Notification)} == {"connection": 2, "450": 2}
    mail_server.mails.clear()

    receive(received(a_submission(email="new@example.org")))
    dispatcher.deliver_batch()
    with started(mail_server):
        clock.move(seconds=15)
        dispatcher.deliver_batch()

    assert sorted(str(mail["To"]) for mail in mail_server.mails) == ["lost@example.org", "new@example.org"]
    assert (only(store, cause="450").state, only(store, cause="450").attempts) == ("due", 2)


def test_a_connection_lost_after_the_contents_gives_the_same_mail_again(
    receive: Receive, dispatcher: Dispatcher, mail_server: MailServer, clock: HandClock
) -> None:
    mail_server.content_replies.append(CLOSE_CONNECTION)
    receive(received(a_submission()))

    dispatcher.deliver_batch()
    clock.move(minutes=1)
    dispatcher.deliver_batch()

    first, again = mail_server.mails
    assert first["Message-ID"] == again["Message-ID"]


def test_a_message_created_again_after_the_store_was_lost_is_the_same_mail(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer
) -> None:
    event = received(a_submission())
    receive(event)
    dispatcher.deliver_batch()
    with store.sessions.begin() as session:
        for table in (Delivery, Notification, Inbox):
            session.execute(delete(table))

    receive(event)
    dispatcher.deliver_batch()

    first, again = mail_server.mails
    assert first["Message-ID"] == again["Message-ID"]


def test_a_lease_that_ran_out_is_taken_over_and_the_late_one_settles_nothing(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer, clock: HandClock
) -> None:
    receive(received(a_submission()))
    [lost] = take_due(store, now=clock())
    assert dispatcher.deliver_batch() == 0

    clock.move(hours=1)
    dispatcher.deliver_batch()

    record(store, [Attempt(lost, Outcome(DeliveryResult.PERMANENT, "550"), clock())], channel="smtp")

    assert (lost.attempt, only(store).attempts) == (1, 2)
    assert (only(store).state, only(store).cause) == ("delivered", None)
    assert [name for name, _ in published(store)] == ["delivered.v1"]
    assert len(mail_server.mails) == 1


def test_a_dispatcher_that_begins_leaves_others_time_to_record_what_they_have_sent(
    store: Database, receive: Receive, dispatcher_of: Make, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "RECORD_FIRST_SECONDS", 1000)
    channel = FailsFor("nobody")
    receive(received(a_submission(email="sent@example.org")))
    take_due(store, now=clock())
    clock.move(hours=1)
    receive(received(a_submission(email="new@example.org"), at=clock()))
    stop = threading.Event()
    thread = threading.Thread(target=dispatcher_of(channel).run, args=(stop,))

    thread.start()
    eventually(lambda: len(everything(store, Notification, state="delivered")) == 1)
    stop.set()
    thread.join(timeout=20)

    assert channel.sent == ["new@example.org"]
    assert len(take_due(store, now=clock())) == 1, "it is not forgotten"


def test_what_is_recorded_again_because_the_first_answer_was_lost_changes_nothing(
    store: Database, receive: Receive, clock: HandClock
) -> None:
    receive(received(a_submission()))
    attempts_made = [Attempt(leased, DELIVERED, clock()) for leased in take_due(store, now=clock())]

    record(store, attempts_made, channel="smtp")
    record(store, attempts_made, channel="smtp")

    assert only(store).state == "delivered"
    assert attempts(store) == [("delivered", "ok")]
    assert [name for name, _ in published(store)] == ["delivered.v1"]


def test_a_dispatcher_that_is_stopped_begins_no_other_mail_and_gives_back_the_rest(
    store: Database, receive: Receive, dispatcher_of: Make
) -> None:
    stop = threading.Event()
    channel = StopsAfterOne("dispatcher", stop=stop)
    receive(*(received(a_submission()) for _ in range(5)))

    dispatcher_of(channel).run(stop)

    assert len(channel.sent) == 1
    states = sorted((each.state, each.attempts) for each in everything(store, Notification))
    assert states == [("delivered", 1), *[("due", 0)] * 4]


def test_a_dispatcher_that_is_stopped_records_what_it_has_sent_though_the_server_hangs(
    store: Database, receive: Receive, dispatcher_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "STOP_SECONDS", 0.1)
    stop = threading.Event()
    receive(*(received(a_submission(email=f"kim{number}@example.org")) for number in range(3)))

    with started(HangsAtThird(free_port())) as mail_server:
        thread = threading.Thread(target=dispatcher_of(Smtp(mail_server.url, FROM_ADDRESS)).run, args=(stop,))
        thread.start()
        eventually(lambda: len(mail_server.mails) == 3)
        stop.set()
        thread.join(timeout=20)
        assert not thread.is_alive()

    states = sorted((each.state, each.cause) for each in everything(store, Notification))
    assert states == [("delivered", None), ("delivered", None), ("due", "connection")]


class HangsAtThird(MailServer):
    """Takes the third mail and never says so."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the mail, and reply to the first two."""
        self.content_delay = 600 if len(self.mails) == 2 else 0
        return await super().handle_DATA(server, session, envelope)


def test_two_dispatchers_at_once_take_each_notification_once(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer
) -> None:
    receive(*(received(a_submission()) for _ in range(3 * BATCH)))

    def deliver() -> None:
        while dispatcher.deliver_batch():  # a slow machine gives back what a batch has no time for
            pass

    threads = [threading.Thread(target=deliver) for _ in range(3)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(mail_server.mails) == len({mail["Message-ID"] for mail in mail_server.mails}) == 3 * BATCH


def test_one_that_cannot_be_rendered_holds_up_nobody(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer
) -> None:
    elsewhere = a_submission()
    receive(received(elsewhere, municipality="9999"), received(a_submission()))

    dispatcher.deliver_batch()

    assert only(store, municipality="9999").cause == "unsendable"
    assert only(store, municipality="2039").state == "delivered"


def test_one_that_cannot_be_sent_waits_alone_and_the_others_are_sent_once(
    receive: Receive, dispatcher_of: Callable[[Channel], Dispatcher], clock: HandClock
) -> None:
    channel = FailsFor("b@example.org")
    receive(*(received(a_submission(email=f"{one}@example.org")) for one in "abc"))

    for _ in range(3):
        dispatcher_of(channel).deliver_batch()
        clock.move(seconds=130)

    assert sorted(channel.sent) == ["a@example.org", "c@example.org"]


@dataclass
class StopsAfterOne(FailsFor):
    """A channel during whose first mail the process is stopped."""

    stop: threading.Event = field(default_factory=threading.Event)

    def send(self, mail: Mail) -> Outcome:
        self.stop.set()
        return super().send(mail)


@pytest.fixture
def _batches_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatching, "BATCH_SECONDS", 0.5)


class SlowFor(FailsFor):
    """A channel that takes longer than a batch may for one address."""

    def send(self, mail: Mail) -> Outcome:
        if mail.recipient == self.address:
            time.sleep(dispatching.BATCH_SECONDS + 0.1)
            return Outcome(DeliveryResult.TEMPORARY, "timeout")
        return super().send(mail)


@pytest.mark.usefixtures("_batches_are_short")
def test_a_slow_recipient_gives_back_the_rest_of_its_batch_at_once(
    store: Database, receive: Receive, dispatcher_of: Make
) -> None:
    channel = SlowFor("slow@example.org")
    dispatcher = dispatcher_of(channel)
    receive(received(a_submission(email="slow@example.org")), received(a_submission(email="quick@example.org")))

    dispatcher.deliver_batch()
    dispatcher.deliver_batch()

    quick, slow = sorted(everything(store, Notification), key=lambda each: each.state)
    assert (slow.state, slow.attempts) == ("due", 1)
    assert (quick.state, quick.attempts) == ("delivered", 1)
    assert channel.sent == ["quick@example.org"]


@pytest.mark.usefixtures("_batches_are_short")
def test_from_a_slow_server_no_more_is_taken_than_it_may_manage(
    store: Database, receive: Receive, dispatcher_of: Make, clock: HandClock
) -> None:
    slow = dispatcher_of(SlowFor("slow@example.org"))
    receive(received(a_submission(email="slow@example.org"), at=clock()))
    clock.move(seconds=1)
    receive(*(received(a_submission(email="quick@example.org"), at=clock()) for _ in range(9)))

    assert [slow.deliver_batch() for _ in range(4)] == [10, 2, 4, 3]


@contextmanager
def running(dispatcher: Dispatcher, receive: Receive) -> Iterator[None]:
    """A dispatcher that only a commit wakes."""
    stop = threading.Event()
    thread = threading.Thread(target=replace(dispatcher, longest_sleep=60.0).run, args=(stop,))
    thread.start()
    try:
        eventually(lambda: waits_for_a_commit(dispatcher.database))
        yield
    finally:
        stop.set()
        receive(case_event(CaseClosed, a_submission()))
        thread.join(timeout=20)
    assert not thread.is_alive()


def waits_for_a_commit(store: Database) -> bool:
    if store.engine.dialect.name == "sqlite":
        return bool(notifier._sleepers[str(store.engine.url)])
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%%'"
    with store.engine.connect() as connection:
        return connection.exec_driver_sql(query).scalar_one() == 1


def test_a_commit_wakes_the_dispatcher(receive: Receive, dispatcher: Dispatcher, mail_server: MailServer) -> None:
    with running(dispatcher, receive):
        receive(received(a_submission()))
        eventually(lambda: len(mail_server.mails) == 1)


def counted(store: Database, begin: str) -> list[str]:
    """The statements that the store is sent from now on, those that begin so."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(begin):
            seen.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    return seen


@ON_POSTGRES
def test_a_notification_wakes_the_dispatcher_once(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer
) -> None:
    statements = counted(store, "WITH")
    with running(dispatcher, receive):
        eventually(lambda: len(statements) == 1)  # what was due before it listened
        for number in range(1, 6):
            receive(received(a_submission()))
            eventually(lambda number=number: len(everything(store, Delivery)) == number)  # type: ignore[misc]
        seen = len(statements)

    leased_and_recorded = 2
    assert seen == 1 + 5 * leased_and_recorded


@ON_POSTGRES
def test_nobody_is_woken_to_publish_where_nothing_has_ended(
    store: Database, receive: Receive, dispatcher: Dispatcher, mail_server: MailServer
) -> None:
    mail_server.recipient_replies["kim.karlsson@example.org"] = deque(["452 mailbox full"])
    receive(received(a_submission()))
    statements = counted(store, "WITH")

    dispatcher.deliver_batch()

    assert attempts(store) == [("temporary", "452")]
    assert not [each for each in statements if "INSERT INTO outbox" in each]


@ON_POSTGRES
def test_what_a_batch_costs_the_store_does_not_grow_with_it(
    store: Database, receive: Receive, dispatcher: Dispatcher
) -> None:
    texts = []
    for size in (1, 30):
        receive(*(received(a_submission()) for _ in range(size)))
        statements = counted(store, "")
        dispatcher.deliver_batch()
        texts.append(list(statements))

    assert texts[0] == texts[1]
    assert len(texts[0]) == 2


def test_attempts_are_counted_by_the_servers_reply(
    receive: Receive, dispatcher: Dispatcher, mail_server: MailServer
) -> None:
    labels = {"channel": "smtp", "result": "temporary", "code": "452"}
    before = metric("notify_attempts_total", **labels)
    mail_server.recipient_replies["kim.karlsson@example.org"] = deque(["452 mailbox full"])
    receive(received(a_submission()))

    dispatcher.deliver_batch()

    assert metric("notify_attempts_total", **labels) == before + 1
