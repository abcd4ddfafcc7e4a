"""What a browser posts, as answers."""

import pytest
from werkzeug.datastructures import MultiDict

from services.intake.forms import browser_form
from tests.unit.intake.forms.demo_forms import ESERVICES


@pytest.mark.parametrize(("text", "number"), [("32,5", 32.5), ("1 234", 1234), ("12.5", 12.5), ("-3", -3)])
def test_numbers_are_read_as_people_write_them(text, number):
    assert browser_form.answers(ESERVICES["bygglov"], MultiDict({"area": text}))["area"] == number


@pytest.mark.parametrize("text", ["många", "1e400", "nan", "inf", "--", "1,2,3"])
def test_what_is_no_number_is_left_for_the_form_to_refuse(text):
    assert browser_form.answers(ESERVICES["bygglov"], MultiDict({"area": text}))["area"] == text
