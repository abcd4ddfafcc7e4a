"""A page can be prefilled only about an earlier answer, and only where nothing forbids it."""

import pytest
from marshmallow import ValidationError

from services.intake.eservices.schema import EServiceSchema
from tests.unit.intake.forms.support_form import question
from tests.unit.intake.prefill.property_form import property_definition


def errors_with(*, questions=(), earlier=(), **prefill):
    """What is wrong with `prefill` where it is changed, with more questions on its page, or asked before it."""
    definition = property_definition()
    where, site, _ = definition["pages"]
    where["sections"][0]["fields"] += earlier
    site["sections"][0]["fields"] += questions
    site["prefill"] |= prefill
    try:
        EServiceSchema().load(definition)
    except ValidationError as invalid:
        return invalid.messages["pages"][1]["prefill"]
    return {}


def test_a_good_one_is_taken():
    assert errors_with() == {}
    assert errors_with(earlier=[question("firm", "identity_number", numbers=["organisation"])], by="firm") == {}


@pytest.mark.parametrize(
    ("by", "message"),
    [
        ("propperty", "there is no question on an earlier page propperty: did you mean property?"),
        ("area", "there is no question on an earlier page area"),
        ("count", "count is a number: a register is asked about a text or a choice"),
        ("who", "who may be anybody's number: facts about persons need a sign-in"),
    ],
)
def test_it_asks_about_an_earlier_answer_that_names_nobody(by, message):
    earlier = [question("count", "number"), question("who", "identity_number")]

    assert errors_with(earlier=earlier, by=by) == {"by": {"_schema": [message]}}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("aera", "there is no question on this page aera: did you mean area?"),
        ("property", "there is no question on this page property"),
        ("consent", "a checkbox cannot be prefilled"),
        ("plans", "a file cannot be prefilled"),
        ("income", "income has reuse: never"),
    ],
)
def test_it_fills_in_only_questions_of_its_page_that_it_may(name, message):
    questions = [
        question("consent", "checkbox"),
        question("plans", "file"),
        question("income", "money", reuse="never"),
    ]

    assert errors_with(questions=questions, into={name: "fact"}) == {"into": {name: {"_schema": [message]}}}


@pytest.mark.parametrize("change", [{"register": "Property!"}, {"label": "x"}, {"into": {}}, {"into": {"area": "A B"}}])
def test_each_key_is_checked(change):
    assert errors_with(**change).keys() == change.keys()
