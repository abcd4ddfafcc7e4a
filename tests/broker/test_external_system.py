"""Another system works a queue over the bus alone: the example client of the documents does."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from kombu import Connection, Exchange, Producer, Queue
from sqlalchemy import select

from services.routing.cases.models import Case, CaseRead, JournalEntry
from services.routing.settings import Settings
from services.routing.worker import loops
from shared.bus import topology
from shared.bus.publisher import Outgoing, Publisher
from shared.bus.supervisor import Supervisor
from shared.database import Database
from tests.browser.routing_service import FAULT_HANDLING
from tests.builders import a_submission, received
from tests.bus import eventually
from tests.stores import a_folder, migrated

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq]

EXAMPLE = Path("docs/examples/queue_worker.py")


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
def a_case(store: Database, broker_url: str) -> Callable[..., Case]:
    """Has a fault report registered; its case. Of a street light it goes to the system's queue."""

    def register(category: str = "street_light") -> Case:
        submission = a_submission(eservice="felanmalan", handling=FAULT_HANDLING, facts={"category": category})
        event = received(submission)
        with Publisher(broker_url) as publisher:
            publisher.publish([Outgoing(topology.EVENTS_EXCHANGE, event.routing_key, str(event.id), event.encode())])
        eventually(lambda: of_submission(store, submission.submission_id))
        found = of_submission(store, submission.submission_id)
        assert found
        return found

    return register


def of_submission(store: Database, submission_id: object) -> Case | None:
    with store.sessions() as session:
        return session.scalar(select(Case).where(Case.submission_id == submission_id))


@pytest.fixture
def send(store: Database, broker_url: str, user: str) -> Iterator[Callable[..., dict[str, object]]]:
    """Sends a command and waits for its reply."""
    replies: dict[str, dict[str, object]] = {}
    with Connection(broker_url) as connection:
        queue = Queue(f"tests.{uuid4().hex}", Exchange("arende.replies", type="direct"), user, auto_delete=True)
        consumer = connection.Consumer(
            [queue],
            on_message=lambda message: replies.update({message.properties["correlation_id"]: json.loads(message.body)}),
            no_ack=True,
        )

        def command(body: object, command_id: str | None = None, as_user: str | None = user) -> dict[str, object]:
            command_id = command_id or uuid4().hex
            written = body if isinstance(body, str) else json.dumps(body)
            properties = {"user_id": as_user} if as_user else {}
            Producer(connection.channel()).publish(
                written, exchange="arende.commands", routing_key="routing", message_id=command_id, **properties
            )
            while command_id not in replies:
                connection.drain_events(timeout=20)
            return replies.pop(command_id)

        with consumer:
            yield command


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
