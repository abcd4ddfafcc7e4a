"""Error messages in the language that the caller names, without any request."""

import pytest

from services.intake.app import TEXTS
from services.intake.forms.errors import FieldError, InvalidAnswer, SubmissionInvalid
from shared.i18n.translations import Languages

LANGUAGES = Languages(TEXTS)


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("sv", "”Area” ska vara minst 3."),
        ("en", "“Surface” must be at least 3."),
        ("fi", "“Area” must be at least 3."),
    ],
)
def test_a_message_and_its_values_are_in_the_language(language, message):
    invalid = InvalidAnswer(
        "range", "“%(label)s” must be at least %(least)s.", label={"sv": "Area", "en": "Surface"}, least="3"
    )

    assert invalid.error.localized(language, LANGUAGES) == message


def test_an_invalid_submission_names_its_codes_and_no_answers():
    errors = [FieldError(f"/answers/{code}", InvalidAnswer(code, "x").error) for code in ("range", "date", "date")]

    assert str(SubmissionInvalid(errors)) == "date, range"
