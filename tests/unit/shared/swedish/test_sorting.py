"""Swedish alphabetical order."""

from shared.swedish.sorting import sort_key


def test_what_comes_after_z_comes_last_and_other_marks_do_not_count():
    names = ["Östen", "Ärla", "åsa", "Zara", "Élise", "Emil", "Æble", "Bo Ek", "bo  Aa"]

    assert sorted(names, key=sort_key) == [
        "bo  Aa",
        "Bo Ek",
        "Élise",
        "Emil",
        "Zara",
        "åsa",
        "Æble",
        "Ärla",
        "Östen",
    ]


def test_a_name_is_found_by_a_part_in_any_case_but_an_a_is_not_one_with_a_ring():
    assert sort_key("ÅSA") in sort_key("Mona Åsa Ek")
    assert sort_key("asa") not in sort_key("Åsa Ek")
