"""Text is read within a bound: however it is made, it costs no more than its length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import MOST_MARKS, TextTooLong, TooManyMarks, cleaned, is_unseen, normalized, plain


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ""),
        ("Älvdalen", "Älvdalen"),
        ("A\u0308lvdalen", "Älvdalen"),
        ("a\u030a" * 10, "å" * 10),
        ("漢字かな" * 3, "漢字かな" * 3),
        ("e" + "\u0301" * MOST_MARKS, "é" + "\u0301" * (MOST_MARKS - 1)),
    ],
)
def test_text_is_put_in_normal_form_c(text, read):
    assert normalized(text, 20) == read


def test_what_is_only_longer_in_another_form_is_left_to_be_measured_in_this_one():
    assert len(normalized("A\u0308" * 20, 20)) == 20
    assert len(normalized("x" * 80, 20)) == 80


def test_what_cannot_be_short_enough_is_refused_by_its_length():
    with pytest.raises(TextTooLong) as error:
        normalized("\u0301" * 100_000, 20)

    assert error.value.length == 100_000


@pytest.mark.parametrize(
    "marks", ["\u0301", "\u0301\u0323", "\U0001d165"], ids=["one", "two in turn", "beyond 16 bits"]
)
def test_a_character_with_more_marks_than_any_language_gives_it_is_refused(marks):
    with pytest.raises(TooManyMarks):
        normalized("漢e" + marks * (MOST_MARKS + 1), 1000)


def test_many_characters_with_many_marks_are_not_one():
    text = ("e" + "\u0323\u0301" * 10) * 20

    assert normalized(text, 1000)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("\ufeffÄlv\u00addalen\u200b ", "Älvdalen"),
        ("\u202bÄlvdalen\u202c\u2069\u200e\u061c", "Älvdalen"),
        ("a\x00b\x07c\x1bd\x7f", "abcd"),
        ("bild\ufffc", "bild"),
        ("ett\r\ntvå\rtre\x0bfyra\u2028fem", "ett\ntvå\ntre\nfyra\nfem"),
        ("3\x96 4 \x80", "3– 4 €"),
        ("e\u200d\u0301", "é"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        ("a\ufffdb", "a\ufffdb"),
        ("rad\tett", "rad\tett"),
    ],
)
def test_what_nobody_sees_is_left_out_and_what_is_written_stays(text, read):
    assert cleaned(text, 100) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("12‐34‑56–78—90−1﹣2－3", "12-34-56-78-90-1-2-3"),
        ("1\u00a0234\u2009567\u202f8\u3000 9", "1 234 567 8 9"),
        ("ＡＢＣ　１２", "ABC 12"),
        ("ett\n två", "ett två"),
        ("ﬁx", "fix"),
    ],
)
def test_what_has_a_grammar_is_written_in_plain_characters(text, read):
    assert plain(text, 100) == read


@pytest.mark.parametrize("clean", [cleaned, plain])
def test_many_marks_stay_too_many_where_unseen_characters_stand_between_them(clean):
    with pytest.raises(TooManyMarks):
        clean(("e" + "\u0301" * MOST_MARKS) + "\u200b" + "\u0301" * MOST_MARKS, 100)


@pytest.mark.parametrize("clean", [cleaned, plain])
def test_the_length_is_looked_at_first(clean):
    with pytest.raises(TextTooLong):
        clean("\u200b" * 100_000, 20)


def test_a_character_that_is_many_in_plain_ones_is_bounded_too():
    with pytest.raises(TextTooLong):
        plain("\ufdfa" * 20, 20)


@pytest.mark.parametrize(
    ("text", "unseen"), [("", True), (" \u200b\ufeff\n\x00", True), (" . ", False), ("\u200bå", False)]
)
def test_text_in_which_nothing_is_seen_is_blank(text, unseen):
    assert is_unseen(text) == unseen


@pytest.mark.parametrize("clean", [cleaned, plain])
@given(text=st.text())
def test_clean_text_is_clean(clean, text):
    once = clean(text, 10_000)

    assert clean(once, 40_000) == once
    assert (once == "") == is_unseen(text)
