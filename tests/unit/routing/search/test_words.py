"""How texts and queries are written alike, so that one finds the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.cases.errors import InvalidInput
from services.routing.search.words import folded, phone_digits, with_blocks_and_units, words_of

KEY = "k"


@pytest.mark.parametrize(
    ("text", "alike"),
    [
        ("ÅÄÖ åäö", "åäö åäö"),
        ("A\u030asa", "åsa"),
        ("Müller Café Øst", "muller cafe øst"),
        ("BN 2026–00012", "bn 2026-00012"),
        ("Straße", "strasse"),
        ("\uff11\uff12", "12"),
    ],
)
def test_a_text_is_written_in_one_way(text, alike):
    assert folded(text, KEY) == alike


@given(st.text(max_size=60))
def test_what_is_folded_stays_as_it_is(text):
    once = folded(text, KEY)

    assert folded(once, KEY) == once


@pytest.mark.parametrize(
    "number", ["0701234567", "070-123 45 67", "+46 70 123 45 67", "+46 (0)70-1234567", "0046701234567"]
)
def test_a_telephone_number_is_one_however_it_is_written(number):
    assert phone_digits(number) == "701234567"
    assert words_of(number, KEY).words == ("701234567",)


@pytest.mark.parametrize("part", ["026-0004", "026-00041", "26-00041"])
def test_a_part_of_a_case_number_is_no_telephone_number(part):
    assert words_of(part, KEY).words == (part,)


@pytest.mark.parametrize("number", ["19900101-2385", "900101-2385", "9001012385", "199001012385", "900101 2385"])
def test_an_identity_number_is_the_same_hash_however_it_is_written(number):
    words = words_of(f"kim {number}", KEY)

    assert words.has_identity_number
    assert words.words == words_of("kim 900101-2385", KEY).words
    assert words.words != words_of("kim 900101-2385", "another").words
    assert "2385" not in " ".join(words.words)


@pytest.mark.parametrize("number", ["556036-0793", "16556036-0793", "5560360793"])
def test_an_organisation_s_number_is_the_same_however_it_is_written(number):
    assert words_of(f"borgen {number}", KEY).words == ("borgen", "5560360793")
    assert not words_of(number, KEY).has_identity_number


@pytest.mark.parametrize("text", ["900101-2386", "556036-0794", "2026-00012", "1900101-23851"])
def test_other_numbers_are_no_identity_numbers(text):
    assert folded(text, KEY) == text
    assert not words_of(text, KEY).has_identity_number


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("kiruna 12:4, åsen 3:14 och 12:4", ["q12q4q", "q3q14q"]),
        ("samfälligheten s:2 (ga:7)", ["qsq2q", "qgaq7q"]),
        ("12:4>1", ["q12q4q"]),
        ("12:4:1 a12:4 12:4b 12: :4 https://a.b:80/ 2026-00012", []),
    ],
)
def test_a_block_and_unit_stand_once_more_as_a_word_that_an_index_finds(text, more):
    assert with_blocks_and_units(text).split("\n") == [text, *more]
    for written, word in zip(("12:4", "s:2"), ("q12q4q", "qsq2q"), strict=True):
        assert words_of(f"kiruna {written}.", KEY).indexed == ("kiruna", word)


@given(st.text(max_size=200))
def test_whatever_is_written_is_read_or_rejected(text):
    try:
        words = words_of(text, KEY)
    except InvalidInput:
        return
    assert len(words.words) <= 10
    assert {*words.indexed, *words.short} == set(words.words)
