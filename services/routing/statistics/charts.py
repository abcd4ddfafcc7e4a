"""Bar charts as SVG made here: where each bar stands. The page has the same figures in a table beside each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 200
_TOP, _BOTTOM, _LEFT = 12, 24, 44  # room for the highest figure, for the labels below and beside
ROW_WIDTH, ROW_HEIGHT = 300, 26
ROW_LABEL, ROW_FIGURE = 132, 44  # room for the labels before the bars, for the figures after them
_STEPS = (1, 2, 2.5, 4, 5)


@dataclass(frozen=True)
class Bar:
    """One bar; `kind` is its series, 0 the first."""

    kind: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Tick:
    """A line across the chart at a figure."""

    value: int
    y: float


@dataclass(frozen=True)
class Column:
    """The bars that stand together, and the middle of them, where their label stands."""

    label: str
    middle: float
    bars: list[Bar]


@dataclass(frozen=True)
class Chart:
    """A chart of `width` and `height` units."""

    columns: list[Column]
    ticks: list[Tick]
    width: int = WIDTH
    height: int = HEIGHT


def chart(labels: Sequence[str], *series: Sequence[int]) -> Chart:
    """A column for each label, in it a bar of each series; all series are as long as the labels."""
    top = nice_top(max((value for values in series for value in values), default=0))
    room = (WIDTH - _LEFT) / max(1, len(labels))
    each = room * 0.76 / max(1, len(series))
    columns = [
        Column(label, _LEFT + room * (place + 0.5), _bars(_LEFT + room * (place + 0.12), each, place, series, top))
        for place, label in enumerate(labels)
    ]
    return Chart(columns, [Tick(value, _y(value, top)) for value in dict.fromkeys((0, top // 2, top))])


@dataclass(frozen=True)
class Row:
    """A bar that lies, with its label before it and its figure after it."""

    label: str
    value: int
    y: float
    width: float


@dataclass(frozen=True)
class RowChart:
    """A chart of lying bars, which the narrowest screen has room for."""

    rows: list[Row]
    height: int
    width: int = ROW_WIDTH


def row_chart(figures: Mapping[str, int]) -> RowChart:
    """A row for each figure, by its label; the longest bar is that of the highest."""
    highest = max(1, *figures.values())
    room = ROW_WIDTH - ROW_LABEL - ROW_FIGURE
    rows = [
        Row(label, value, ROW_HEIGHT * place, round(room * value / highest, 2))
        for place, (label, value) in enumerate(figures.items())
    ]
    return RowChart(rows, ROW_HEIGHT * len(rows))


def nice_top(highest: int) -> int:
    """The least round figure that is not below the highest; at least 4, so that half of it is a figure too."""
    size = 1
    while True:
        for step in _STEPS:
            if (top := int(step * size)) >= max(4, highest) and top % 2 == 0:
                return top
        size *= 10


def _bars(left: float, width: float, place: int, series: Sequence[Sequence[int]], top: int) -> list[Bar]:
    return [
        Bar(kind, left + kind * width, _y(values[place], top), width - 1, _y(0, top) - _y(values[place], top))
        for kind, values in enumerate(series)
    ]


def _y(value: int, top: int) -> float:
    return round(HEIGHT - _BOTTOM - value / top * (HEIGHT - _TOP - _BOTTOM), 2)
