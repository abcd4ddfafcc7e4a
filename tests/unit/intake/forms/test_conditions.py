"""What is asked depends on earlier answers; what is not asked has no answer, and is not computed with."""

from copy import deepcopy

import pytest
from jsonschema import Draft202012Validator

from services.intake.forms.answers import facts, labelled_answers
from services.intake.forms.browser_form import answers as from_browser
from services.intake.forms.browser_form import answers_to_shown, input_name
from services.intake.forms.errors import SubmissionInvalid
from services.intake.forms.form import Form
from services.intake.forms.json_schema import json_schema
from shared.conditions.areas import read_areas
from tests.builders import HandClock
from tests.unit.intake.forms.support_form import PAGES, answers, form, question, text

FORM = form()
CHILD = {"child": "Kim", "goes_to_school": True, "cost": 100}


def errors(**changes):
    try:
        FORM.read(answers(**changes), {})
    except SubmissionInvalid as invalid:
        return {each.pointer: each.error.code for each in invalid.errors}
    return {}


def read(**changes):
    return FORM.read(answers(**changes), {})


def test_a_question_is_asked_where_its_condition_holds():
    assert errors(household="couple", rent=1) == {"/answers/partner": "required"}
    assert "partner" not in read()


def test_a_question_may_be_asked_only_of_places_within_an_area():
    fields = [
        question("place", "place"),
        question("ski", show_if={"fact": "place", "operator": "within", "value": "sarna"}),
    ]
    page = {"code": "where", "title": PAGES[0]["title"], "sections": [{"fields": fields}]}
    corners = [[12.9, 61.6], [13.3, 61.6], [13.3, 61.8], [12.9, 61.8], [12.9, 61.6]]
    feature = {"properties": {"code": "sarna"}, "geometry": {"type": "Polygon", "coordinates": [corners]}}
    asked = Form(form(pages=[page], agreements=[]).eservice, HandClock(), read_areas({"features": [feature]}))

    inside, outside = ({"place": {"latitude": 61.7, "longitude": each}} for each in (13.0, 14.0))
    assert asked.read(inside | {"ski": "Ja."}, {}) == inside | {"ski": "Ja."}
    with pytest.raises(SubmissionInvalid):
        asked.read(outside | {"ski": "Ja."}, {})


def test_a_file_is_needed_where_other_answers_ask_for_it():
    page = {"code": "files", "title": PAGES[0]["title"], "sections": [{"fields": [
        question("area"), question("plan", "file", require_if={"fact": "area", "operator": "is", "value": "north"}),
    ]}]}  # fmt: skip
    asked = form(pages=[page], agreements=[])

    assert asked.read({"area": "south"}, {}) == {"area": "south"}
    with pytest.raises(SubmissionInvalid) as invalid:
        asked.read({"area": "north"}, {})
    assert [(each.pointer, each.error.code) for each in invalid.value.errors] == [("/attachments/plan", "required")]


def test_who_is_turned_away_before_any_answer_has_the_error_at_the_first_question():
    children, elsewhere = deepcopy(PAGES[2]), deepcopy(PAGES[1])
    none = {"fact": "children", "operator": "empty", "value": True}
    asked_first = form(pages=[children, elsewhere | {"show_if": none}], agreements=[])

    with pytest.raises(SubmissionInvalid) as invalid:
        asked_first.read({}, {})

    assert [(each.pointer, each.error.code) for each in invalid.value.errors] == [("/answers/children", "turned_away")]


def test_an_answer_to_what_is_not_asked_is_an_error_and_never_dropped():
    assert errors(partner="Kim") == {"/answers/partner": "not_asked"}
    assert errors(children=[{"child": "Kim", "cost": 5}]) == {"/answers/children/0/cost": "not_asked"}
    assert errors(children=[CHILD | {"shoe": 5}]) == {"/answers/children/0/shoe": "unknown_field"}


def test_what_depends_on_an_answer_that_is_not_valid_is_no_error_of_its_own():
    assert errors(household="triple", partner="Kim") == {"/answers/household": "option"}


def test_a_page_drops_what_an_earlier_choice_asked_for():
    posted = {"lives_here": "yes", "household": "single", "partner": "Kim", "area": "north"}
    written = from_browser(FORM.eservice, posted)

    kept = answers_to_shown(FORM.reading(written, {}), written)

    assert "partner" not in kept
    assert FORM.read(kept, {})["household"] == "single"


def test_several_conditions_hold_together():
    assert ("answers", "partner_phone") in FORM.reading(answers(household="couple"), {}).shown
    assert ("answers", "partner_phone") not in FORM.reading(answers(household="single"), {}).shown


def test_an_answer_may_be_needed_where_a_condition_holds():
    assert errors(household="couple", partner="Kim") == {"/answers/rent": "required"}


def test_an_option_is_shown_where_it_fits_what_was_answered():
    assert read(school="hill")["school"] == "hill"
    assert errors(school="lake") == {"/answers/school": "option"}


def test_who_comes_to_an_exit_sends_nothing_and_sees_no_page_after_it():
    reading = FORM.reading(answers(lives_here=False), {})

    assert [page.code for page in reading.pages] == ["who", "elsewhere"]
    assert errors(lives_here=False) == {"/answers/lives_here": "turned_away"}


def test_a_section_is_answered_several_times():
    assert read(children=[CHILD, {"child": "Robin"}])["children"] == [CHILD | {"half": 50}, {"child": "Robin"}]
    assert errors(children=[CHILD, {"goes_to_school": True}]) == {
        "/answers/children/1/child": "required",
        "/answers/children/1/cost": "required",
    }
    assert errors(children=[CHILD] * 4) == {"/answers/children": "too_many_entries"}
    for bad in ("Kim", [1], {"0": CHILD}):
        assert errors(children=bad) == {"/answers/children": "type"}


def test_the_least_number_of_entries_is_needed():
    pages = deepcopy(PAGES)
    pages[2]["sections"][0]["repeat"]["least"] = 1

    with pytest.raises(SubmissionInvalid) as invalid:
        form(pages=pages).read(answers(), {})

    assert {each.pointer: each.error.code for each in invalid.value.errors} == {"/answers/children": "too_few_entries"}


def test_an_agreement_in_a_repeated_section_is_asked_of_each_entry_and_one_of_it_all_stands_there():
    def agreement(require, at):
        return {"require": require, "at": at, "message": text("no")}

    asked = form(
        agreements=[
            agreement({"fact": "child", "operator": "is_not", "value": {"fact": "why_so_much"}}, "child"),
            agreement({"fact": "cost", "operator": "more", "value": 5}, "child"),
            agreement({"fact": "all_costs", "operator": "less", "value": 10000}, "children"),
        ]
    )

    def disagreements(**given):
        try:
            asked.read(answers(**given), {})
        except SubmissionInvalid as invalid:
            return {each.pointer for each in invalid.errors}
        return set()

    robin = {"child": "Robin", "goes_to_school": True, "cost": 9000}
    assert disagreements(children=[{"child": "Kim"}, robin], rent=500, why_so_much=None) == set()
    assert disagreements(children=[{"child": "Kim"}, robin | {"cost": 4}]) == {"/answers/children/1/child"}
    assert disagreements(children=[{"child": "Kim"}, robin], rent=999, why_so_much="Robin") == {
        "/answers/children/1/child"
    }
    assert disagreements(children=[robin], rent=1000, why_so_much="-") == {"/answers/children"}
    assert disagreements() == set()


def test_values_are_computed_of_what_is_answered():
    given = read(
        children=[CHILD, CHILD | {"cost": 0.2}], rent=900, begins="2026-12-01", ends="2027-01-01",
    )  # fmt: skip

    computed = {name: given[name] for name in ("number_of_children", "days", "all_costs", "fee")}
    assert computed == {"number_of_children": 2, "days": 31, "all_costs": 1000.2, "fee": 10}
    assert read(rent=1001)["fee"] == 20.5
    assert "fee" not in read(rent=9001)
    assert {"days", "fee", "all_costs"}.isdisjoint(read())


def test_a_computed_value_decides_what_is_asked():
    assert read(rent=9001, why_so_much="a lot")["why_so_much"] == "a lot"
    assert errors(rent=9000, why_so_much="a lot") == {"/answers/why_so_much": "not_asked"}


def test_nobody_answers_what_is_computed():
    assert errors(all_costs=1) == {"/answers/all_costs": "unknown_field"}


def test_answers_agree_or_the_message_stands_at_its_question():
    assert errors(begins="2026-12-01", ends="2026-12-01") == {"/answers/ends": "disagrees"}
    assert errors(begins="2026-12-01", ends="2026-12-02") == {}
    assert errors(ends="2026-12-01") == {}


def test_people_see_each_entry_under_its_heading_and_rules_see_computed_facts():
    given = read(children=[CHILD])
    shown = {each.name: (each.label["sv"], each.value["sv"]) for each in labelled_answers(FORM.eservice, given)}

    assert shown["children.1.child"] == ("Barn Kim: child", "Kim")
    assert shown["children.1.half"] == ("Barn Kim: half", "50")
    assert shown["number_of_children"] == ("number_of_children", "1")
    assert facts(FORM.eservice, given) == {"number_of_children": 1}


def test_a_browser_posts_each_entry_with_its_number():
    posted = {
        "children.count": "2",
        "children.0.child": "Kim",
        "children.1.child": "Robin",
        "children.1.goes_to_school": "yes",
        "children.1.cost": "12,50",
    }

    assert from_browser(FORM.eservice, posted)["children"] == [
        {"child": "Kim", "goes_to_school": False, "cost": ""},
        {"child": "Robin", "goes_to_school": True, "cost": 12.5},
    ]
    assert input_name(FORM.eservice, "/answers/children/1/cost") == "children.1.cost"
    assert input_name(FORM.eservice, "/answers/children") == "children.count"


@pytest.mark.parametrize(
    ("count", "entries"), [("", 0), ("2", 2), ("99999999999", 0), ("-1", 0), ("x", 0), ("9999", 4)]
)
def test_how_many_entries_there_are_is_bounded(count, entries):
    assert len(from_browser(FORM.eservice, {"children.count": count})["children"]) == entries


@pytest.mark.parametrize(
    ("changes", "is_valid"),
    [
        ({}, True),
        ({"household": "couple"}, False),
        ({"household": "couple", "partner": "Kim", "rent": 1}, True),
        ({"household": "couple", "partner": "Kim"}, False),
        ({"partner": "Kim"}, False),
        ({"children": [CHILD]}, True),
        ({"children": [{"goes_to_school": False}]}, False),
        ({"children": [CHILD] * 4}, False),
        ({"area": None}, False),
    ],
)
def test_the_json_schema_has_the_conditions(changes, is_valid):
    schema = json_schema(FORM.eservice, "https://example.org/support")
    Draft202012Validator.check_schema(schema)

    body = {"eservice": "support", "answers": answers(**changes)}

    assert Draft202012Validator(schema).is_valid(body) is is_valid
    assert (errors(**changes) == {}) is is_valid
