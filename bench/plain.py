"""The limits of the bus: kombu alone, publishing and consuming in batches, with no store at either end."""

from collections.abc import Sequence
from time import perf_counter

from kombu import Connection, Consumer, Message, Producer, Queue

from shared.bus.publisher import Outgoing

PUBLISH_BATCH = 500
PREFETCH = 500
ACKNOWLEDGE_EACH = 100


def publish(broker_url: str, messages: Sequence[Outgoing]) -> float:
    """Publish persistent messages, waiting for the broker's confirmation of each batch; seconds."""
    unconfirmed: set[int] = set()

    def confirmed(tag: int, multiple: bool) -> None:
        unconfirmed.difference_update([one for one in unconfirmed if one <= tag] if multiple else [tag])

    with Connection(broker_url) as connection:
        channel = connection.channel()
        channel.confirm_select()
        channel.events["basic_ack"].add(confirmed)
        producer = Producer(channel, auto_declare=False)
        began = perf_counter()
        for tag, message in enumerate(messages, start=1):
            unconfirmed.add(tag)
            producer.publish(
                message.body,
                exchange=message.exchange,
                routing_key=message.routing_key,
                content_type="application/json",
                content_encoding="utf-8",
            )
            if tag % PUBLISH_BATCH == 0 or tag == len(messages):
                while unconfirmed:
                    connection.drain_events(timeout=30)
        return perf_counter() - began


def consume(broker_url: str, queue: str, count: int) -> float:
    """Consume so many messages, acknowledged by the hundred; seconds."""
    taken = 0

    def take(message: Message) -> None:
        nonlocal taken
        taken += 1
        if taken % ACKNOWLEDGE_EACH == 0 or taken == count:
            message.ack(multiple=True)

    with Connection(broker_url) as connection:
        consumer = Consumer(
            connection.channel(),
            queues=[Queue(queue, no_declare=True)],
            on_message=take,
            prefetch_count=PREFETCH,
            auto_declare=False,
        )
        began = perf_counter()
        with consumer:
            while taken < count:
                connection.drain_events(timeout=30)
            return perf_counter() - began
