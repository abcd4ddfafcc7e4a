"""Works a handling queue over AMQP alone: takes cases, claims each, reads it, and decides it.

    BROKER_URL=amqp://lampsystem:PASSWORD@broker// python queue_worker.py 2039 belysning

Needs only kombu. The user is one of `systems` in the municipality's casework.yaml, and has the rights at the broker
that docs/casework.md lists. Stop it at any time: what it had not finished comes again, and nothing is performed twice.
"""

import json
import os
import sys
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from kombu import Connection, Consumer, Exchange, Message, Producer, Queue

REPLIES = Exchange("arende.replies", type="direct", durable=True)


class Arende:
    """Commands to Ärende, one at a time; the reply to each."""

    def __init__(self, connection: Connection, user: str, municipality: str) -> None:
        self._connection, self._user, self._municipality = connection, user, municipality
        self._replies: dict[str, dict[str, Any]] = {}
        self._producer = Producer(connection.channel())
        queue = Queue(f"arende.replies.{user}", REPLIES, routing_key=user, durable=True)
        Consumer(connection.channel(), [queue], on_message=self._keep).consume()

    def command(self, for_event: str, action: str, case_id: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send the command, and wait for its reply.

        Sent again for the same event its id is the same, so that it is performed once and gets the same reply.
        """
        command_id = str(uuid5(NAMESPACE_URL, f"{for_event}/{action}"))
        content = {"municipality": self._municipality, "case_id": case_id, "action": action, "data": data or {}}
        self._producer.publish(
            json.dumps(content),
            exchange="arende.commands",
            routing_key="routing",
            message_id=command_id,
            user_id=self._user,
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=2,
        )
        while command_id not in self._replies:
            self._connection.drain_events(timeout=30)
        return self._replies.pop(command_id)

    def _keep(self, message: Message) -> None:
        self._replies[message.properties["correlation_id"]] = json.loads(message.body)
        message.ack()


def handle(arende: Arende, event_id: str, case_id: str) -> str:
    """What comes of one case: claimed, read and decided, unless somebody was before us."""
    claimed = arende.command(event_id, "claim", case_id)
    if "error" in claimed:
        return str(claimed["error"])
    case = arende.command(event_id, "read", case_id)["case"]
    reasons = f"Vi har lagat det som anmäldes: {case['title']['sv']}."
    decided = arende.command(event_id, "decide", case_id, {"outcome": "atgardat", "reasons": reasons})
    return str(decided.get("state", decided.get("error")))


def main(municipality: str, queue: str) -> None:
    """Work the queue until nothing has come for IDLE_SECONDS, or for ever without it."""
    url = os.environ["BROKER_URL"]
    idle = float(os.environ["IDLE_SECONDS"]) if "IDLE_SECONDS" in os.environ else None
    waiting: list[Message] = []
    with Connection(url) as connection, Connection(url) as commands:
        arende = Arende(commands, urlsplit(url).username or "guest", municipality)
        handling = Queue(f"arende.handling.{queue}.{municipality}", no_declare=True)
        with Consumer(connection.channel(), [handling], on_message=waiting.append, prefetch_count=10):
            while True:
                try:
                    connection.drain_events(timeout=idle)
                except TimeoutError:
                    return
                for message in waiting:
                    event = json.loads(message.body)
                    print(event["subject"], handle(arende, event["id"], event["subject"]), flush=True)
                    message.ack()
                waiting.clear()


if __name__ == "__main__":
    main(*sys.argv[1:3])
