"""Numbers of persons and organisations. The persons are from Skatteverket's open list for tests."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from shared.swedish.identity_numbers import (
    BadNumber,
    organisation_number,
    personal_identity_number,
    with_sign,
)

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "written", ["800426-2385", "8004262385", "19800426-2385", "198004262385", " 19800426 2385 ", "800426\u00a02385"]
)
def test_one_person_however_the_number_is_written(written):
    assert personal_identity_number(written, today=TODAY) == "198004262385"


def test_plus_means_a_hundred_years_or_more():
    assert personal_identity_number("121212-1212", today=TODAY) == "201212121212"
    assert personal_identity_number("121212+1212", today=TODAY) == "191212121212"


def test_the_sign_changes_the_year_that_somebody_turns_a_hundred():
    assert personal_identity_number("121212+1212", today=date(2012, 1, 1)) == "191212121212"
    assert personal_identity_number("121212-1212", today=date(2011, 12, 31)) == "191212121212"


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("198004262385", "19800426-2385"),
        ("192612311234", "19261231+1234"),  # turns 100 this year
        ("192701011234", "19270101-1234"),
        ("198004862385", "19800486-2385"),  # a samordningsnummer
        ("198000602385", "19800060-2385"),  # one whose day of birth is not known
        ("5566778899", "556677-8899"),
    ],
)
def test_a_number_is_shown_with_its_sign(kept, shown):
    assert with_sign(kept, today=TODAY) == shown


def test_what_is_shown_is_read_as_the_same_number():
    for number in ("198004262385", "191212121212"):
        assert personal_identity_number(with_sign(number, today=TODAY), today=TODAY) == number
    assert organisation_number(with_sign("5560360793")) == "5560360793"


def checked(first_eleven):
    """The number with the check digit that belongs to it, of a date that may be anybody's."""
    return first_eleven + luhn.calc_check_digit(first_eleven[2:])


def test_a_coordination_number_has_sixty_added_to_its_day():
    assert personal_identity_number("701063-2391", today=TODAY) == "197010632391"


@pytest.mark.parametrize(
    "first_eleven",
    [
        pytest.param("19700063001", id="month unknown"),
        pytest.param("19701060001", id="day unknown"),
        pytest.param("19700060001", id="month and day unknown"),
        pytest.param("19700091001", id="month unknown, the 31st"),
        pytest.param("19720289001", id="29 February"),
        pytest.param("20260060999", id="this year"),
    ],
)
def test_a_coordination_number_may_be_of_somebody_whose_birthday_is_not_known(first_eleven):
    number = checked(first_eleven)

    assert personal_identity_number(number, today=TODAY) == number
    assert personal_identity_number(f"{number[2:8]}-{number[8:]}", today=TODAY) == number


@pytest.mark.parametrize(
    "first_eleven",
    [
        pytest.param("19700010001", id="a personnummer has a month"),
        pytest.param("19701000001", id="and a day"),
        pytest.param("19701092001", id="the 32nd"),
        pytest.param("19701360001", id="the thirteenth month"),
        pytest.param("19710289001", id="29 February of another year"),
        pytest.param("17700101001", id="before any that Skatteverket stores"),
    ],
)
def test_a_day_that_nobody_is_born_on_is_none(first_eleven):
    assert code_of(checked(first_eleven)) == "date"


@pytest.mark.parametrize("first_eleven", ["19700101000", "19700161000", "19700060000"])
def test_nobody_has_the_serial_000(first_eleven):
    assert code_of(checked(first_eleven)) == "serial"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("121212+1212", "191212121212"),
        ("121212-1212", "201212121212"),
        ("1212121212", "201212121212"),
        ("20121212 1212", "201212121212"),
        ("19121212 1212", "191212121212"),
        ("800426 2385", "198004262385"),
        ("80 04 26 2385", "198004262385"),
    ],
)
def test_the_century_is_clear_from_the_sign_or_from_how_old_people_become(written, number):
    assert personal_identity_number(written, today=TODAY) == number


@pytest.mark.parametrize("written", ["121212 1212", "121212\u00a01212 ", "12 12 12 1212", "800426+2385"])
def test_a_number_that_may_be_of_somebody_else_is_asked_about(written):
    assert code_of(written) == "century"


def test_a_blank_is_clear_where_nobody_was_born_that_day_a_hundred_years_before():
    number = checked("20000229001")

    assert personal_identity_number(f"{number[2:8]} {number[8:]}", today=TODAY) == number


def code_of(written):
    """Why it is no number."""
    with pytest.raises(BadNumber) as raised:
        personal_identity_number(written, today=TODAY)
    return raised.value.code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("800426-2386", "check_digit"),
        ("198004262380", "check_digit"),
        ("800431-2385", "date"),
        ("801326-2385", "date"),
        ("990229-2385", "date"),
        ("800400-2385", "date"),
        ("800460-2385", "check_digit"),
        ("800492-2385", "date"),
        ("20271212-1212", "future"),
        ("261124-1212", "future"),
        ("00000101-0000", "date"),
        ("", "format"),
        ("Anna", "format"),
        ("800426-238", "format"),
        ("800426--2385", "format"),
        ("8004262385\0", "format"),
        ("８００４２６２３８５", "format"),
        ("8" * 100_000, "format"),
    ],
)
def test_what_is_no_persons_number_has_a_code_for_why(written, code):
    with pytest.raises(BadNumber) as raised:
        personal_identity_number(written, today=TODAY)
    assert raised.value.code == code
    assert written not in str(raised.value) or not written


@pytest.mark.parametrize("written", ["212000-0142", "2120000142", "16212000-0142", "162120000142", "212000 0142"])
def test_one_organisation_however_the_number_is_written(written):
    assert organisation_number(written) == "2120000142"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("212000-0143", "check_digit"),
        ("800426-2385", "kind"),
        ("", "format"),
        ("212000-014", "format"),
        ("19212000-0142", "format"),
        ("Älvdalens kommun", "format"),
    ],
)
def test_what_is_no_organisations_number_has_a_code_for_why(written, code):
    with pytest.raises(BadNumber) as raised:
        organisation_number(written)
    assert raised.value.code == code


@given(st.text())
def test_any_text_is_read_or_refused(text):
    for read in (personal_identity_number, organisation_number):
        try:
            assert read(text).isascii()
        except BadNumber as raised:
            assert raised.code in ("format", "date", "future", "serial", "check_digit", "century", "kind")
