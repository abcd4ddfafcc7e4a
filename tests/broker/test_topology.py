"""A broker that is set up otherwise, or does not answer: what it costs, and what is said of it."""

import json
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from kombu import Queue

from shared.bus import publisher, topology
from shared.observability import logs
from tests.bus import GREETER, Greeter, a_greeter, a_greeting, eventually
from tests.proxies import FreezingProxy

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq]

Lines = Callable[[str], list[dict[str, object]]]


@pytest.fixture
def lines(capfd: pytest.CaptureFixture[str]) -> Lines:
    """The log lines of an event, so far."""
    logs.configure("greeter")
    seen: list[dict[str, object]] = []

    def of(event: str) -> list[dict[str, object]]:
        seen.extend(map(json.loads, capfd.readouterr().out.splitlines()))
        return [line for line in seen if line["event"] == event]

    return of


@pytest.fixture
def store(postgres_database: Callable[[], str]) -> str:
    return postgres_database()


@pytest.fixture(autouse=True)
def _without_greeters_queues(broker_url: str) -> None:
    with topology.connect(broker_url) as connection:
        for queue in (GREETER.queue, GREETER.dead_letter_queue):
            connection.default_channel.queue_delete(queue)


def test_a_queue_that_is_declared_otherwise_is_named_in_one_line_and_events_flow_on(
    store: str, broker_url: str, lines: Lines
) -> None:
    with topology.connect(broker_url) as connection:
        for queue in (topology.NOTIFY.queue, GREETER.queue):
            Queue(queue, durable=True, queue_arguments={"x-queue-type": "classic"})(connection.channel()).declare()
    greeter = a_greeter(store, broker_url)

    with greeter.running():
        greeter.publish(a_greeting("hej"))
        eventually(lambda: greeter.received() == ["hej"])

    named = {str(line["name"]): line for line in lines("declared_otherwise")}
    assert set(named) == {topology.NOTIFY.queue, GREETER.queue}
    assert len(lines("declared_otherwise")) == 2
    reason = str(named[topology.NOTIFY.queue]["reason"])
    assert reason.startswith("PRECONDITION_FAILED - inequivalent arg ")
    assert "for queue 'arende.notify'" in reason
    assert lines("loop_failed") == []
    greeter.database.engine.dispose()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"netloc": "127.0.0.1:1"}, "Connection refused"),
        ({"netloc": "nowhere.invalid"}, "not known"),
        ({"path": "/no-such-host"}, "NOT_ALLOWED"),
        ({"netloc": "guest:wrong@127.0.0.1:5672"}, "ACCESS_REFUSED"),
    ],
    ids=["port", "host", "virtual host", "password"],
)
def test_a_wrong_address_is_named_with_its_reason_and_without_its_password(
    store: str, broker_url: str, lines: Lines, changed: dict[str, str], reason: str
) -> None:
    wrong = urlsplit(broker_url)._replace(**changed).geturl()
    greeter = a_greeter(store, "memory://")
    greeter.broker_url = wrong

    with greeter.running():
        eventually(lambda: {"greeter-relay", "greeter-consumer"} <= {line["loop"] for line in lines("loop_failed")})

    for line in lines("loop_failed"):
        [error] = line["exception"][:1]
        assert reason in error["reason"]
        assert urlsplit(wrong).hostname in error["reason"]
        assert "wrong" not in error["reason"]
    greeter.database.engine.dispose()


@pytest.fixture
def proxy(broker_url: str) -> Iterator[FreezingProxy]:
    address = urlsplit(broker_url)
    proxy = FreezingProxy(address.hostname or "", address.port or 5672)
    with proxy.serving():
        yield proxy


def test_after_a_connection_to_the_broker_is_frozen_events_flow_again(
    store: str, broker_url: str, proxy: FreezingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topology, "HEARTBEAT", 1)
    monkeypatch.setattr(topology, "ANSWER_TIMEOUT", 1.0)
    monkeypatch.setattr(publisher, "CONFIRM_TIMEOUT", 1.0)
    address = urlsplit(broker_url)
    greeter: Greeter = a_greeter(store, broker_url)
    netloc = f"{address.username}:{address.password}@127.0.0.1:{proxy.port}"
    greeter.broker_url = address._replace(netloc=netloc).geturl()

    with greeter.running():
        greeter.publish(a_greeting("före"))
        eventually(lambda: greeter.received() == ["före"])
        proxy.freeze()
        greeter.publish(a_greeting("efter"))
        with pytest.raises(OSError, match="timed out"):
            topology.check(greeter.broker_url)
        proxy.thaw()
        eventually(lambda: sorted(greeter.received()) == ["efter", "före"])

    greeter.database.engine.dispose()
