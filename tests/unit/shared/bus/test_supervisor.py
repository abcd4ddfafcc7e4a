"""What makes a worker ready: that its loops turn, and can do their work."""

import threading

import pytest

from shared.bus import relay, supervisor
from shared.bus.relay import CannotPublish, Relay
from shared.bus.supervisor import Every, LoopNotTurning, Supervisor
from shared.clock import utc_now
from shared.database import connect
from tests.bus import KEYRING, Outbox


@pytest.fixture
def stopped() -> threading.Event:
    """What is set already: no loop runs."""
    stop = threading.Event()
    stop.set()
    return stop


def a_relay() -> Relay:
    return Relay("greeter", connect("sqlite://"), "memory://", KEYRING, Outbox, utc_now)


def test_a_worker_with_a_loop_that_cannot_do_its_work_is_not_ready(
    stopped: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervised = Supervisor(stopped)
    supervised.start([a_relay()])
    supervised.check()

    monkeypatch.setattr(relay, "UNABLE_SECONDS", -1)

    with pytest.raises(CannotPublish):
        supervised.check()


def test_a_loop_may_take_as_long_for_an_action_as_its_interval(
    stopped: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervised = Supervisor(stopped)
    supervised.start([Every("seldom", 600, int), Every("often", 10, int)])
    monkeypatch.setattr(supervisor, "NOT_READY_SECONDS", -10)

    with pytest.raises(LoopNotTurning) as raised:
        supervised.check()

    assert raised.value.__notes__ == ["often"]
