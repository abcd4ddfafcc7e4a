"""What a register gives fills in what nobody has written, and its source stays with it, whatever is made of it."""

from datetime import date

import pytest

from services.intake.prefill.prefilled import Prefilled, PrefillState, answers_from, filled_in, sources
from shared.events.payloads import from_plain, plain
from tests.builders import HandClock
from tests.unit.intake.prefill.property_form import PROPERTY_PAGE, property_form

DAY = date(2026, 11, 23)
FACTS = {
    "address": {"street": "Dalgatan 12", "postal_code": "79631", "city": "Älvdalen"},
    "area": 1240.5,
    "detailed_plan": "inside",
    "owner": "Kim",
}
ANSWERS = {
    "address": {"street": "Dalgatan 12", "postal_code": "796 31", "city": "Älvdalen"},
    "area": 1240.5,
    "plan": "inside",
}
TYPED = {
    "address.street": "Dalgatan 12",
    "address.postal_code": "796 31",
    "address.city": "Älvdalen",
    "area": "1240,5",
    "plan": "inside",
}


@pytest.fixture
def eservice():
    return property_form().eservice


@pytest.fixture
def page(eservice):
    return next(each for each in eservice.pages if each.code == PROPERTY_PAGE)


def prefilled(answers, state=PrefillState.FETCHED, key="Kyrkbyn 12:4"):
    return Prefilled(state, key, DAY, DAY, answers)


def test_facts_are_answers_as_a_form_stores_them(eservice, page):
    assert answers_from(eservice, page, FACTS, HandClock()) == ANSWERS


@pytest.mark.parametrize("facts", [{}, {"area": "much"}, {"area": -1}, {"detailed_plan": "perhaps"}, {"address": {}}])
def test_a_fact_that_a_question_does_not_take_is_left_out(eservice, page, facts):
    assert answers_from(eservice, page, facts, HandClock()) == {}


def test_they_are_filled_in_as_a_browser_would_post_them(eservice):
    assert filled_in(eservice, {}, None, prefilled(ANSWERS), HandClock()) == TYPED


def test_what_the_submitter_has_written_stays(eservice):
    typed = {"area": "900", "other": "x"}

    now = filled_in(eservice, typed, None, prefilled(ANSWERS), HandClock())

    assert now == TYPED | typed


def test_what_was_prefilled_for_another_key_makes_room_unless_it_was_changed(eservice):
    typed = TYPED | {"area": "900"}

    now = filled_in(eservice, typed, prefilled(ANSWERS), prefilled({"area": 5630.0, "plan": "outside"}), HandClock())

    assert now == {"area": "900", "plan": "outside"}


def test_what_is_declined_is_taken_away_unless_it_was_changed(eservice):
    typed = TYPED | {"address.city": "Idre"}

    now = filled_in(eservice, typed, prefilled(ANSWERS), prefilled({}, PrefillState.DECLINED), HandClock())

    assert now == {name: text for name, text in typed.items() if name.startswith("address.")}


def test_each_answer_has_its_source_and_whether_it_was_changed(page):
    found = dict(sources(page, prefilled(ANSWERS), ANSWERS | {"area": 900.0}))

    assert {name: source.changed for name, source in found.items()} == {"address": False, "area": True, "plan": False}
    assert {(source.register, source.fetched_on, source.as_of) for source in found.values()} == {("property", DAY, DAY)}


def test_what_is_not_answered_or_was_declined_has_no_source(page):
    assert dict(sources(page, prefilled(ANSWERS), {})) == {}
    assert dict(sources(page, prefilled({}, PrefillState.DECLINED), ANSWERS)) == {}


def test_a_draft_keeps_it_as_json():
    assert from_plain(Prefilled, plain(prefilled(ANSWERS))) == prefilled(ANSWERS)
