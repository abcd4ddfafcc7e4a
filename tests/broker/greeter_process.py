"""The greeter as a process of its own, which a certain greeting kills as too little memory would."""

import os
import signal
import threading
from datetime import timedelta

from shared.bus import consumer, failed_events
from shared.database import connect
from tests.bus import Greeter

FATAL = "dödlig"


def die_of(words: str) -> None:
    """End the process at once, of the fatal words."""
    if words == FATAL:
        os.kill(os.getpid(), signal.SIGKILL)


def run(database_url: str, broker_url: str) -> None:
    """Be the greeter until the end."""
    failed_events.LEASE = timedelta(seconds=0.2)
    failed_events.LOOK_SECONDS = consumer.LONGEST_WAIT = 0.05
    with Greeter(connect(database_url), broker_url, on_greeting=die_of).running():
        threading.Event().wait()
