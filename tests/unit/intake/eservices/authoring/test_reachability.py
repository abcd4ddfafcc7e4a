"""Conditions that can never hold, or always do, are found; and nothing is reported that is not so."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.eservices.authoring.reachability import remarks
from services.intake.forms.form import Form
from shared.clock import utc_now
from tests.unit.intake.eservices.authoring.definitions import (
    choice,
    eservice,
    exit_page,
    holds,
    page,
    question,
    text,
)

LIVES = choice("lives", "here", "elsewhere", "abroad", required=True)
HERE, ELSEWHERE = holds("lives", "is", "here"), holds("lives", "is", "elsewhere")
EITHER = holds("lives", "one_of", ["here", "elsewhere", "abroad"])
AGE = question("age", "number", minimum=0, maximum=120)
SEVERAL = choice("s", "x", "y") | {"type": "checkboxes"}
BOX = question("box", "checkbox")


def found(*pages, **keys):
    return [f"{'.'.join(map(str, path))}: {message}" for path, message in remarks(eservice(*pages, **keys))]


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ([page("one", LIVES), page("two", BOX, show_if=HERE)], []),
        (
            [page("one", LIVES), page("two", question("a", show_if=ELSEWHERE), show_if=HERE)],
            ["pages.1.sections.0.fields.0.show_if: can never hold: a is never asked"],
        ),
        (
            [page("one", LIVES), page("two", BOX, show_if=[HERE, ELSEWHERE])],
            ["pages.1.show_if: can never hold: the page two is never shown"],
        ),
        (
            [page("one", LIVES), page("two", BOX, show_if=EITHER)],
            ["pages.1.show_if: always holds where it is asked: leave it out"],
        ),
        (
            [page("one", LIVES), page("two", question("a", show_if=HERE), show_if=HERE)],
            ["pages.1.sections.0.fields.0.show_if: always holds where it is asked: leave it out"],
        ),
        (
            [page("one", LIVES), exit_page("out", HERE), page("two", BOX, show_if=HERE)],
            ["pages.2.show_if: can never hold: the page two is never shown"],
        ),
        (
            [page("one", LIVES), exit_page("out", EITHER), page("two", BOX)],
            ["pages.1.show_if: always holds where it is asked: nobody can use the e-service"],
        ),
        (
            [page("one", AGE), page("two", BOX, show_if=[holds("age", "less", 18), holds("age", "at_least", 18)])],
            ["pages.1.show_if: can never hold: the page two is never shown"],
        ),
        (
            [page("one", AGE), page("two", BOX, show_if=[holds("age", "more", 17), holds("age", "less", 18)])], []
        ),  # 17.5
        (
            [page("one", AGE, question("a", require_if=holds("age", "less", 0.0)))],
            ["pages.0.sections.0.fields.1.require_if: can never hold: leave it out"],
        ),
        (
            [page("one", LIVES, question("a", show_if=HERE), question("b", show_if=holds("a", "empty", False))),
             page("two", BOX, show_if=[ELSEWHERE, holds("a", "empty", False)])],
            ["pages.1.show_if: can never hold: the page two is never shown"],
        ),
        ([page("one", question("day", "date"), question("a", show_if=holds("day", "after", "today")))], []),
        ([page("one", BOX, question("a", show_if=holds("box", "empty", True)))], []),
        (
            [page("one", question("q", "yes_no"),
                  question("a", show_if=[holds("q", "is", True), holds("q", "is", False)]))],
            ["pages.0.sections.0.fields.1.show_if: can never hold: a is never asked"],
        ),
        ([page("one", SEVERAL, question("a", show_if=[holds("s", "contains", "x"), holds("s", "contains", "y")]))], []),
        (
            [page("one", question("box", "checkbox", required=True), question("a", show_if=holds("box", "is", False)))],
            ["pages.0.sections.0.fields.1.show_if: can never hold: a is never asked"],
        ),
    ],
)  # fmt: skip
def test_what_can_never_hold_and_what_always_does(pages, expected):
    assert found(*pages) == expected


def test_an_option_that_can_never_be_chosen():
    option = {"code": "c", "label": text(), "show_if": ELSEWHERE}
    dependent = choice("b", "x", "y", show_if=HERE)
    dependent["options"].append(option)

    assert found(page("one", LIVES, dependent)) == [
        "pages.0.sections.0.fields.1.options.2.show_if: can never hold: c can never be chosen"
    ]


def test_what_depends_on_an_option_that_depends_on_another():
    dependent = choice("b", "x", "y")
    dependent["options"][0]["show_if"] = HERE

    assert found(page("one", LIVES, dependent), page("two", BOX, show_if=[ELSEWHERE, holds("b", "is", "x")])) == [
        "pages.1.show_if: can never hold: the page two is never shown"
    ]


def test_an_agreement_that_can_never_hold():
    impossible = {"require": [holds("lives", "is", "here"), ELSEWHERE], "at": "lives", "message": text()}

    assert found(page("one", LIVES), agreements=[impossible]) == [
        "agreements.0.require: can never hold: no answers are accepted"
    ]


def test_too_many_combinations_are_passed_over_in_silence():
    boxes = [question(f"box{number}", "checkbox") for number in range(10)]
    ticked = [holds(each["name"], "is", True) for each in boxes]
    never = [*ticked, holds("box0", "is", False)]

    assert found(page("one", *boxes), page("two", BOX, show_if=never)) == []
    assert found(page("one", *boxes), page("two", BOX, show_if=[*ticked[:8], never[-1]])) != []


@settings(deadline=None)
@given(
    lives=st.sampled_from(["here", "elsewhere", "abroad"]),
    age=st.none() | st.integers(0, 120),
    box=st.booleans(),
    conditions=st.lists(
        st.sampled_from([HERE, ELSEWHERE, EITHER, holds("age", "less", 18), holds("age", "at_least", 18),
                         holds("box", "is", True), holds("age", "empty", True), {"none": [HERE]},
                         {"any": [HERE, holds("box", "is", True)]}]),
        min_size=1, max_size=3),
    leaves=st.sampled_from([HERE, ELSEWHERE, holds("age", "less", 18)]),
)  # fmt: skip
def test_nothing_is_reported_that_some_answers_show_to_be_otherwise(lives, age, box, conditions, leaves):
    definition = eservice(
        page("one", LIVES, AGE, BOX), exit_page("out", leaves), page("two", question("a"), show_if=conditions)
    )
    messages = dict(remarks(definition))
    message = messages.get(("pages", 2, "show_if"), "")

    reading = Form(definition, utc_now).reading({"lives": lives, "age": age, "box": box}, {})

    shown = [each.code for each in reading.pages]
    if "never" in message:
        assert "two" not in shown
    if "always" in message:
        assert "two" in shown or "out" in shown
