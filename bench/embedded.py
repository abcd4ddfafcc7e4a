"""The embedded default: what it uses while nothing happens, and how soon an event is handled.

`python -m bench.embedded` starts one of its own and takes three minutes. On a busy machine both figures are larger.
"""

import socket
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from statistics import median

from sqlalchemy import select

from bench import figures, forms, load, processor_time
from bench.figures import Figure
from bench.installation import Installation, standalone
from services.operations.registry import SERVICES

SETTLE_SECONDS, IDLE_SECONDS = 30, 60
SUBMISSIONS, BETWEEN_SECONDS = 60, 0.5
MOST_IDLE_PERCENT, MOST_MILLISECONDS = 1.0, 10.0


def measure(installation: Installation) -> list[Figure]:
    """The per cent of a core that it uses when idle, and the milliseconds from recording an event to handling it."""
    time.sleep(SETTLE_SECONDS)  # what it does once, at its start, is over
    process = installation.processes["up"]._running
    assert process
    before, began = processor_time.used_by(process.pid), time.monotonic()
    time.sleep(IDLE_SECONDS)
    idle = 100 * (processor_time.used_by(process.pid) - before) / (time.monotonic() - began)
    _submit(installation)
    waits = sorted(_waits(installation))
    return [
        Figure("used while nothing happens", idle, "% of a core", wanted=MOST_IDLE_PERCENT, more_is_better=False),
        Figure("an event's handling, median", median(waits), "ms", wanted=MOST_MILLISECONDS, more_is_better=False),
        Figure("an event's handling, 9 of 10 within", waits[len(waits) * 9 // 10], "ms"),
    ]


def _submit(installation: Installation) -> None:
    origin = installation.origins["intake"]
    for number in range(SUBMISSIONS):
        with socket.create_connection(load.address_of(origin)) as connection:
            connection.sendall(forms.submission(origin, number))
            if b" 201 " not in (answer := connection.recv(10_000)):
                raise load.Refused(answer.decode())
        time.sleep(BETWEEN_SECONDS)
    time.sleep(SETTLE_SECONDS)


def _waits(installation: Installation) -> Iterator[float]:
    """Of each event that a service recorded, by each that handled it."""
    stores = installation.stores
    recorded: dict[object, datetime] = {}
    for service in SERVICES:
        with stores[service].database.sessions() as session:
            outbox = stores[service].tables.outbox
            recorded |= {row[0]: row[1] for row in session.execute(select(outbox.event_id, outbox.recorded_at))}
    for service in SERVICES:
        with stores[service].database.sessions() as session:
            inbox = stores[service].tables.inbox
            for event_id, handled_at in session.execute(select(inbox.event_id, inbox.handled_at)):
                yield 1000 * (handled_at - recorded[event_id]).total_seconds()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, standalone(Path(folder)) as installation:
        print(figures.table(measure(installation)))
        print(figures.load())
