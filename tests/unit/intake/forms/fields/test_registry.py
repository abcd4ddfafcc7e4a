"""Every field type has all its aspects; an unknown type, or a key that a type does not take, is an error."""

from dataclasses import fields

import pytest
from jsonschema import Draft202012Validator
from marshmallow import ValidationError

from services.intake.forms.errors import InvalidAnswer, InvalidParts
from services.intake.forms.fields.field import AnswerField, Field, Reuse
from services.intake.forms.fields.file import FileField
from services.intake.forms.fields.registry import FIELD_TYPES, FieldDefinition, FieldSchema, masked
from tests.builders import HandClock
from tests.house.reading import ROOT
from tests.unit.intake.forms.fields.fields import OPTIONS, definition, load

TEMPLATES = ROOT / "services/intake/forms/templates"
PATTERN = {"regex": "[a-z ]+", "message": {"sv": "Bara små.", "en": "Only small."}, "example": "hej"}
OWN_KEYS = {
    "text": {"max_length": 10, "max_words": 3, "public": True, "autocomplete": "name", "pattern": PATTERN},
    "textarea": {"max_length": 10, "max_words": 3},
    "email": {"autocomplete": "email"},
    "tel": {"autocomplete": "tel"},
    "select": {"options": OPTIONS},
    "radio": {"options": OPTIONS},
    "checkboxes": {"options": OPTIONS, "least": 1, "most": 2},
    "money": {"minimum": 0, "maximum": 2000},
    "month": {"when": "future"},
    "address": {"abroad": True},
    "number": {"minimum": 0, "maximum": 100, "unit": "m²"},
    "date": {"when": "past", "autocomplete": "bday"},
    "property": {"autocomplete": "off"},
    "identity_number": {"numbers": ["person"]},
    "file": {
        "accept": ["pdf", "docx"],
        "max_files": 2,
        "max_megabytes": 10,
        "max_megabytes_in_all": 15,
        "keep_position": True,
    },
    "computed": {"formula": {"sum": ["one", 2]}, "unit": "kr"},
}
INSTEAD = {"options_from"}  # of options
ANSWERS = {  # what a browser posts, by the end of the input's name; the answer; how it is shown
    "text": ({"": "hej"}, "hej", {"sv": "hej"}),
    "textarea": ({"": "hej\r\ndu"}, "hej\ndu", {"sv": "hej\ndu"}),
    "email": ({"": "a@Example.se"}, "a@example.se", {"sv": "a@example.se"}),
    "tel": ({"": "070-123 45 67"}, "070-123 45 67", {"sv": "070-123 45 67"}),
    "select": ({"": "two"}, "two", {"sv": "Två", "en": "Two"}),
    "radio": ({"": "one"}, "one", {"sv": "Ett", "en": "One"}),
    "checkboxes": ({".two": "yes", ".one": "yes"}, ["one", "two"], {"sv": "Ett, Två", "en": "One, Two"}),
    "yes_no": ({"": "no"}, False, {"sv": "Nej", "en": "No"}),
    "money": ({"": "1\u00a0000,50 kr"}, 1000.5, {"sv": "1\u00a0000,50\u00a0kr", "en": "1,000.50\u00a0SEK"}),
    "month": ({"": "januari 2027"}, "2027-01", {"sv": "januari 2027", "en": "January 2027"}),
    "time": ({"": "kl 8.30"}, "08:30", {"sv": "08:30"}),
    "url": ({"": "example.se/a"}, "https://example.se/a", {"sv": "https://example.se/a"}),
    "checkbox": ({"": "yes"}, True, {"sv": "Ja", "en": "Yes"}),
    "number": ({"": "32,5"}, 32.5, {"sv": "32,5 m²", "en": "32.5 m²"}),
    "date": ({"": "2026-11-20"}, "2026-11-20", {"sv": "20 november 2026", "en": "20 November 2026"}),
    "property": ({"": "Åsen 3:14"}, "Åsen 3:14", {"sv": "Åsen 3:14"}),
    "place": (
        {".text": "Bron", ".latitude": "61,2", ".longitude": "14"},
        {"text": "Bron", "latitude": 61.2, "longitude": 14.0},
        {"sv": "Bron (61.2, 14.0)"},
    ),
    "address": (
        {".street": "Box 1", ".postal_code": "79630", ".city": "Älvdalen"},
        {"street": "Box 1", "postal_code": "796 30", "city": "Älvdalen", "country": "SE"},
        {"sv": "Box 1, 796 30 Älvdalen"},
    ),
    "identity_number": ({"": "19861209-2380"}, "198612092380", {"sv": "19861209-2380"}),
    "bank_account": ({"": "123 456 789-0"}, "1234567890", {"sv": "1234567890"}),
}
every_type = pytest.mark.parametrize("type_name", FIELD_TYPES)
every_answer_type = pytest.mark.parametrize(
    "type_name", [name for name, kind in FIELD_TYPES.items() if issubclass(kind, AnswerField)]
)


def keys_of(type_name, **changes):
    """Every key that the type takes of its own, and changes."""
    return {**OWN_KEYS.get(type_name, {}), **changes}


def messages(value):
    with pytest.raises(ValidationError) as invalid:
        FieldDefinition().deserialize(value)
    return invalid.value.messages


@every_type
def test_a_definition_with_every_key_of_the_type_is_read(type_name):
    kind = FIELD_TYPES[type_name]

    field = load(type_name, **keys_of(type_name, required=True, hint={"sv": "Så här", "en": "Like this"}))

    assert isinstance(field, kind)
    assert (field.type, field.name, field.required, field.hint["sv"]) == (type_name, "question", True, "Så här")
    assert OWN_KEYS.get(type_name, {}).keys() == kind.KEYS.keys() - INSTEAD
    assert kind.KEYS.keys() <= {each.name for each in fields(kind)}


@every_type
def test_a_key_that_the_type_does_not_take_is_an_error(type_name):
    own = FIELD_TYPES[type_name].KEYS.keys()
    others = {key for kind in FIELD_TYPES.values() for key in kind.KEYS} - own

    for key in {*others, "max_lenght"}:
        found = messages(definition(type_name, **keys_of(type_name, **{key: 1})))
        assert found.keys() == {key}
        assert found[key][0].startswith(f"a {type_name} has no such key")


@every_type
def test_only_what_cannot_hold_personal_data_may_be_a_fact(type_name):
    if FIELD_TYPES[type_name].may_hold_personal_data:
        [message] = messages(definition(type_name, **keys_of(type_name, fact=True)))["fact"]
        assert message == f"a {type_name} may hold personal data, so it cannot be a fact"
    else:
        assert load(type_name, **keys_of(type_name, fact=True)).is_public


@pytest.mark.parametrize("type_name", ["textarra", "", None, 7, ["text"]])
def test_an_unknown_type_is_an_error_beside_all_others(type_name):
    found = messages(definition("text", public=False) | {"type": type_name, "required": "perhaps"})

    assert found.keys() == {"type", "required"}


@pytest.mark.parametrize("value", [None, "text", [], 7])
def test_what_is_no_mapping_is_an_error(value):
    assert messages(value)


def test_without_a_type_the_other_keys_are_checked():
    assert messages({"name": "Question"}).keys() == {"name", "type", "label"}


@every_type
def test_there_is_a_template(type_name):
    assert (TEMPLATES / FIELD_TYPES[type_name].template).is_file()


@every_type
def test_there_is_an_error_for_a_missing_answer(type_name):
    error = load(type_name, **keys_of(type_name, required=True)).required_error().error

    assert error.code == "required"
    assert error.values == {"label": {"sv": "Fråga", "en": "Question"}}


@every_type
def test_an_error_is_shown_at_an_input_of_the_question(type_name):
    assert load(type_name, **keys_of(type_name)).input_name().startswith("question")


@every_type
def test_there_is_a_valid_json_schema(type_name):
    for required in (False, True):
        Draft202012Validator.check_schema(load(type_name, **keys_of(type_name, required=required)).json_schema())


@every_answer_type
def test_an_answer_from_a_browser_is_read_described_and_shown(type_name):
    inputs, answer, shown = ANSWERS[type_name]
    field = load(type_name, **keys_of(type_name))

    posted = field.from_browser({f"question{end}": text for end, text in inputs.items()})

    assert field.read(posted, HandClock()) == answer
    assert field.display(answer) == shown
    assert Draft202012Validator(field.json_schema()).is_valid(answer)


@pytest.mark.parametrize("type_name", [name for name, kind in FIELD_TYPES.items() if kind.may_be_prefilled])
def test_an_answer_that_is_shown_in_a_browser_is_read_as_it_was(type_name):
    _, answer, _ = ANSWERS[type_name]
    field = load(type_name, **keys_of(type_name))

    assert field.read(field.from_browser(field.to_browser(answer)), HandClock()) == answer


@pytest.mark.parametrize("number", [0, 7, -0.5, 1240.0, 1e-7, 123456789.25, 1e20])
def test_a_number_that_is_shown_in_a_browser_is_read_as_it_was(number):
    field = load("number")

    assert field.from_browser(field.to_browser(number)) == number


@every_type
def test_it_may_be_called_one_that_is_never_prefilled(type_name):
    assert load(type_name, **keys_of(type_name, reuse="never")).reuse is Reuse.NEVER


@every_answer_type
@pytest.mark.parametrize("value", [["x"], {"bogus": 1}, float("nan"), "\x07"])
def test_a_value_of_another_kind_is_an_invalid_answer(type_name, value):
    with pytest.raises((InvalidAnswer, InvalidParts)):
        load(type_name, **keys_of(type_name)).read(value, HandClock())


MASKED = {"identity_number", "bank_account"}


@every_answer_type
def test_an_answer_is_masked_only_where_the_type_hides_it(type_name):
    assert masked(type_name, "198612092380") == ("19861209****" if type_name in MASKED else "198612092380")


def test_an_answer_of_a_type_that_only_a_newer_version_knows_is_masked():
    assert masked("passport", "8327-9 123 456") == "8327-9 123****"


def test_the_keys_of_all_types_are_those_of_a_field():
    common = set(FieldSchema().fields) - {"type"}

    assert common <= {each.name for each in fields(Field)}


@pytest.mark.parametrize("type_name", ["select", "radio"])
def test_options_are_of_one_source(type_name):
    source = {"table": "schools", "where": {"area": "area"}}
    without = {name: value for name, value in definition(type_name).items() if name != "options"}

    assert FieldDefinition().deserialize(without | {"options_from": source}).options_from.table == "schools"
    for bad in (without, definition(type_name, options_from=source)):
        assert messages(bad) == {"options": ["must have either options or options_from"]}


def test_files_are_counted():
    field = load("file", required=True, max_files=2)

    assert isinstance(field, FileField)
    assert [[each.error.code for each in field.errors(count)] for count in (0, 1, 2, 3)] == [
        ["required"],
        [],
        [],
        ["too_many_files"],
    ]
