"""What tests of incoming mail share: who receives it, on the store."""

from pathlib import Path

import pytest

from services.notify.inbound.receive import Receiver
from services.notify.inbound.reply_addresses import ReplyAddresses
from shared import municipalities
from shared.database import Database
from tests.builders import HandClock
from tests.notify import FROM_ADDRESS


@pytest.fixture
def receiver(store: Database, clock: HandClock) -> Receiver:
    """Receives mail to the municipalities of the repository."""
    known = municipalities.load(Path("municipalities")).values()
    return Receiver(store.sessions, lambda: list(known), ReplyAddresses("k" * 32), FROM_ADDRESS, clock)
