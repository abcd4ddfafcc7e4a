"""The municipalities of an installation, from their files."""

from pathlib import Path

import pytest
import yaml

from shared.conditions.areas import Position
from shared.municipalities import load, reading
from shared.settings import BadSetting

GOOD = {
    "code": "0180",
    "slug": "provby",
    "name": {"sv": "Provby kommun"},
    "languages": ["sv"],
    "colour": "#005a8c",
    "contact": {"email": "kommun@provby.example", "phone": "08-1", "web": "https://provby.example"},
}


@pytest.fixture
def folder(tmp_path):
    """Makes a folder with one municipality's file, changed in places."""

    def folder(text=None, within="provby", **changed):
        (tmp_path / within).mkdir()
        written = text if text is not None else yaml.safe_dump(GOOD | changed)
        (tmp_path / within / "municipality.yaml").write_text(written)
        return tmp_path

    return folder


def test_the_demo_municipalities_are_there():
    known = load(Path("municipalities"))

    assert {slug: each.code for slug, each in known.items()} == {
        "alvdalen": "2039",
        "kalmar": "0880",
        "karlstad": "1780",
        "robertsfors": "2409",
        "sundsvall": "2281",
    }
    assert len({each.colour for each in known.values()}) == len(known)
    assert known["alvdalen"].called("sv") == "Älvdalens kommun"


def test_the_demo_municipalities_have_borders_that_hold_their_towns_and_not_each_other():
    known = load(Path("municipalities"))
    with_border = [each for each in known.values() if each.border]

    assert len(with_border) == len(known)
    for each in with_border:
        assert each.border.places
        for town in each.border.places:
            assert not each.lacks(town.position), town
            assert all(other is each or other.lacks(town.position) for other in with_border), town


def test_a_municipality_without_a_border_file_lacks_no_place(folder):
    assert not load(folder())["provby"].lacks(Position(14, 61))


def test_a_bad_border_file_is_refused_by_its_name(folder):
    provby = folder() / "provby"
    (provby / "border.geojson").write_text('{"type": "FeatureCollection",\n "features": [}')

    with pytest.raises(BadSetting, match=r"border\.geojson:2: is not JSON: "):
        load(provby.parent)


def test_with_a_border_file_that_turns_bad_the_municipality_stays_as_it_was(folder):
    provby = folder() / "provby"
    before = reading(provby.parent, None).value
    (provby / "border.geojson").write_text("[]")

    after = reading(provby.parent, before)

    assert after.value == before
    assert [str(each) for each in after.errors] == [f"{provby}/border.geojson:1: : must be a GeoJSON FeatureCollection"]


def test_a_name_that_is_not_translated_is_swedish(folder):
    assert load(folder())["provby"].called("en") == "Provby kommun"


def test_a_municipality_offers_all_but_what_it_withholds(folder):
    assert load(folder())["provby"].eservices_withheld == ()
    assert load(folder(within="annanby", slug="annanby", code="0181", eservices_withheld=["x"]))[
        "annanby"
    ].eservices_withheld == ("x",)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"code": 180}, "code: Not a valid string."),
        ({"code": "18"}, "code: "),
        ({"colour": "blue"}, "colour: "),
        ({"languages": []}, "languages: "),
        ({"languages": ["sv", "xx"]}, "languages.1: Must be one of: sv, en."),
        ({"contact": {}}, "contact.email: Missing"),
        ({"eservices_withheld": "medborgarforslag"}, "eservices_withheld: Not a valid list."),
        ({"invented": 1}, "invented: Unknown field."),
        ({"color": "#000000"}, "color: Unknown field: did you mean colour?"),
        ({"slug": "other"}, "the slug is other, but the folder provby"),
        ({"name": {"en": "Provby"}}, "name: there is no name in sv"),
        ({"text": "a: [1"}, "municipality.yaml:2: is not YAML"),
        ({"text": ""}, "is not a mapping"),
        ({"text": "- 1"}, "is not a mapping"),
        ({"text": "a: \x00"}, "control characters are not allowed"),
        ({"text": "a: 2026-13-45"}, "month must be in 1..12"),
        ({"text": f"a: {'1' * 5000}"}, "Exceeds the limit"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(folder, changed, message):
    with pytest.raises(BadSetting) as raised:
        load(folder(**changed))

    assert message in str(raised.value)
    assert "municipality.yaml" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_two_municipalities_cannot_share_a_code(folder):
    folder()
    both = folder(within="annanby", slug="annanby")

    with pytest.raises(BadSetting, match="two municipalities have the code 0180"):
        load(both)


def test_of_several_errors_the_first_is_shown_with_its_line_and_the_others_counted(folder):
    with pytest.raises(BadSetting, match=r"municipality\.yaml:\d+: .*\(and 1 more\)$"):
        load(folder(colour="blue", code="18"))


def test_a_key_that_stands_twice_is_refused(folder):
    with pytest.raises(BadSetting, match="colour: stands here twice"):
        load(folder(text=yaml.safe_dump(GOOD) + "colour: '#000000'\n"))


def test_a_folder_of_no_municipality_is_refused(folder):
    (folder() / "annanby").mkdir()

    with pytest.raises(BadSetting, match=r"annanby/municipality\.yaml:1: is missing"):
        load(folder(within="tredjeby", slug="tredjeby", code="0182"))


def test_a_file_outside_the_folders_of_municipalities_is_refused(folder):
    (folder() / "municipality.yaml").write_text("")

    with pytest.raises(BadSetting, match=r"municipality\.yaml:1: is not read: put it in the municipality's folder"):
        load(folder(within="tredjeby", slug="tredjeby", code="0182"))


def test_a_hidden_folder_is_no_municipality(folder):
    (folder() / "..data").mkdir()
    (folder(within="annanby", slug="annanby", code="0181") / ".git").mkdir()

    assert set(load(folder(within="tredjeby", slug="tredjeby", code="0182"))) == {"provby", "annanby", "tredjeby"}


@pytest.mark.parametrize("name", ["municipality.yml", "casework.yml"])
def test_a_file_that_would_not_be_read_is_refused(folder, name):
    (folder() / "provby" / name).write_text("code: x\n")

    with pytest.raises(BadSetting, match=rf"{name}:1: is not read: call it \.yaml"):
        load(folder(within="annanby", slug="annanby", code="0181"))


def test_a_folder_without_municipalities_is_refused(tmp_path):
    with pytest.raises(BadSetting, match="there is no"):
        load(tmp_path)


def test_where_a_file_became_bad_the_municipality_is_as_it_was(folder):
    path = folder()
    last = reading(path, None).value
    (path / "provby" / "municipality.yaml").write_text(yaml.safe_dump(GOOD | {"colour": "red"}))

    found = reading(path, last)

    assert found.value == last
    assert [error.file.name for error in found.errors] == ["municipality.yaml"]


def test_a_new_municipality_cannot_take_the_code_of_another(folder):
    path = folder()
    last = reading(path, None).value
    folder(within="aby", slug="aby")

    found = reading(path, last)

    assert found.value == last
    assert "two municipalities have the code 0180" in str(found.errors[0])


def test_a_folder_without_any_municipality_left_is_a_fault(folder):
    path = folder()
    last = reading(path, None).value
    (path / "provby" / "municipality.yaml").unlink()
    (path / "provby").rmdir()

    with pytest.raises(BadSetting):
        reading(path, last)
