"""What the tests of the bus share: loops that look often, so that no test waits for one that sleeps; an empty bus."""

import pytest

from shared.bus import consumer, failed_events, relay, supervisor
from shared.bus.memory_transport import Channel

SHORT_SECONDS = 0.05


@pytest.fixture(autouse=True)
def _loops_look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that is stopped ends at once; one that waits for store or broker, or for an event to be due, goes on."""
    monkeypatch.setattr(relay, "LONGEST_SLEEP", SHORT_SECONDS)
    monkeypatch.setattr(consumer, "LONGEST_WAIT", SHORT_SECONDS)
    monkeypatch.setattr(failed_events, "LOOK_SECONDS", SHORT_SECONDS)
    for module, waits in ((consumer, "STORE_WAITS"), (supervisor, "RESTART_WAITS")):
        monkeypatch.setattr(module, waits, (SHORT_SECONDS,) * len(getattr(module, waits)))


@pytest.fixture(autouse=True)
def _nothing_is_left_in_memory() -> None:
    """There is one bus in memory for the whole process: what tests before have left on it is nobody's."""
    for queue in Channel.queues.values():
        with queue.mutex:
            queue.queue.clear()
