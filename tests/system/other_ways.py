"""What else is done with an installation while submissions flow: over AMQP, by mail, with more files.

Each is sent again until it is taken, whatever is disrupted meanwhile, and keeps what a ledger needs to count.
"""

import json
import smtplib
import threading
import time
from abc import ABC, abstractmethod
from collections import defaultdict
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from kombu import Connection, Consumer, Exchange, Message, Producer, Queue
from kombu.exceptions import OperationalError

from bench.installation import Installation
from tests.system.flow import Flow
from tests.system.people import SLUG, Citizen
from tests.system.submissions import PNG

QUEUE, MUNICIPALITY = "belysning", "2039"
AGAIN_SECONDS = 5.0
MOST_AT_ONCE = 20
EACH = 5  # of so many submissions, one is supplemented, and one mail answered


class OtherWay(ABC):
    """Something that goes on, on a thread of its own, while it is open."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.stop = threading.Event()
        self._thread = threading.Thread(target=self.run)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Finish what is under way."""
        self.stop.set()
        self._thread.join()

    @abstractmethod
    def run(self) -> None:
        """Go on until stopped."""


class OtherSystem(OtherWay):
    """Writes one note in each case that comes to its queue on the bus; asks each time until it has the reply.

    `replies` are all that came, by the command's id; one command in four is sent twice in any case.
    """

    def __init__(self, installation: Installation) -> None:
        super().__init__(installation)
        self._url = installation.environ["ARENDE_BROKER_URL"]
        self.user = urlsplit(self._url).username or "guest"
        self.replies: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._given: dict[str, Message] = {}
        self._sent_at: dict[str, float] = {}

    def make_known(self) -> None:
        """Give the system its queue in the casework file, which the services take up while they run."""
        file = Path(self.installation.environ["ARENDE_MUNICIPALITIES"]) / SLUG / "casework.yaml"
        system = f"systems:\n  - {{user: {self.user}, name: Lampsystemet, queues: [{QUEUE}]}}\n\nrules:\n"
        file.write_text(file.read_text().replace("rules:\n", system, 1))

    def run(self) -> None:
        """Go on, with a new connection each time that one is lost."""
        while not self.stop.is_set():
            try:
                with Connection(self._url, heartbeat=10, connect_timeout=5) as connection:
                    self._work(connection)
            except (OSError, OperationalError, *Connection(self._url).recoverable_connection_errors):
                self.stop.wait(0.5)

    def _work(self, connection: Connection) -> None:
        self._given.clear()  # the broker gives all of them again
        self._sent_at.clear()
        replies = Queue(
            f"arende.replies.{self.user}", Exchange("arende.replies", type="direct"), self.user, durable=True
        )
        cases = Queue(f"arende.handling.{QUEUE}.{MUNICIPALITY}", no_declare=True)
        producer = Producer(connection.channel())
        with (
            Consumer(connection.channel(), [replies], on_message=self._keep),
            Consumer(connection.channel(), [cases], on_message=self._take, prefetch_count=MOST_AT_ONCE),
        ):
            while not self.stop.is_set():
                connection.heartbeat_check()
                with suppress(TimeoutError):
                    connection.drain_events(timeout=0.2)
                for event_id in tuple(self._given):
                    if time.monotonic() > self._sent_at.get(event_id, 0) + AGAIN_SECONDS:
                        self._send(producer, event_id)

    def _take(self, message: Message) -> None:
        self._given[json.loads(message.body)["id"]] = message

    def _send(self, producer: Producer, event_id: str) -> None:
        case_id = json.loads(self._given[event_id].body)["subject"]
        command = {"municipality": MUNICIPALITY, "case_id": case_id, "action": "note", "data": {"text": event_id}}
        for _ in range(2 if event_id[0] in "0123" else 1):
            producer.publish(
                json.dumps(command),
                exchange="arende.commands",
                routing_key="routing",
                message_id=event_id,
                user_id=self.user,
                delivery_mode=2,
            )
        self._sent_at[event_id] = time.monotonic()

    def _keep(self, message: Message) -> None:
        event_id, reply = message.properties["correlation_id"], json.loads(message.body)
        if reply != {"error": "unknown-system"}:  # nothing yet: the casework is not taken up
            self.replies[event_id].append(reply)
            if given := self._given.pop(event_id, None):
                given.ack()
        message.ack()


class AnswersByMail(OtherWay):
    """Answers each fifth mail about a case, as its submitter does: once, however often the mail server must try.

    `answered` are the texts, each another; `rejected` those that the service did not want.
    """

    def __init__(self, installation: Installation) -> None:
        super().__init__(installation)
        self._host, _, port = installation.environ["NOTIFY_LMTP"].rpartition(":")
        self._port = int(port)
        self.answered: list[str] = []
        self.rejected: list[str] = []

    def run(self) -> None:
        """Go on."""
        assert self.installation.mail_server
        received, answered = self.installation.mail_server.received, 0
        while not self.stop.wait(0.1):
            if len(received) > answered * EACH:
                mail = message_from_bytes(received[answered * EACH], policy=policy.default)
                answered += 1
                self._answer(str(mail["Reply-To"]))

    def _answer(self, address: str) -> None:
        text = f"Stolpe {uuid4()}"
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "karin.lund@example.se", address, "Sv: Ditt ärende"
        mail["Message-ID"] = f"<{uuid4()}@example.se>"
        mail.set_content(text)
        while True:
            try:
                with smtplib.LMTP(self._host, self._port, timeout=20) as server:
                    server.sendmail("karin.lund@example.se", address, mail.as_bytes())
            except smtplib.SMTPRecipientsRefused as refused:
                if any(code >= 500 for code, _ in refused.recipients.values()):
                    self.rejected.append(text)
                    return
            except (OSError, smtplib.SMTPException):
                pass
            else:
                self.answered.append(text)
                return
            time.sleep(0.5)


class Supplements(OtherWay):
    """Sends more to each fifth submission, with a file: each until it is received, or the case is decided before.

    `received` are the keys of those that were received.
    """

    def __init__(self, installation: Installation, flow: Flow) -> None:
        super().__init__(installation)
        self._flow = flow
        self.received: list[str] = []

    def run(self) -> None:
        """Go on."""
        citizen, supplemented = Citizen(self.installation, httpx.Client(timeout=5)), 0
        while not self.stop.wait(0.1):
            if len(self._flow.references) > supplemented * EACH:
                reference = self._flow.references[supplemented * EACH]
                supplemented += 1
                self._send(citizen, reference)

    def _send(self, citizen: Citizen, reference: str) -> None:
        key, file = str(uuid4()), None
        while True:
            try:
                file = file or self._uploaded(citizen)
                answer = citizen.client.post(
                    citizen.api(SLUG, f"submissions/{reference}/supplements"),
                    json={"text": key, "attachments": [file]},
                    headers={"Idempotency-Key": key},
                )
            except httpx.HTTPError:
                time.sleep(0.1)
                continue
            if answer.is_success:
                self.received.append(key)
            if answer.is_success or answer.status_code == 409:  # decided already
                return
            time.sleep(0.1)

    def _uploaded(self, citizen: Citizen) -> str:
        answer = citizen.client.post(
            citizen.api(SLUG, "attachments"),
            params={"eservice": "felanmalan", "field": "supplement"},
            files={"file": ("lampa.png", PNG, "image/png")},
        )
        return str(answer.raise_for_status().json()["id"])
