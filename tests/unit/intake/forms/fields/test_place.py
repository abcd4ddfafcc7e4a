"""A place is given by a text, by a position, or by both."""

import pytest
from jsonschema import Draft202012Validator

from services.intake.forms.errors import InvalidParts
from services.intake.forms.fields.field import is_blank
from services.intake.forms.fields.place import OUTSIDE
from tests.builders import HandClock
from tests.unit.intake.forms.fields.fields import load

PLACE = load("place", required=True)
POSITION = {"latitude": 61.2275, "longitude": 14.0392}


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ({"text": "Bron"}, "Bron"),
        (POSITION, "61.2275, 14.0392"),
        ({"text": "Bron", **POSITION}, "Bron (61.2275, 14.0392)"),
    ],
)
def test_text_or_position_is_enough(answer, shown):
    assert PLACE.read(answer, HandClock()) == answer
    assert PLACE.display(answer) == {"sv": shown}
    assert Draft202012Validator(PLACE.json_schema()).is_valid(answer)


def test_a_position_alone_comes_from_a_browser_with_an_empty_text():
    posted = PLACE.from_browser({"question.text": " ", "question.latitude": "61,2275", "question.longitude": "14.0392"})

    assert PLACE.read(posted, HandClock()) == POSITION


@pytest.mark.parametrize("given", [{}, {"text": " "}, {"text": "", "latitude": None, "longitude": ""}])
def test_neither_is_no_answer(given):
    assert is_blank(given)
    assert not Draft202012Validator(PLACE.json_schema()).is_valid({})
    assert "describe the place, or give its position" in PLACE.required_error().error.text


@pytest.mark.parametrize(("given", "missing"), [("latitude", "longitude"), ("longitude", "latitude")])
@pytest.mark.parametrize("text", [{}, {"text": "Bron"}])
def test_half_a_position_lacks_its_other_half(given, missing, text):
    answer = {given: POSITION[given], **text}

    with pytest.raises(InvalidParts) as invalid:
        PLACE.read(answer, HandClock())

    assert invalid.value.parts.keys() == {missing}
    assert not Draft202012Validator(PLACE.json_schema()).is_valid(answer)


def test_each_error_has_its_input():
    assert PLACE.input_name() == "question.text"
    assert PLACE.input_name("latitude") == "question.latitude"
    assert PLACE.input_name(OUTSIDE) == "question.outside"
