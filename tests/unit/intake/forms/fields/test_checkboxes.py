"""A choice of several options."""

import pytest
from marshmallow import ValidationError

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.field import is_blank
from tests.builders import HandClock
from tests.unit.intake.forms.fields.fields import OPTIONS, answered, error_of, load

THREE = [*OPTIONS, {"code": "three", "label": {"sv": "Tre", "en": "Three"}}]
FIELD = load("checkboxes", options=THREE, least=2, most=2)


def test_the_answer_has_the_options_in_their_order_and_once():
    assert FIELD.read(["three", "one", "three"], HandClock()) == ["one", "three"]
    assert answered(FIELD, {".three": "yes", ".one": "yes", ".two": ""}) == ["one", "three"]


def test_nothing_chosen_is_no_answer():
    assert is_blank(FIELD.from_browser({"question": "one"}))


@pytest.mark.parametrize(
    ("inputs", "code"),
    [({".one": "yes"}, "too_few"), ({".one": "yes", ".two": "yes", ".three": "yes"}, "too_many"), ({}, "required")],
)
def test_too_few_and_too_many_are_errors(inputs, code):
    assert error_of(FIELD, inputs) == code


def test_an_option_that_is_not_shown_cannot_be_chosen():
    condition = {"fact": "age", "operator": "at_least", "value": 18}
    field = load("checkboxes", options=[*OPTIONS, {**THREE[2], "show_if": condition}])

    field.check_shown(["one", "three"], lambda node: True)
    field.check_shown(["one", "two"], lambda node: node is None)
    with pytest.raises(InvalidAnswer):
        field.check_shown(["one", "three"], lambda node: node is None)


@pytest.mark.parametrize("value", ["one", ["four"], [1], [["one"]], {"one": True}])
def test_what_is_no_list_of_the_options_is_an_error(value):
    with pytest.raises(InvalidAnswer):
        FIELD.read(value, HandClock())


@pytest.mark.parametrize("keys", [{"least": 2, "most": 1}, {"least": 3}, {"most": 3}])
def test_limits_that_no_answer_could_keep_are_an_error_of_the_definition(keys):
    with pytest.raises(ValidationError):
        load("checkboxes", **keys)
