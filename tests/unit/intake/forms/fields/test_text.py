"""The limits and the pattern of a text."""

import pytest
from jsonschema import Draft202012Validator
from marshmallow import ValidationError

from services.intake.app import TEXTS
from services.intake.forms.errors import InvalidAnswer
from shared.i18n.translations import Languages
from shared.validation import flattened
from tests.unit.intake.forms.fields.fields import answered, error_of, load

LANGUAGES = Languages(TEXTS)
PLATE = {
    "regex": "[A-Z]{3} ?[0-9]{2}[A-Z0-9]",
    "message": {"sv": "Skriv det som ABC 12D.", "en": "Write it like ABC 12D."},
    "example": "ABC 12D",
}


def test_words_are_counted_where_they_are_limited():
    field = load("textarea", max_words=3)

    assert answered(field, " ett  två\ntre ") == "ett  två\ntre"
    assert error_of(field, "ett två\ntre fyra") == "too_many_words"


def test_the_error_has_the_limit_and_the_count():
    field = load("text", max_words=2, max_length=20)

    with pytest.raises(InvalidAnswer) as words:
        answered(field, "ett två tre")
    with pytest.raises(InvalidAnswer) as characters:
        answered(field, "x" * 21)

    assert (words.value.error.values["most"], words.value.error.values["words"]) == (2, 3)
    assert (characters.value.error.values["most"], characters.value.error.values["length"]) == (20, 21)


@pytest.mark.parametrize(
    ("type_name", "keys", "shown"),
    [
        ("text", {"max_length": 120}, False),
        ("text", {"max_words": 5}, True),
        ("textarea", {"max_length": 500}, True),
        ("textarea", {}, False),
    ],
)
def test_a_limit_is_shown_where_it_may_be_reached(type_name, keys, shown):
    assert load(type_name, **keys).shows_limit == shown


def test_the_whole_cleaned_text_has_the_pattern():
    field = load("text", pattern=PLATE)

    assert answered(field, " ABC\u00a012D\u200b") == "ABC 12D"
    assert error_of(field, "ABC 12D x") == "pattern"
    assert error_of(field, "abc 12d") == "pattern"


def test_the_error_of_a_pattern_has_its_own_message():
    field = load("text", pattern=PLATE)

    with pytest.raises(InvalidAnswer) as invalid:
        answered(field, "ABC")

    assert invalid.value.error.localized("sv", LANGUAGES) == "”Fråga”: Skriv det som ABC 12D."
    assert invalid.value.error.localized("en", LANGUAGES) == "“Question”: Write it like ABC 12D."


def test_clients_see_the_pattern():
    validator = Draft202012Validator(load("text", pattern=PLATE).json_schema())

    assert validator.is_valid("ABC 12D")
    assert not validator.is_valid("ABC 12D x")


@pytest.mark.parametrize(
    ("changes", "key", "message"),
    [
        ({"regex": "[A-Z"}, "regex", "is no regular expression as RE2 has them: missing ]: [A-Z"),
        ({"regex": r"(a)\1"}, "regex", r"is no regular expression as RE2 has them: invalid escape sequence: \1"),
        ({"regex": "(?i)abc"}, "regex", "must be without flags"),
        ({"regex": r"abc\z"}, "regex", "must be without flags"),
        ({"regex": "a" * 501}, "regex", "must be 500 characters at most"),
        ({"example": "ABC"}, "example", "ABC does not match [A-Z]{3} ?[0-9]{2}[A-Z0-9]"),
        ({"message": {"sv": "Skriv."}}, "message", "Missing data"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_an_error_of_the_definition(changes, key, message):
    with pytest.raises(ValidationError) as invalid:
        load("text", pattern=PLATE | changes)

    found = [text for _, text in flattened(invalid.value.messages["pattern"][key])]
    assert message in " ".join(found)


def test_the_example_of_a_pattern_is_within_the_limits():
    with pytest.raises(ValidationError) as invalid:
        load("text", max_length=5, pattern=PLATE)

    assert invalid.value.messages == {"pattern": {"example": ["is no answer: too_long"]}}


def test_a_pattern_that_others_search_for_ages_takes_no_time():
    field = load("text", max_length=2000, pattern={**PLATE, "regex": "(a+)+(a|aa)+b?", "example": "aaab"})

    assert error_of(field, "a" * 1999 + "!") == "pattern"
