"""A municipality's border, and what its map shows beside: `municipalities/<slug>/border.geojson` (WGS 84)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import orjson

from shared.conditions.areas import InvalidAreas, Polygons, Position, is_inside, read_polygons, read_position
from shared.yaml_files import FileError

MOST_POSITIONS = 2000  # in the file: it is drawn inside a page, and each place is tried against it
LINE_KINDS = ("water", "road")

Read = TypeVar("Read")


@dataclass(frozen=True)
class NamedPlace:
    """A town or village that the map names."""

    name: str
    position: Position


@dataclass(frozen=True)
class Line:
    """A river or a road (`kind` is one of LINE_KINDS), to find one's way on the map."""

    kind: str
    positions: tuple[Position, ...]


@dataclass(frozen=True)
class Border:
    """Where a municipality is. Each polygon is its outer ring and then its holes."""

    polygons: Polygons
    places: tuple[NamedPlace, ...] = ()
    lines: tuple[Line, ...] = ()

    def holds(self, position: Position) -> bool:
        """Whether the position lies in the municipality."""
        return is_inside(position, self.polygons)


def read_geojson(file: Path, parse: Callable[[Any], Read]) -> Read | None:
    """What `parse` makes of a GeoJSON file; None where there is none. Raises FileError, also where `parse` refuses."""
    if not file.exists():
        return None
    try:
        return parse(orjson.loads(file.read_bytes()))
    except OSError as error:
        raise FileError(file, 1, f"cannot be read ({error.strerror})") from error
    except orjson.JSONDecodeError as error:
        raise FileError(file, error.lineno, f"is not JSON: {error.msg}") from error
    except InvalidAreas as error:
        raise FileError(file, 1, str(error)) from error


def read_border(geojson: Any) -> Border:
    """The border of a FeatureCollection: one Polygon or MultiPolygon, and Points and LineStrings for the map.

    Raises InvalidAreas at the first feature that is none of these.
    """
    features = geojson.get("features") if isinstance(geojson, dict) else None
    if not isinstance(features, list):
        raise InvalidAreas((), "must be a GeoJSON FeatureCollection")
    polygons, places, lines = [], [], []
    for number, feature in enumerate(features):
        geometry, properties = _parts(feature, number)
        match geometry.get("type"):
            case "Point":
                places.append(_place(geometry, properties, number))
            case "LineString":
                lines.append(_line(geometry, properties, number))
            case _:
                polygons.append(read_polygons(geometry, ("features", number, "geometry")))
    if len(polygons) != 1:
        raise InvalidAreas(("features",), f"must have one Polygon or MultiPolygon, and has {len(polygons)}")
    border = Border(polygons[0], tuple(places), tuple(lines))
    if (count := _size(border)) > MOST_POSITIONS:
        raise InvalidAreas(("features",), f"have {count} positions: simplify them to at most {MOST_POSITIONS}")
    return border


def _parts(feature: Any, number: int) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict):
        raise InvalidAreas(("features", number), "must be a feature with a geometry")
    properties = feature.get("properties")
    return geometry, properties if isinstance(properties, dict) else {}


def _place(geometry: Mapping[str, Any], properties: Mapping[str, Any], number: int) -> NamedPlace:
    name = properties.get("name")
    if not isinstance(name, str) or not name:
        raise InvalidAreas(("features", number, "properties", "name"), "must be text")
    return NamedPlace(name, read_position(geometry.get("coordinates"), ("features", number, "geometry")))


def _line(geometry: Mapping[str, Any], properties: Mapping[str, Any], number: int) -> Line:
    path = ("features", number, "geometry", "coordinates")
    kind, written = properties.get("kind"), geometry.get("coordinates")
    if kind not in LINE_KINDS:
        raise InvalidAreas(("features", number, "properties", "kind"), f"must be one of: {', '.join(LINE_KINDS)}")
    if not isinstance(written, list) or len(written) < 2:
        raise InvalidAreas(path, "must have two positions or more")
    return Line(kind, tuple(read_position(each, path) for each in written))


def _size(border: Border) -> int:
    rings = sum(len(ring) for polygon in border.polygons for ring in polygon)
    return rings + len(border.places) + sum(len(line.positions) for line in border.lines)
