"""Another system works a queue over the bus alone: the example client of the documents does."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from amqp.exceptions import NotFound
from cryptography.fernet import Fernet
from kombu import Connection, Exchange, Message, Producer, Queue
from prometheus_client import REGISTRY
from sqlalchemy import select

from services.routing.cases.models import Case, CaseRead, JournalEntry
from services.routing.external.records import MOST_CRASHES
from services.routing.settings import Settings
from services.routing.worker import loops
from shared.bus import commands, topology
from shared.bus.publisher import Outgoing, Publisher
from shared.bus.supervisor import Supervisor
from shared.database import Database, connect
from tests.broker import command_process
from tests.broker.command_process import FATAL
from tests.browser.routing_service import FAULT_HANDLING
from tests.builders import a_submission, received
from tests.bus import eventually
from tests.stores import a_folder, migrated

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq]

EXAMPLE = Path("docs/examples/queue_worker.py")

# Each process is forked from one that has loaded all of it.
FORKS = get_context("forkserver")
FORKS.set_forkserver_preload([command_process.__name__])


@pytest.fixture
def user(broker_url: str) -> str:
    """The broker's user that the tests sign in as."""
    return urlsplit(broker_url).username or "guest"


@pytest.fixture
def settings(postgres_database: Callable[[], str], broker_url: str, user: str, tmp_path: Path) -> Settings:
    """Routing's settings, with a system that works Älvdalen's street lights."""
    municipalities = tmp_path / "municipalities"
    shutil.copytree("municipalities", municipalities)
    casework = municipalities / "alvdalen" / "casework.yaml"
    system = f"systems:\n  - {{user: {user}, name: Lampsystemet, queues: [belysning]}}\n\nrules:\n"
    casework.write_text(casework.read_text().replace("rules:\n", system, 1))
    return Settings(
        database_url=postgres_database(),
        broker_url=broker_url,
        event_keys=(Fernet.generate_key().decode(),),
        public_url="https://e.example.se",
        link_key="l" * 32,
        secret_key="s" * 32,
        oidc_issuer="https://id.example.se",
        oidc_client_id="desk",
        oidc_client_secret="",
        documents=a_folder(),
        municipalities=municipalities,
    )


@pytest.fixture
def store(settings: Settings) -> Iterator[Database]:
    """Routing's store, while its worker runs."""
    database = migrated(settings.database_url, "routing")
    stop = threading.Event()
    threads = Supervisor(stop).start(loops(settings))
    yield database
    stop.set()
    for thread in threads:
        thread.join(20)
    database.engine.dispose()


@pytest.fixture
def registered_case(settings: Settings, broker_url: str) -> Case:
    """The case of a street light, registered by a worker that has stopped again."""
    database, stop = migrated(settings.database_url, "routing"), threading.Event()
    threads = Supervisor(stop).start(loops(settings))
    case = registered(database, broker_url, "street_light")
    stop.set()
    for thread in threads:
        thread.join(20)
    database.engine.dispose()
    return case


def registered(store: Database, broker_url: str, category: str) -> Case:
    """The case that a fault report has become."""
    submission = a_submission(eservice="felanmalan", handling=FAULT_HANDLING, facts={"category": category})
    event = received(submission)
    with Publisher(broker_url) as publisher:
        publisher.publish([Outgoing(topology.EVENTS_EXCHANGE, event.routing_key, str(event.id), event.encode())])
    eventually(lambda: of_submission(store, submission.submission_id))
    found = of_submission(store, submission.submission_id)
    assert found
    return found


@pytest.fixture
def a_case(store: Database, broker_url: str) -> Callable[..., Case]:
    """Has a fault report registered; its case. Of a street light it goes to the system's queue."""

    def register(category: str = "street_light") -> Case:
        return registered(store, broker_url, category)

    return register


def of_submission(store: Database, submission_id: object) -> Case | None:
    with store.sessions() as session:
        return session.scalar(select(Case).where(Case.submission_id == submission_id))


class Client:
    """Another system at the broker: sends commands, and keeps the replies in the order in which they come."""

    def __init__(self, connection: Connection, user: str) -> None:
        self.connection, self.user = connection, user
        self.replies: list[tuple[str, dict[str, object]]] = []
        queue = Queue(f"tests.{uuid4().hex}", Exchange("arende.replies", type="direct"), user, auto_delete=True)
        self.consumer = connection.Consumer([queue], on_message=self._keep, no_ack=True)

    def _keep(self, message: Message) -> None:
        self.replies.append((message.properties["correlation_id"], json.loads(message.body)))

    def publish(self, body: object, command_id: str | None = None, **more: Any) -> str:
        """Send a command, and wait for nothing; its id."""
        command_id = command_id or uuid4().hex
        written = body if isinstance(body, str) else json.dumps(body)
        properties = {"user_id": self.user, "message_id": command_id, **more}
        to = {"exchange": "arende.commands", "routing_key": "routing"}
        Producer(self.connection.channel()).publish(written, **to, **properties)
        return command_id

    def take(self, *, seconds: float = 20) -> None:
        """Keep the next reply. TimeoutError when none comes in time."""
        self.connection.drain_events(timeout=seconds)

    def reply_to(self, command_id: str) -> dict[str, object]:
        """The next reply to the command."""
        while True:
            for place, (about, reply) in enumerate(self.replies):
                if about == command_id:
                    del self.replies[place]
                    return reply
            self.take()


@pytest.fixture
def client(broker_url: str, user: str) -> Iterator[Client]:
    """A system that reads its replies. Commands that earlier tests left are gone."""
    with Connection(broker_url) as connection:
        made = Client(connection, user)
        with topology.connect(broker_url) as other:
            topology.declare(other)
            other.default_channel.queue_purge(topology.commands_queue("routing"))
        with made.consumer:
            yield made


@pytest.fixture
def send(store: Database, client: Client) -> Callable[..., dict[str, object]]:
    """Sends a command and waits for its reply."""

    def command(body: object, command_id: str | None = None, **more: Any) -> dict[str, object]:
        return client.reply_to(client.publish(body, command_id, **more))

    return command


def test_the_example_claims_reads_and_decides_what_comes_to_its_queue(
    store: Database, a_case: Callable[..., Case], broker_url: str, user: str
):
    cases = [a_case() for _ in range(3)]
    example = subprocess.run(
        [sys.executable, EXAMPLE, "2039", "belysning"],
        env={**os.environ, "BROKER_URL": broker_url, "IDLE_SECONDS": "2"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert example.returncode == 0, example.stderr
    own = {str(case.id) for case in cases}  # the queue may hold what an earlier test left, of a store that is gone
    of_own = [line for line in example.stdout.splitlines() if line.partition(" ")[0] in own]
    assert sorted(of_own) == sorted(f"{case_id} decided" for case_id in own)
    with store.sessions() as session:
        of_cases = JournalEntry.case_id.in_([case.id for case in cases]), JournalEntry.actor_name == "Lampsystemet"
        entries = session.scalars(select(JournalEntry).where(*of_cases)).all()
        assert sorted(entry.action for entry in entries) == ["claim"] * 3 + ["decide"] * 3
        assert {entry.actor_subject for entry in entries} == {f"system.{user}"}
        reads = session.scalars(select(CaseRead.subject)).all()
        assert set(reads) == {f"system.{user}"}, "what it reads stands in the access log"


def test_a_command_that_is_sent_again_is_performed_once(a_case: Callable[..., Case], send):
    command, command_id = {"municipality": "2039", "case_id": str(a_case().id), "action": "claim"}, uuid4().hex

    first = send(command, command_id)
    assert (first["state"], first["version"]) == ("assigned", 3)
    assert send(command, command_id) == first
    assert send(command)["error"] == "not-allowed"
    assert send({**command, "action": "release"}, command_id)["error"] == "key-reused"


def test_a_system_reaches_no_case_outside_its_queues(a_case: Callable[..., Case], send):
    elsewhere = a_case("road")

    for action in ("read", "claim"):
        reply = send({"municipality": "2039", "case_id": str(elsewhere.id), "action": action})
        assert reply == {"error": "unknown-case"}
    reply = send({"municipality": "2409", "case_id": str(elsewhere.id), "action": "claim"})
    assert reply == {"error": "unknown-system"}


def test_what_is_no_command_gets_a_reply_that_names_what_is_wrong(send):
    of_no_case = {"municipality": "2039", "case_id": str(uuid4())}
    for body, pointer in (
        ("no JSON", "/"),
        ("[]", "/"),
        ({}, "/action"),
        ({"municipality": "2039", "case_id": "1", "action": "claim"}, "/case_id"),
        ({**of_no_case, "action": "destroy"}, "/action"),
        ({**of_no_case, "action": "note", "data": {}}, "/text"),
    ):
        reply = send(body)
        assert (reply["error"], pointer in [error["pointer"] for error in reply["errors"]]) == ("invalid", True), body


@pytest.mark.parametrize("command_id", ["a\0b", "\ud800", "rad\nrad"])
def test_an_id_that_cannot_be_kept_is_named_as_what_is_wrong(client: Client, store: Database, command_id: str):
    client.publish({"municipality": "2039", "case_id": str(uuid4()), "action": "claim"}, command_id)
    client.take()

    [(_, reply)] = client.replies
    assert (reply["error"], reply["errors"][0]["pointer"]) == ("invalid", "/message_id")


def test_a_command_whose_headers_cannot_be_read_gets_a_reply_and_comes_no_more(send):
    assert send("{}", headers={"compression": "application/x-gzip"})["error"] == "invalid"


def test_a_repeated_command_gets_the_same_reply_also_when_it_was_an_error(a_case: Callable[..., Case], send):
    command = {"municipality": "2039", "case_id": str(a_case().id), "action": "decide", "version": 3}
    command["data"], command_id = {"outcome": "atgardat", "reasons": "Lagat."}, uuid4().hex

    first = send(command, command_id)
    assert first == {"error": "stale", "version": 2}
    assert send({"municipality": "2039", "case_id": command["case_id"], "action": "claim"})["version"] == 3
    assert send(command, command_id) == first
    assert send({**command, "version": 2}, command_id) == {"error": "key-reused"}
    assert send(command)["state"] == "decided"


def test_what_is_read_again_under_the_same_id_is_the_case_as_it_is_now(a_case: Callable[..., Case], send):
    of_case, command_id = {"municipality": "2039", "case_id": str(a_case().id)}, uuid4().hex

    assert send({**of_case, "action": "read"}, command_id)["case"]["state"] == "queued"
    assert send({**of_case, "action": "claim"})["state"] == "assigned"
    assert send({**of_case, "action": "read"}, command_id)["case"]["state"] == "assigned"


def test_a_command_that_kills_its_process_gets_a_reply_after_few_deaths_and_its_neighbours_theirs_before(
    settings: Settings, client: Client, registered_case: Case
):
    of_case = {"municipality": "2039", "case_id": str(registered_case.id), "action": "note"}
    before = [client.publish({**of_case, "data": {"text": f"före {number}"}}) for number in range(5)]
    fatal = {**of_case, "data": {"text": FATAL}}
    fatal_id = client.publish(fatal)
    after = [client.publish({**of_case, "data": {"text": f"efter {number}"}}) for number in range(15)]

    deaths = 0
    process = a_process(settings)
    while fatal_id not in [about for about, _ in client.replies] and deaths <= MOST_CRASHES + 1:
        with suppress(TimeoutError):
            client.take(seconds=0.05)
        if not process.is_alive():
            deaths += 1
            process = a_process(settings)
    client.publish(fatal, fatal_id)
    assert client.reply_to(client.publish({**of_case, "data": {"text": "sist"}}))["state"] == "queued"

    assert process.is_alive(), "the command that was sent again has not been handled again"
    process.kill()
    process.join()
    assert deaths <= MOST_CRASHES + 1
    assert [reply for about, reply in client.replies if about == fatal_id] == [{"error": "process-ended"}] * 2
    answered = list(dict.fromkeys(about for about, _ in client.replies))
    assert sorted(answered[:-1]) == sorted([*before, *after]), "each neighbour has its reply before"
    assert noted(settings) == sorted(
        [*(f"före {each}" for each in range(5)), *(f"efter {each}" for each in range(15)), "sist"]
    )


@pytest.mark.parametrize("full", [False, True], ids=["the client is gone", "the client's queue is full"])
def test_a_reply_that_nobody_can_take_keeps_no_command_waiting_and_is_had_by_who_asks_again(
    a_case: Callable[..., Case], send, client: Client, full: bool
):
    command, command_id = {"municipality": "2039", "case_id": str(a_case().id), "action": "claim"}, uuid4().hex
    outcome = "rejected" if full else "returned"
    counted = REGISTRY.get_sample_value("bus_replies_total", {"service": "routing", "outcome": outcome}) or 0
    with unable_to_take(client, full=full):
        client.publish(command, command_id)
        eventually(
            lambda: (
                REGISTRY.get_sample_value("bus_replies_total", {"service": "routing", "outcome": outcome})
                == counted + 1
            )
        )

    with topology.connect(client.connection.as_uri(include_password=True)) as connection:
        assert topology.depth(connection, topology.commands_queue("routing")) == 0
    reply = send(command, command_id)
    assert (reply["state"], reply["version"]) == ("assigned", 3)


def test_a_command_whose_reply_was_not_confirmed_comes_again_and_gets_the_same_reply(
    a_case: Callable[..., Case], client: Client, store: Database, monkeypatch: pytest.MonkeyPatch
):
    command = {"municipality": "2039", "case_id": str(a_case().id), "action": "claim"}
    monkeypatch.setattr(commands, "CONFIRM_TIMEOUT", 0)
    command_id = client.publish(command)
    first = client.reply_to(command_id)
    again = client.reply_to(command_id)
    monkeypatch.undo()

    with topology.connect(client.connection.as_uri(include_password=True)) as connection:
        eventually(lambda: topology.depth(connection, topology.commands_queue("routing")) == 0)
    assert (first["state"], first["version"]) == ("assigned", 3)
    assert again == first
    client.publish(command, command_id)
    assert client.reply_to(command_id) == first


@contextmanager
def unable_to_take(client: Client, *, full: bool) -> Iterator[None]:
    """The client's queue is gone, or takes nothing more; nor is there the one that the example has left."""
    client.consumer.cancel()
    client.connection.default_channel.queue_delete(f"arende.replies.{client.user}")
    eventually(lambda: not exists(client))
    name, channel = f"tests.{uuid4().hex}", client.connection.channel()
    if full:
        channel.queue_declare(name, arguments={"x-max-length": 0, "x-overflow": "reject-publish"})
        channel.queue_bind(name, "arende.replies", client.user)
    yield
    if full:
        channel.queue_delete(name)
    client.consumer.declare()
    client.consumer.consume()


def exists(client: Client) -> bool:
    try:
        client.connection.channel().queue_declare(client.consumer.queues[0].name, passive=True)
    except NotFound:
        return False
    return True


def a_process(settings: Settings) -> BaseProcess:
    process = FORKS.Process(target=command_process.run, args=(settings,))
    process.start()
    return process


def noted(settings: Settings) -> list[str]:
    database = connect(settings.database_url)
    with database.sessions() as session:
        entries = session.scalars(select(JournalEntry).where(JournalEntry.action == "note")).all()
    database.engine.dispose()
    return sorted(entry.data["text"] for entry in entries)
