"""Who gets what is published."""

import pytest

from shared.bus.topology import EVENTS_EXCHANGE, SUBSCRIPTIONS
from shared.events.catalogue import EVENTS


@pytest.mark.parametrize("name", [kind.NAME for kind in EVENTS])
def test_every_event_has_a_subscriber(name: str) -> None:
    assert any(each.receives(EVENTS_EXCHANGE, f"{name}.2039") for each in SUBSCRIPTIONS)
