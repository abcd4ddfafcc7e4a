"""The greeter as a process of its own, which a certain greeting kills as too little memory would.

Its arguments: the URLs of its store and of the broker.
"""

import os
import signal
import sys
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


if __name__ == "__main__":
    failed_events.LEASE = timedelta(seconds=1)
    failed_events.LOOK_SECONDS = consumer.LONGEST_WAIT = 0.05
    with Greeter(connect(sys.argv[1]), sys.argv[2], on_greeting=die_of).running():
        threading.Event().wait()
