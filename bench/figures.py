"""What a run found: figures with their limits, as a table and as JSON."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

MOST_TIMES = 1.5


@dataclass(frozen=True)
class Figure:
    """One figure: `value` in `unit`, and its `limit` measured in the same run, where it has one.

    `ratio` is value to limit. `wanted` is what the ratio, or the value that has no limit, should come to:
    at least that where more is better, else at most.
    """

    what: str
    value: float
    unit: str
    against: str = ""
    limit: float | None = None
    wanted: float | None = None
    more_is_better: bool = True

    @property
    def ratio(self) -> float | None:
        """The value as a part of the limit."""
        return self.value / self.limit if self.limit else None

    @property
    def reached(self) -> bool | None:
        """Whether it is as wanted; None where nothing is."""
        if self.wanted is None:
            return None
        found = self.value if self.ratio is None else self.ratio
        return found >= self.wanted if self.more_is_better else found <= self.wanted


def at_centiles(
    what: str, among_few: Sequence[float], among_many: Sequence[float], few: int, many: int
) -> list[Figure]:
    """The 50th and the 99th of a hundred of these seconds: among many cases at most MOST_TIMES of those among few."""
    limits, found = (quantiles(seconds, n=100, method="inclusive") for seconds in (among_few, among_many))
    return [
        Figure(
            f"{what}, {many:,} cases, p{centile}",
            1000 * found[centile - 1],
            "ms",
            f"with {few:,}",
            1000 * limits[centile - 1],
            wanted=MOST_TIMES,
            more_is_better=False,
        )
        for centile in (50, 99)
    ]


def table(figures: Sequence[Figure]) -> str:
    """The figures for a person to read."""
    rows = [("what", "found", "limit", "ratio", "wanted", ""), *(_row(figure) for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def load() -> str:
    """How busy the machine was, for whoever reads the table: figures of a busy one are no more than ratios."""
    return "load of the machine over 1, 5 and 15 minutes: " + ", ".join(f"{each:.1f}" for each in os.getloadavg())


def write(figures: Sequence[Figure], path: Path) -> None:
    """The figures, and what they were measured on, for a program to read."""
    found = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cores": len(os.sched_getaffinity(0)),
            "system": platform.platform(),
            "python": platform.python_version(),
            "load": list(os.getloadavg()),
        },
        "figures": [{**asdict(each), "ratio": each.ratio, "reached": each.reached} for each in figures],
    }
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


def _row(figure: Figure) -> tuple[str, ...]:
    sign = "≥" if figure.more_is_better else "≤"
    return (
        figure.what,
        f"{_number(figure.value)} {figure.unit}",
        "" if figure.limit is None else f"{_number(figure.limit)} {figure.against}",
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        "" if figure.wanted is None else f"{sign} {figure.wanted:g}",
        {None: "", True: "reached", False: "not reached"}[figure.reached],
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
