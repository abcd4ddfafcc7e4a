"""What makes a worker ready: that its loops turn, and can do their work."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.bus import relay, supervisor
from shared.bus.relay import CannotPublish, Relay
from shared.bus.supervisor import Every, EveryInSteps, LoopNotTurning, Supervisor, each_apart
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


def test_a_loop_of_many_steps_turns_after_each_and_is_stopped_between_two() -> None:
    stop, done = threading.Event(), []

    def steps() -> Iterator[None]:
        for number in range(1000):
            done.append(number)
            if number == 2:
                stop.set()
            yield

    EveryInSteps("many", 600, steps).run(stop)

    assert done == [0, 1, 2]


def test_one_that_fails_keeps_no_other_waiting_and_is_raised_after_all() -> None:
    done = []

    def do(number: int) -> None:
        if number == 1:
            raise KeyError(number)
        done.append(number)

    with pytest.raises(KeyError):
        list(each_apart(lambda number=number: do(number) for number in range(3)))

    assert done == [0, 2]


def test_an_outage_is_raised_at_once() -> None:
    done = []

    def do(number: int) -> None:
        done.append(number)
        raise PoolTimeout

    with pytest.raises(PoolTimeout):
        list(each_apart(lambda number=number: do(number) for number in range(3)))

    assert done == [0]
