"""The municipalities of an installation, from their files."""

from pathlib import Path

import pytest
import yaml

from shared.municipalities import load
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
        said = text if text is not None else yaml.safe_dump(GOOD | changed)
        (tmp_path / within / "municipality.yaml").write_text(said)
        return tmp_path

    return folder


def test_the_demo_municipalities_are_there():
    known = load(Path("municipalities"))

    assert {slug: each.code for slug, each in known.items()} == {"alvdalen": "2039", "robertsfors": "2409"}
    assert known["alvdalen"].called("sv") == "Älvdalens kommun"


def test_a_name_that_is_not_translated_is_swedish(folder):
    assert load(folder())["provby"].called("en") == "Provby kommun"


def test_a_municipality_offers_all_but_what_it_withholds(folder):
    assert load(folder())["provby"].eservices_withheld == ()
    assert load(folder(within="annanby", slug="annanby", code="0181", eservices_withheld=["x"]))[
        "annanby"
    ].eservices_withheld == ("x",)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"code": 180}, "code: Not a valid string."),
        ({"code": "18"}, "code: "),
        ({"colour": "blue"}, "colour: "),
        ({"languages": []}, "languages: "),
        ({"languages": ["sv", "xx"]}, "languages.1: Must be one of: sv, en."),
        ({"contact": {}}, "contact.email: Missing"),
        ({"eservices_withheld": "medborgarforslag"}, "eservices_withheld: Not a valid list."),
        ({"invented": 1}, "invented: Unknown field."),
        ({"slug": "other"}, "the slug is other, but the folder provby"),
        ({"name": {"en": "Provby"}}, "name: there is no name in sv"),
        ({"text": "a: [1"}, "line 1, column 6"),
        ({"text": ""}, "Invalid input type."),
        ({"text": "- 1"}, "Invalid input type."),
        ({"text": "a: \x00"}, "special characters are not allowed"),
        ({"text": "a: 2026-13-45"}, "month must be in 1..12"),
        ({"text": f"a: {'1' * 5000}"}, "Exceeds the limit"),
    ],
)
def test_a_bad_file_is_told_in_one_line(folder, changed, fault):
    with pytest.raises(BadSetting) as told:
        load(folder(**changed))

    assert fault in str(told.value)
    assert "municipality.yaml" in str(told.value)
    assert "\n" not in str(told.value)


def test_two_municipalities_cannot_share_a_code(folder):
    folder()
    both = folder(within="annanby", slug="annanby")

    with pytest.raises(BadSetting, match="two municipalities have the code 0180"):
        load(both)


def test_a_folder_without_municipalities_is_told(tmp_path):
    with pytest.raises(BadSetting, match="there is no"):
        load(tmp_path)
