"""Named areas of a municipality (GeoJSON, WGS 84), and whether a place lies in one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, TypeGuard

from shared.validation import Path


class Position(NamedTuple):
    """A position in degrees, WGS 84; in GeoJSON's order."""

    longitude: float
    latitude: float

    @classmethod
    def of(cls, place: Mapping[str, Any]) -> "Position | None":
        """Where an answered place is; None when it has no position."""
        longitude, latitude = place.get("longitude"), place.get("latitude")
        if _is_degrees(longitude, 180) and _is_degrees(latitude, 90):
            return cls(longitude, latitude)
        return None


Ring = tuple[Position, ...]
Polygons = tuple[tuple[Ring, ...], ...]


@dataclass(frozen=True)
class Area:
    """An area under its code. Each polygon is its outer ring and then its holes; the last position is as the first."""

    code: str
    polygons: Polygons

    @property
    def coordinates(self) -> list[Any]:
        """Those of a MultiPolygon in GeoJSON."""
        return [[[list(each) for each in ring] for ring in polygon] for polygon in self.polygons]

    def holds(self, position: Position) -> bool:
        """Whether the position lies in a polygon and in none of its holes."""
        return is_inside(position, self.polygons)


class InvalidAreas(Exception):
    """It is no GeoJSON of areas: what is wrong with what stands at `path`."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{'.'.join(map(str, path))}: {message}")


def read_areas(geojson: Any) -> dict[str, Area]:
    """The areas of a FeatureCollection by `properties.code`. Raises InvalidAreas at the first that is none."""
    features = geojson.get("features") if isinstance(geojson, dict) else None
    if not isinstance(features, list):
        raise InvalidAreas((), "must be a GeoJSON FeatureCollection")
    areas: dict[str, Area] = {}
    for number, feature in enumerate(features):
        path: Path = ("features", number)
        area = _area(feature, path)
        if area.code in areas:
            raise InvalidAreas((*path, "properties", "code"), f"two areas have the code {area.code}")
        areas[area.code] = area
    return areas


def _area(feature: Any, path: Path) -> Area:
    if not isinstance(feature, dict):
        raise InvalidAreas(path, "must be a feature")
    properties, geometry = feature.get("properties"), feature.get("geometry")
    code = properties.get("code") if isinstance(properties, dict) else None
    if not isinstance(code, str) or not code:
        raise InvalidAreas((*path, "properties", "code"), "must be text")
    return Area(code, read_polygons(geometry, (*path, "geometry")))


def read_polygons(geometry: Any, path: Path) -> Polygons:
    """The polygons of a geometry, which stands at the path. Raises InvalidAreas where it is of another kind or bad."""
    kind, coordinates = (geometry.get("type"), geometry.get("coordinates")) if isinstance(geometry, dict) else (None, 0)
    if kind not in ("Polygon", "MultiPolygon"):
        raise InvalidAreas((*path, "type"), "must be Polygon or MultiPolygon")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    return tuple(tuple(_rings(each, (*path, "coordinates"))) for each in _filled(polygons, path))


def _rings(polygon: Any, path: Path) -> Iterator[Ring]:
    for ring in _filled(polygon, path):
        positions = tuple(read_position(each, path) for each in _filled(ring, path))
        if len(positions) < 4 or positions[0] != positions[-1]:
            raise InvalidAreas(path, "a ring must have four positions or more, the last as the first")
        yield positions


def read_position(written: Any, path: Path) -> Position:
    """A position as GeoJSON writes it. Raises InvalidAreas for what is none."""
    good = isinstance(written, list) and len(written) >= 2
    if not good or not _is_degrees(written[0], 180) or not _is_degrees(written[1], 90):
        raise InvalidAreas(path, "a position must be [longitude, latitude] in degrees")
    return Position(written[0], written[1])


def _filled(written: Any, path: Path) -> list[Any]:
    if not isinstance(written, list) or not written:
        raise InvalidAreas(path, "must be a list that is not empty")
    return written


def _is_degrees(value: Any, most: int) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and -most <= value <= most


def is_inside(position: Position, polygons: Polygons) -> bool:
    """Whether the position lies in a polygon and in none of its holes."""
    return any(
        _is_in_ring(position, outer) and not any(_is_in_ring(position, hole) for hole in holes)
        for outer, *holes in polygons
    )


def _is_in_ring(position: Position, ring: Ring) -> bool:
    """Whether a ray eastwards from the position crosses the ring an odd number of times."""
    inside = False
    for start, end in pairwise(ring):
        if (start.latitude > position.latitude) != (end.latitude > position.latitude):
            part = (position.latitude - start.latitude) / (end.latitude - start.latitude)
            if position.longitude < start.longitude + part * (end.longitude - start.longitude):
                inside = not inside
    return inside
