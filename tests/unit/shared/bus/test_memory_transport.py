"""The bus in memory: a consumer that waits is woken by what is published, and looks for nothing meanwhile."""

import threading
from contextlib import contextmanager
from uuid import uuid4

import pytest
from kombu import Consumer, Producer, Queue

from shared.bus import topology
from shared.bus.memory_transport import Channel


@pytest.fixture
def queue():
    """A queue of its own."""
    return Queue(f"test.{uuid4().hex}", durable=True)


@contextmanager
def consuming(queue, received):
    """A connection that consumes the queue."""
    with topology.connect("memory://") as connection:
        queue(connection.channel()).declare()
        with Consumer(connection.channel(), queues=[queue], on_message=received.append):
            yield connection


def publish(queue, body):
    """Publish to the queue, from another connection."""
    with topology.connect("memory://") as connection:
        Producer(connection.channel()).publish(body, routing_key=queue.name)


def test_a_consumer_that_waits_without_end_is_woken_by_a_message(queue):
    received = []
    with consuming(queue, received) as connection:
        waiting = threading.Thread(target=connection.drain_events, daemon=True)
        waiting.start()
        publish(queue, b"hej")
        waiting.join(timeout=30)

    assert [message.body for message in received] == [b"hej"]


def test_a_message_that_was_there_before_is_delivered_at_once(queue):
    received = []
    with consuming(queue, received) as connection:
        publish(queue, b"hej")
        connection.drain_events(timeout=0)

    assert len(received) == 1


def test_a_message_that_is_given_back_comes_again(queue):
    received = []
    with consuming(queue, received) as connection:
        publish(queue, b"hej")
        connection.drain_events(timeout=0)
        received.pop().reject(requeue=True)
        connection.drain_events(timeout=0)

    assert len(received) == 1


def test_a_consumer_that_waits_does_not_look_again_and_again(queue, monkeypatch):
    looked = []
    get = Channel._get
    monkeypatch.setattr(Channel, "_get", lambda *arguments, **named: looked.append(1) or get(*arguments, **named))
    with consuming(queue, []) as connection, pytest.raises(TimeoutError):
        connection.drain_events(timeout=0.3)

    assert len(looked) == 1
