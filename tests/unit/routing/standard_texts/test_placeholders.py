"""Placeholders are filled in once; what is in braces and is none of them is named."""

from services.routing.standard_texts.placeholders import filled, left, unknown

VALUES = {"case_number": "BN 2026-00012", "officer": "Anna {deadline}", "deadline": None}


def test_values_take_the_place_of_their_placeholders_and_are_not_read_again():
    assert filled("{case_number}, {officer}: {case_number}", VALUES) == "BN 2026-00012, Anna {deadline}: BN 2026-00012"


def test_a_placeholder_without_a_value_stays_and_is_found_before_it_is_sent():
    text = filled("Senast {deadline}.", VALUES)

    assert text == "Senast {deadline}."
    assert left(text) == ["deadline"]
    assert left("Hej {Submitter}, { deadline }!") == ["Submitter", " deadline "]
    assert left("Hej {du}!") == []


def test_what_is_no_placeholder_is_named_each_once():
    assert unknown("{case_number} {namn} {} {namn} { officer }") == ["namn", "", " officer "]
    assert unknown("a { b\n} c") == []
