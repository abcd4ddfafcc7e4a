"""Border files: where a municipality is, what its map names, and files that are none."""

import json

import pytest

from shared.borders import MOST_POSITIONS, Border, Line, NamedPlace, read_border, read_geojson
from shared.conditions.areas import Position
from shared.yaml_files import FileError

SQUARE = [[13, 61], [15, 61], [15, 62], [13, 62], [13, 61]]
LAKE = [[13.4, 61.4], [13.6, 61.4], [13.6, 61.6], [13.4, 61.6], [13.4, 61.4]]


def feature(shape, coordinates, **properties):
    return {"type": "Feature", "properties": properties, "geometry": {"type": shape, "coordinates": coordinates}}


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


MAINLAND = feature("Polygon", [SQUARE, LAKE])


def test_a_border_holds_what_lies_within_it_and_not_in_its_holes():
    border = read_border(collection(MAINLAND))

    assert border.holds(Position(14, 61.5))
    assert not border.holds(Position(13.5, 61.5))
    assert not border.holds(Position(16, 61.5))


def test_the_parts_of_a_border_are_read_with_what_the_map_shows():
    island = [[[each[0] + 3, each[1]] for each in SQUARE]]
    border = read_border(
        collection(
            feature("Point", [14, 61.5], name="Byn"),
            feature("MultiPolygon", [[SQUARE], island]),
            feature("LineString", [[13, 61.5], [14, 61.5, 200]], kind="water", name="Ån"),
        )
    )

    assert border == Border(
        border.polygons,
        (NamedPlace("Byn", Position(14, 61.5)),),
        (Line("water", (Position(13, 61.5), Position(14, 61.5))),),
    )
    assert border.holds(Position(17, 61.5))


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ([], "must be a GeoJSON FeatureCollection"),
        (collection(1), "features.0: must be a feature with a geometry"),
        (collection({"type": "Feature", "geometry": None}), "features.0: must be a feature with a geometry"),
        (collection(), "features: must have one Polygon or MultiPolygon, and has 0"),
        (collection(MAINLAND, MAINLAND), "features: must have one Polygon or MultiPolygon, and has 2"),
        (collection(feature("MultiPoint", [])), "features.0.geometry.type: must be Polygon or MultiPolygon"),
        (collection(feature("Polygon", [SQUARE[:4]])), "features.0.geometry.coordinates: a ring must have four"),
        (collection(feature("Point", [14, 61])), "features.0.properties.name: must be text"),
        (collection(feature("Point", [14, 161], name="Byn")), "features.0.geometry: a position must be"),
        (collection(feature("LineString", SQUARE, kind="rail")), "properties.kind: must be one of: water, road"),
        (collection(feature("LineString", [[14, 61]], kind="road")), "coordinates: must have two positions or more"),
        (
            collection(feature("Polygon", [[*SQUARE[:-1], *[[13, 61]] * MOST_POSITIONS]])),
            f"have {MOST_POSITIONS + 4} positions: simplify them to at most {MOST_POSITIONS}",
        ),
    ],
)
def test_a_file_that_is_no_border_is_refused_with_its_name_and_what_is_wrong(tmp_path, written, message):
    file = tmp_path / "border.geojson"
    file.write_text(json.dumps(written))

    with pytest.raises(FileError) as invalid:
        read_geojson(file, read_border)

    assert str(invalid.value).startswith(f"{file}:1: ")
    assert message in str(invalid.value)


def test_a_folder_may_have_no_border_file(tmp_path):
    assert read_geojson(tmp_path / "border.geojson", read_border) is None


def test_what_cannot_be_read_is_an_error_of_the_file(tmp_path):
    with pytest.raises(FileError, match="cannot be read"):
        read_geojson(tmp_path, read_border)
