"""Accepted submissions a second, against a view that validates nothing and inserts one row, under the same settings."""

from pathlib import Path
from statistics import median

from bench import forms, load, webs
from bench.figures import Figure

ROUNDS = 3
VISITS, VISITS_A_SECOND = 200, 20
SETTINGS = {
    "as deployed": {},
    "2 processes": {"WEB_CONCURRENCY": "2"},
    "2 processes of 4 threads": {"WEB_CONCURRENCY": "2", "GUNICORN_CMD_ARGS": "--threads 4"},
}


def measure(folder: Path, intake_url: str, limits_url: str, broker_url: str, count: int) -> list[Figure]:
    """Send `count` forms a round to each, in turn, for each of the settings."""
    figures: list[Figure] = []
    for name, settings in SETTINGS.items():
        with (
            webs.bare(folder, limits_url, settings) as bare,
            webs.intake(folder, intake_url, broker_url, settings) as intake,
        ):
            figures += _compared(name, bare, intake, count)
            if not settings:
                figures.append(_first_page(bare, intake))
    return figures


def _first_page(bare: str, intake: str) -> Figure:
    """How long a form's first page takes on a calm day. It comes in one piece: its first byte with its last."""
    form, hello = load.request("GET", f"{intake}/alvdalen/e-tjanster/felanmalan"), load.request("GET", f"{bare}/hello")
    shown, answered = (_milliseconds(url, each) for url, each in ((intake, form), (bare, hello)))
    return Figure("a form's first page", shown, "ms", "a bare view", answered, more_is_better=False)


def _milliseconds(url: str, each: bytes) -> float:
    answers = load.send(url, [each] * VISITS, rate=VISITS_A_SECOND)
    return 1000 * median(answer.ended - answer.due for answer in answers)


def _compared(settings: str, bare: str, intake: str, count: int) -> list[Figure]:
    bodies = [forms.submission(intake, number) for number in range(count)]
    body = bodies[0].partition(b"\r\n\r\n")[2]
    hello, row = (load.request("POST", bare + path, body) for path in ("/hello", "/row"))
    answered, inserted, accepted = [], [], []
    for _ in range(ROUNDS):
        answered.append(load.per_second(load.send(bare, [hello] * count)))
        inserted.append(load.per_second(load.send(bare, [row] * count)))
        bodies = [forms.submission(intake, number) for number in range(count)]
        accepted.append(load.per_second(load.send(intake, bodies)))
    one_row = median(inserted)
    return [
        Figure(f"accepted submissions, {settings}", median(accepted), "/s", "one row unseen", one_row, wanted=0.65),
        Figure(f"the load's own ceiling, {settings}", median(answered), "/s", "one row unseen", one_row),
    ]
