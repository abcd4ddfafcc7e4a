"""Text is read within a bound: however it is made, it costs no more than its length."""

import pytest

from shared.text import MOST_MARKS, TextTooLong, TooManyMarks, normalized


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
