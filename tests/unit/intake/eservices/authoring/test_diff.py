"""What a new version of a definition changes for those who have begun to answer the old one."""

import pytest

from services.intake.eservices.authoring.diff import difference
from tests.unit.intake.eservices.authoring.definitions import choice, eservice, exit_page, holds, page, question, text

SORT = choice("sort", "a", "b", "c")
HERE = holds("sort", "is", "a")
NUMBER = question("number", "number", minimum=1, maximum=10)
NAME = question("name", max_length=100)
OLD = (page("one", SORT, NAME), page("two", NUMBER))


def changes(new, old=OLD, **keys):
    return [str(each).strip() for each in difference(eservice(*old), eservice(*new, **keys)).changes]


def group(**repeat):
    repeated = {"name": "rooms", "entry": text("rum"), **repeat}
    return page("rooms", question("area", "number")) | {"sections": [{"fields": [NUMBER], "repeat": repeated}]}


def test_the_same_definition_has_no_changes():
    found = difference(eservice(*OLD), eservice(*OLD))

    assert found.changes == ()
    assert not found.needs_new_version


def test_changed_texts_change_no_answer():
    assert changes([page("one", SORT | {"label": text("Annat")}, NAME | {"hint": text()}), OLD[1]]) == []


def test_another_source_of_prefilled_answers_is_a_line_and_its_label_is_not():
    prefill = {"register": "property", "label": text(), "by": "sort", "into": {"number": "area"}}
    prefilled = [OLD[0], OLD[1] | {"prefill": prefill}]
    renamed = [OLD[0], OLD[1] | {"prefill": prefill | {"label": text("Annat")}}]

    assert changes(prefilled) == ["the page two is prefilled from property by sort: number with area"]
    assert changes(OLD, old=prefilled) == ["the page two is not prefilled"]
    assert changes(renamed, old=prefilled) == []


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ([page("one", SORT), OLD[1]], ["! name is gone: its answers are dropped"]),
        ([page("one", SORT, NAME), page("two", NUMBER, question("more"))], ["more is new, and optional"]),
        ([page("one", SORT, NAME), page("two", NUMBER, question("more", required=True))],
         ["! more is new, and required"]),
        ([page("one", SORT, NAME | {"required": True}), OLD[1]], ["! name is required now"]),
        ([page("one", SORT, NAME | {"require_if": HERE}), OLD[1]],
         ["! name is required when sort is a, and was never"]),
        ([page("one", SORT, NAME | {"show_if": {"none": [HERE]}}), OLD[1]],
         ["! name is asked when none of (sort is a), and was always"]),
        ([page("one", SORT, NAME | {"max_length": 50}), OLD[1]],
         ["! name: max_length is 50, and was 100: tighter"]),
        ([page("one", SORT, NAME | {"max_length": 200}), OLD[1]], ["name: max_length is 200, and was 100"]),
        ([OLD[0], page("two", question("number", "number", minimum=0, maximum=9))],
         ["number: minimum is 0, and was 1", "! number: maximum is 9, and was 10: tighter"]),
        ([OLD[0], page("two", question("number", "number", maximum=10))], ["number: minimum is none, and was 1"]),
        ([page("one", SORT, question("name", "textarea")), OLD[1]], ["! name was a text and is a textarea"]),
        ([page("one", SORT, NAME | {"max_words": 5}), OLD[1]], ["! name: max_words is 5, and was none: tighter"]),
        ([page("one", choice("sort", "a", "b", "d"), NAME), OLD[1]],
         ["! sort: options gone: c", "sort: options added: d"]),
        ([OLD[1], OLD[0]], ["the pages are in another order: two, one"]),
        ([page("all", SORT, NAME, NUMBER)],
         ["the page one is gone", "the page two is gone", "the page all is new"]),
        ([OLD[0], exit_page("out", HERE), OLD[1]], ["! the page out is new, and turns away"]),
        ([OLD[0], OLD[1] | {"show_if": HERE}], ["! the page two is shown when sort is a, and was always"]),
        ([OLD[0], group() | {"code": "two"}],
         ["! number is moved into rooms: its answers are dropped", "the repeated section rooms is new"]),
    ],
)  # fmt: skip
def test_every_change_is_a_line_with_a_mark_where_answers_may_be_lost(new, expected):
    assert changes(new) == expected
    assert difference(eservice(*OLD), eservice(*new)).needs_new_version
    assert not difference(eservice(*OLD), eservice(*new, version=2)).needs_new_version


def test_fewer_entries_lose_answers():
    assert changes([group(least=0, most=5)], [group(most=9)]) == ["! rooms is answered 0 to 5 times, and was 0 to 9"]
    assert changes([group(least=0, most=9)], [group(most=5)]) == ["rooms is answered 0 to 9 times, and was 0 to 5"]


@pytest.mark.parametrize(
    ("kind", "old", "new", "loses"),
    [
        ("date", {}, {"when": "past"}, True),
        ("date", {"when": "past"}, {}, False),
        ("file", {"accept": ["pdf"]}, {"accept": ["pdf", "png"]}, False),
        ("file", {"accept": ["pdf", "png"]}, {"accept": ["pdf"]}, True),
        ("identity_number", {}, {"numbers": ["person"]}, True),
        ("text", {}, {"public": True}, True),
        ("number", {}, {"fact": True}, False),
        ("address", {"abroad": True}, {}, True),
        ("address", {}, {"abroad": True}, False),
    ],
)
def test_fewer_kinds_of_answer_lose_some(kind, old, new, loses):
    was, now = (page("one", question("q", kind, **keys)) for keys in (old, new))

    [change] = changes([now], [was])

    assert change.startswith("! ") == loses
    assert change.endswith("is changed")


def test_an_agreement_may_reject_what_was_good():
    agreement = {"require": holds("number", "more", 2), "at": "number", "message": text()}

    assert changes(OLD, agreements=[agreement]) == ["! an agreement at number is new"]


def test_what_becomes_of_the_answers_needs_no_new_version():
    found = difference(eservice(*OLD), eservice(*OLD, board="KS", secrecy="OSL 21 kap."))

    assert [str(each).strip() for each in found.changes] == [
        "board is KS, and was TN",
        "secrecy is OSL 21 kap., and was none",
    ]
    assert not found.needs_new_version


def test_a_version_never_goes_back():
    assert difference(eservice(*OLD, version=2), eservice(*OLD)).needs_new_version
