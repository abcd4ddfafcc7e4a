"""Addresses in Sweden and abroad."""

import pytest
from jsonschema import Draft202012Validator

from services.intake.forms.fields.field import is_blank
from tests.unit.intake.forms.fields.fields import answered, error_of, load

SWEDISH = {".street": "Box 1", ".postal_code": "796 30", ".city": "Älvdalen"}
ABROAD = load("address", abroad=True)
OSLO = {".street": "Storgata 1", ".postal_code": "0155", ".city": "Oslo", ".country": "NO"}


@pytest.mark.parametrize(
    "written", ["79630", "796 30", "796\u00a030", "SE-796 30", "S-79630", "se 796–30", " S 796 30 "]
)
def test_a_postal_code_is_five_digits_however_it_is_written(written):
    assert answered(load("address"), SWEDISH | {".postal_code": written})["postal_code"] == "796 30"


@pytest.mark.parametrize("written", ["7963", "096 30", "NO-0155", "796 300", "Älvdalen"])
def test_another_number_is_no_postal_code(written):
    assert error_of(load("address"), SWEDISH | {".postal_code": written}) == {"postal_code": "postal_code"}


def test_an_address_without_a_country_is_in_sweden():
    assert answered(ABROAD, SWEDISH)["country"] == "SE"
    assert "country" not in answered(load("address"), SWEDISH)


def test_an_address_abroad_has_the_postal_code_that_its_country_has_or_none():
    assert answered(ABROAD, OSLO)["postal_code"] == "0155"
    dublin = answered(ABROAD, {".street": "1 Main Street", ".city": "Dublin", ".country": "IE"})

    assert ABROAD.display(dublin) == {"sv": "1 Main Street, Dublin, Irland", "en": "1 Main Street, Dublin, Ireland"}


def test_the_postal_code_of_sweden_keeps_its_rule_where_other_countries_may_be_chosen():
    assert error_of(ABROAD, SWEDISH | {".postal_code": "0155", ".country": "SE"}) == {"postal_code": "postal_code"}


def test_a_country_that_there_is_none_of_is_an_error_at_its_place():
    assert error_of(ABROAD, OSLO | {".country": "XX"}) == {"country": "option"}


def test_the_country_that_a_page_shows_at_first_is_no_answer():
    posted = {"question.street": " ", "question.postal_code": "", "question.city": "", "question.country": "SE"}

    assert is_blank(ABROAD.from_browser(posted))


def test_countries_are_in_the_order_of_the_alphabet_after_sweden():
    country = ABROAD.parts["country"]

    names = {language: [each.label[language] for each in country.options_in(language)] for language in ("sv", "en")}

    assert len(names["sv"]) == 250
    assert names["sv"][:3] == ["Sverige", "Afghanistan", "Albanien"]
    assert names["sv"][-3:] == ["Åland", "Österrike", "Östtimor"]
    assert names["en"][:4] == ["Sweden", "Afghanistan", "Åland Islands", "Albania"]


def test_clients_see_which_postal_codes_are_taken():
    validator = Draft202012Validator(ABROAD.json_schema())
    swedish = {"street": "Box 1", "postal_code": "796 30", "city": "Älvdalen"}

    assert validator.is_valid(swedish)
    assert validator.is_valid({"street": "Storgata 1", "postal_code": "0155", "city": "Oslo", "country": "NO"})
    assert not validator.is_valid(swedish | {"postal_code": "0155"})
    assert not validator.is_valid(swedish | {"country": "XX"})
