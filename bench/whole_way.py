"""From a form's sending until its case is in a queue and its receipt with the mail server: processor time, rate, waits.

Everything runs: the six processes, their three databases, the broker and the mail server.
`python -m bench.whole_way 300` measures this alone, with so many forms, and prints its figures as JSON.
"""

import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from statistics import quantiles

import orjson
import psycopg
from sqlalchemy import func, select, text

from bench import forms, load, processor_time, scratch
from bench.figures import Figure
from bench.installation import Installation, Process, production
from bench.load import Answer
from services.operations.registry import SERVICES
from shared.bus.topology import EVENTS_EXCHANGE, Subscription

LONGEST_WAIT = 300.0
PERCENTILES = (50, 95, 99)
CALM_RATE = 8.0  # submissions a second, whatever the machine manages
FLOOD_MILLISECONDS = 15.0
CALM_MILLISECONDS = 45.0

# A case is in its queue when its transaction is committed: that is when the bench is notified of it.
_NOTIFY_OF_CASES = """
CREATE FUNCTION bench_notify() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM pg_notify('bench', NEW.reference); RETURN NULL; END $$;
CREATE TRIGGER bench_notify AFTER INSERT ON cases FOR EACH ROW EXECUTE FUNCTION bench_notify()
"""
_DELIVERED = """
SELECT contacts.reference, extract(epoch FROM notifications.ended_at)
FROM notifications JOIN contacts USING (submission_id)
WHERE notifications.message = 'receipt' AND notifications.state = 'delivered'
"""


@contextmanager
def installed(folder: Path, broker_url: str) -> Iterator[Installation]:
    """A production installation on scratch databases."""
    folder.mkdir()
    with ExitStack() as stack:
        databases = {service: stack.enter_context(scratch.database()) for service in SERVICES}
        yield stack.enter_context(production(folder, databases, broker_url))


def measure(installation: Installation, count: int) -> list[Figure]:
    """Send `count` forms at a calm rate, then as a flood, then at a third of the rate that the flood managed."""
    origin = installation.origins["intake"]
    with cases_committed(installation) as committed:
        with _processor_time(installation) as in_calm:
            _settled(installation, load.send(origin, _forms(origin, count), rate=CALM_RATE))
        with _processor_time(installation) as in_flood:
            flood = load.send(origin, _forms(origin, count))
            last = _settled(installation, flood)
        managed = count / (last - min(answer.due for answer in flood))
        third = load.send(origin, _forms(origin, count), rate=managed / 3)
        _settled(installation, third)
    due = {reference(answer): answer.due for answer in third}
    delivered = _delivered(installation)
    at = f"at {managed / 3:.0f}/s"
    return [
        *_costs("in a flood", in_flood, count, FLOOD_MILLISECONDS),
        *_costs(f"at {CALM_RATE:.0f}/s", in_calm, count, CALM_MILLISECONDS),
        Figure("accepted submissions, everything running", load.per_second(flood), "/s"),
        Figure("submissions through it all, to the receipt", managed, "/s"),
        *_percentiles(f"queued {at}", [committed[reference] - due[reference] for reference in due], wanted=100),
        *_percentiles(f"delivered {at}", [delivered[reference] - due[reference] for reference in due]),
    ]


def send_through(installation: Installation, count: int) -> None:
    """Send `count` forms, and wait until all that follows of them is done."""
    origin = installation.origins["intake"]
    _settled(installation, load.send(origin, _forms(origin, count)))


def _forms(origin: str, count: int) -> list[bytes]:
    return [forms.submission(origin, number) for number in range(count)]


@contextmanager
def _processor_time(installation: Installation) -> Iterator[dict[str, float]]:
    """The seconds that each process of ours, each server and the bench itself use inside the block."""
    ours = [installation.processes[f"{service}-{kind}"] for service in SERVICES for kind in ("web", "worker")]
    meters = {
        **{process.name: _meter(process) for process in ours},
        **processor_time.servers(),
        "the load and the mail server": processor_time.used_by_this,
    }
    with processor_time.measured(meters) as used:
        yield used


def _meter(process: Process) -> processor_time.Meter:
    assert process._running
    return partial(processor_time.used_by, process._running.pid)


def _costs(when: str, seconds: Mapping[str, float], count: int, goal: float) -> list[Figure]:
    """Milliseconds for a submission: of all our processes together, then of each process."""
    ours = sum(used for name, used in seconds.items() if name.partition("-")[0] in SERVICES)
    what = f"processor time a submission {when}"
    return [
        Figure(f"{what}, all of ours", 1000 * ours / count, "ms", wanted=goal, more_is_better=False),
        *(Figure(f"{what}, {name}", 1000 * used / count, "ms") for name, used in seconds.items()),
    ]


@contextmanager
def cases_committed(installation: Installation) -> Iterator[dict[str, float]]:
    """When each case was committed, by its submission's reference; seconds since the epoch."""
    committed: dict[str, float] = {}
    over = threading.Event()
    url = installation.environ["ROUTING_DATABASE_URL"].replace("postgresql+psycopg:", "postgresql:")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_NOTIFY_OF_CASES)
        connection.execute("LISTEN bench")

        def listen() -> None:
            while not over.is_set():
                for notification in connection.notifies(timeout=0.5):
                    committed[notification.payload] = time.time()

        receiver = threading.Thread(target=listen)
        receiver.start()
        try:
            yield committed
        finally:
            over.set()
            receiver.join()


def _settled(installation: Installation, answers: Sequence[Answer]) -> float:
    """Wait until every receipt is with the mail server and every event handled; when the last receipt was."""
    references = {reference(answer) for answer in answers}
    give_up_at = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < give_up_at:
        delivered = _delivered(installation)
        if references <= delivered.keys() and _all_is_handled(installation):
            return max(delivered[reference] for reference in references)
        time.sleep(0.5)
    raise TimeoutError(f"{len(references - delivered.keys())} receipts were not delivered in time")


def _all_is_handled(installation: Installation) -> bool:
    """Whether each service has as many rows in its inbox as the outboxes have events that it subscribes to."""
    stores = installation.stores.values()
    published: dict[tuple[str, str], int] = {}
    for each in stores:
        outbox = each.tables.outbox
        with each.database.sessions() as session:
            rows = session.execute(
                select(outbox.exchange, outbox.routing_key, func.count()).group_by(outbox.exchange, outbox.routing_key)
            )
            published |= {(exchange, key): count for exchange, key, count in rows}
    for each in stores:
        with each.database.sessions() as session:
            handled = session.scalar(select(func.count()).select_from(each.tables.inbox)) or 0
        if handled < sum(count for address, count in published.items() if _receives(each.subscription, *address)):
            return False
    return True


def _receives(subscription: Subscription, exchange: str, routing_key: str) -> bool:
    families = tuple(topic.removesuffix("#") for topic in subscription.topics)
    return exchange == EVENTS_EXCHANGE and routing_key.startswith(families)


def _delivered(installation: Installation) -> dict[str, float]:
    with installation.stores["notify"].database.sessions() as session:
        return {reference: float(at) for reference, at in session.execute(text(_DELIVERED))}


def reference(answer: Answer) -> str:
    return str(orjson.loads(answer.body)["reference"])


def _percentiles(what: str, seconds: Sequence[float], wanted: float | None = None) -> list[Figure]:
    cuts = quantiles(seconds, n=100, method="inclusive")
    return [
        Figure(
            f"{what}, p{percent}",
            1000 * cuts[percent - 1],
            "ms",
            wanted=wanted if percent == 99 else None,
            more_is_better=False,
        )
        for percent in PERCENTILES
    ]


def _main(count: int) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        installation = stack.enter_context(installed(folder / "whole", stack.enter_context(scratch.broker())))
        print(json.dumps([asdict(figure) for figure in measure(installation, count)]))


if __name__ == "__main__":
    _main(int(sys.argv[1]))
