"""Numbers of persons and organisations. The persons are from Skatteverket's open list for tests."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.swedish.identity_numbers import (
    BadNumber,
    organisation_number,
    personal_identity_number,
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


def test_a_coordination_number_has_sixty_added_to_its_day():
    assert personal_identity_number("701063-2391", today=TODAY) == "197010632391"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("800426-2386", "check_digit"),
        ("198004262380", "check_digit"),
        ("800431-2385", "date"),
        ("801326-2385", "date"),
        ("990229-2385", "date"),
        ("800400-2385", "date"),
        ("800460-2385", "date"),
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
            assert raised.code in ("format", "date", "future", "check_digit", "kind")
