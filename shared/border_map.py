"""A municipality's map, drawn from its border file: a picture, with a pin where a place is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import ceil, cos, floor, radians
from typing import Any, NamedTuple

from markupsafe import Markup

from shared.borders import Border
from shared.conditions.areas import Position

WIDTH = 400.0
MARGIN = 0.05  # of the longer side
FLATTEST, TALLEST = 0.8, 1.3  # height to width
GRIDS = (2.0, 1.0, 0.5, 0.2, 0.1, 0.05)  # degrees between two lines
LEAST_LINES = 3
ROOM_FOR_NAME = 0.7  # further to the right, a name stands before its place


class Point(NamedTuple):
    """A point of the picture, from its upper left corner."""

    x: float
    y: float


@dataclass(frozen=True)
class Named:
    """A named place on the map; `before`: its name stands to the left of it."""

    name: str
    x: float
    y: float
    before: bool

    def svg(self) -> Markup:
        """A dot and the name beside it."""
        dx, anchor = ("-.5em", Markup(' text-anchor="end"')) if self.before else (".5em", "")
        return Markup(
            '<circle cx="{0}" cy="{1}" r=".28em"/>\n<text x="{0}" y="{1}" dx="{2}" dy=".33em"{3}>{4}</text>'
        ).format(self.x, self.y, dx, anchor, self.name)


@dataclass(frozen=True)
class BorderMap:
    """What is drawn, in the units of the picture; a degree is `x_degree` wide and `y_degree` high.

    The upper left corner is at `west` and `north`. `inside`, `grid` and `lines` (by kind) are paths of SVG.
    """

    west: float
    north: float
    x_degree: float
    y_degree: float
    height: float
    inside: str
    grid: str
    lines: dict[str, str]
    places: tuple[Named, ...]

    @property
    def width(self) -> float:
        """The same for every map."""
        return WIDTH

    def svg(self) -> Markup:
        """The drawing inside an SVG of this size, with the classes of the stylesheet."""
        lines = [Markup('<path class="map-{}" d="{}"/>').format(kind, path) for kind, path in self.lines.items()]
        return Markup("\n").join(
            [
                Markup('<path class="map-inside" fill-rule="evenodd" d="{}"/>').format(self.inside),
                Markup('<path class="map-grid" d="{}"/>').format(self.grid),
                *lines,
                Markup('<path class="map-border" d="{}"/>').format(self.inside),
                *(each.svg() for each in self.places),
            ]
        )

    def pin(self, place: Mapping[str, Any]) -> Point | None:
        """Where a place's position is on the map; None where it has none, or lies off the map."""
        position = Position.of(place)
        return self.pin_at(position) if position else None

    def pin_at(self, position: Position) -> Point | None:
        """Where a position is on the map; None where it lies off the map."""
        x, y = (position.longitude - self.west) * self.x_degree, (self.north - position.latitude) * self.y_degree
        return Point(round(x, 1), round(y, 1)) if 0 <= x <= self.width and 0 <= y <= self.height else None


@lru_cache(maxsize=512)
def border_map(border: Border) -> BorderMap:
    """The map of a border, north up; a degree of longitude is as wide as it is in the middle of the map."""
    west, east, south, north = _extent(border)
    narrowing = cos(radians((south + north) / 2))
    x_degree = WIDTH / (east - west)
    y_degree = x_degree / narrowing

    def at(position: Position) -> tuple[float, float]:
        return (position.longitude - west) * x_degree, (north - position.latitude) * y_degree

    height = (north - south) * y_degree
    rings = [ring for polygon in border.polygons for ring in polygon]
    kinds = dict.fromkeys(line.kind for line in border.lines)
    return BorderMap(
        west=west,
        north=north,
        x_degree=x_degree,
        y_degree=y_degree,
        height=height,
        inside="".join(f"{_path(map(at, ring[:-1]))}Z" for ring in rings),
        grid="".join(_path(map(at, line)) for line in _grid(west, east, south, north)),
        lines={
            kind: "".join(_path(map(at, line.positions)) for line in border.lines if line.kind == kind)
            for kind in kinds
        },
        places=tuple(_named(each.name, *at(each.position)) for each in border.places),
    )


def _extent(border: Border) -> tuple[float, float, float, float]:
    """West, east, south and north of the map: the border with a margin, neither too flat nor too tall."""
    positions = [each for polygon in border.polygons for each in polygon[0]]
    longitudes, latitudes = [each.longitude for each in positions], [each.latitude for each in positions]
    west, east, south, north = min(longitudes), max(longitudes), min(latitudes), max(latitudes)
    narrowing = cos(radians((south + north) / 2))
    width, height = (east - west) * narrowing, north - south
    margin = 2 * MARGIN * max(width, height)
    width, height = width + margin, height + margin
    width, height = max(width, height / TALLEST), max(height, width * FLATTEST)
    x_middle, y_middle, x_half, y_half = (west + east) / 2, (south + north) / 2, width / narrowing / 2, height / 2
    return x_middle - x_half, x_middle + x_half, y_middle - y_half, y_middle + y_half


def _grid(west: float, east: float, south: float, north: float) -> Iterator[tuple[Position, Position]]:
    """Lines of even longitude and latitude, some of each."""
    for longitude in _even(west, east):
        yield Position(longitude, south), Position(longitude, north)
    for latitude in _even(south, north):
        yield Position(west, latitude), Position(east, latitude)


def _even(least: float, most: float) -> list[float]:
    step = next((each for each in GRIDS if (most - least) / each >= LEAST_LINES), GRIDS[-1])
    return [number * step for number in range(ceil(least / step), floor(most / step) + 1)]


def _named(name: str, x: float, y: float) -> Named:
    return Named(name, round(x, 1), round(y, 1), before=x > WIDTH * ROOM_FOR_NAME)


def _path(points: Iterable[tuple[float, float]]) -> str:
    """Moves from point to point; those that fall together once rounded are one."""
    rounded = [(round(x, 1), round(y, 1)) for x, y in points]
    kept = rounded[:1] + [each for before, each in pairwise(rounded) if each != before]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in kept)
