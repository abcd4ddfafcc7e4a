"""How long it takes from a form's sending until its case is in a queue, and until its receipt is with the mail server.

Everything runs: the six processes, their three databases, the broker and the mail server.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import quantiles

import orjson
import psycopg
from sqlalchemy import text

from bench import forms, load
from bench.figures import Figure
from bench.installation import Installation
from bench.load import Answer

LONGEST_WAIT = 120.0
PERCENTILES = (50, 95, 99)

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


def measure(installation: Installation, count: int) -> list[Figure]:
    """Flood it with `count` forms until all are delivered; then send as many at half of the rate that it managed."""
    origin = installation.origins["intake"]
    with _cases_committed(installation) as committed:
        flood = load.send(origin, [forms.submission(origin, number) for number in range(count)])
        managed = count / (_all_delivered(installation, flood) - min(answer.due for answer in flood))
        calm = load.send(origin, [forms.submission(origin, number) for number in range(count)], rate=managed / 2)
        _all_delivered(installation, calm)
    due = {_reference(answer): answer.due for answer in calm}
    delivered = _delivered(installation)
    at = f"at {managed / 2:.0f}/s"
    return [
        Figure("accepted submissions, everything running", load.per_second(flood), "/s"),
        Figure("submissions through it all, to the receipt", managed, "/s"),
        *_percentiles(f"queued {at}", [committed[reference] - due[reference] for reference in due], wanted=100),
        *_percentiles(f"delivered {at}", [delivered[reference] - due[reference] for reference in due]),
    ]


@contextmanager
def _cases_committed(installation: Installation) -> Iterator[dict[str, float]]:
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


def _all_delivered(installation: Installation, answers: Sequence[Answer]) -> float:
    """Wait until every receipt is with the mail server; when the last one was."""
    references = {_reference(answer) for answer in answers}
    give_up_at = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < give_up_at:
        delivered = _delivered(installation)
        if references <= delivered.keys():
            return max(delivered[reference] for reference in references)
        time.sleep(0.5)
    raise TimeoutError(f"{len(references - delivered.keys())} receipts were not delivered in time")


def _delivered(installation: Installation) -> dict[str, float]:
    with installation.stores["notify"].database.sessions() as session:
        return {reference: float(at) for reference, at in session.execute(text(_DELIVERED))}


def _reference(answer: Answer) -> str:
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
