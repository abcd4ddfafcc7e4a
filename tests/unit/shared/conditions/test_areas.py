"""Areas of GeoJSON: what lies in them, and files that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.conditions.areas import Area, InvalidAreas, Position, read_areas

SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]
HOLE = [[4, 4], [6, 4], [6, 6], [4, 6], [4, 4]]


def geojson(geometry=None, **properties):
    """A file with one area."""
    geometry = geometry or {"type": "Polygon", "coordinates": [SQUARE, HOLE]}
    feature = {"type": "Feature", "properties": {"code": "torg"} | properties, "geometry": geometry}
    return {"type": "FeatureCollection", "features": [feature]}


@given(st.floats(-20, 20), st.floats(-20, 20))
def test_a_square_holds_what_lies_between_its_sides_and_not_in_its_hole(longitude, latitude):
    inside = 0 < longitude < 10 and 0 < latitude < 10
    in_hole = 4 <= longitude <= 6 and 4 <= latitude <= 6
    on_a_side = longitude in (0, 4, 6, 10) or latitude in (0, 4, 6, 10)

    if not on_a_side:
        holds = read_areas(geojson())["torg"].holds(Position(longitude, latitude))
        assert holds is (inside and not in_hole)


def test_areas_that_share_a_border_do_not_both_hold_a_place_on_it():
    east = [[each[0] + 10, each[1]] for each in SQUARE]
    two = [read_areas(geojson({"type": "Polygon", "coordinates": [ring]}))["torg"] for ring in (SQUARE, east)]

    assert [area.holds(Position(10, 5)) for area in two].count(True) == 1


def test_the_height_of_a_position_is_left_out():
    ring = [[*each, 200] for each in SQUARE]

    assert read_areas(geojson({"type": "MultiPolygon", "coordinates": [[ring]]}))["torg"] == Area(
        "torg", ((tuple(Position(*each) for each in SQUARE),),)
    )


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ([], "must be a GeoJSON FeatureCollection"),
        ({"features": 1}, "must be a GeoJSON FeatureCollection"),
        ({"features": [1]}, "features.0: must be a feature"),
        (geojson(code=1), "features.0.properties.code: must be text"),
        ({"features": geojson()["features"] * 2}, "features.1.properties.code: two areas have the code torg"),
        (geojson({"type": "Point", "coordinates": [0, 0]}), "features.0.geometry.type: must be Polygon"),
        (geojson({"type": "Polygon", "coordinates": []}), "must be a list that is not empty"),
        (geojson({"type": "Polygon", "coordinates": [SQUARE[:3]]}), "four positions or more"),
        (geojson({"type": "Polygon", "coordinates": [SQUARE[:4]]}), "the last as the first"),
        (geojson({"type": "Polygon", "coordinates": [[[0, 91]] * 4]}), "[longitude, latitude] in degrees"),
        (geojson({"type": "Polygon", "coordinates": [[["0", 1]] * 4]}), "[longitude, latitude] in degrees"),
        (geojson({"type": "MultiPolygon", "coordinates": [1]}), "must be a list that is not empty"),
    ],
)
def test_a_file_that_holds_no_areas_is_refused(written, message):
    with pytest.raises(InvalidAreas) as invalid:
        read_areas(written)

    assert message in str(invalid.value)
