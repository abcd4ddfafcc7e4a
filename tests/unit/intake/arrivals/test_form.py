"""A form that an officer fills in for somebody may lack answers; what is answered is checked as always."""

import pytest

from services.intake.arrivals.form import ARRIVAL_PAGE, arrival_form, entered_form
from services.intake.forms.answers import NOT_STATED, case_title, labelled_answers
from services.intake.forms.errors import SubmissionInvalid
from tests.unit.intake.forms.demo_forms import FORMS
from tests.unit.intake.forms.support_form import form

ARRIVAL = {"_channel": "letter", "_received_on": "2026-11-20"}


def labelled(entered, answers):
    """What is sent of the answers, by name."""
    reading = entered.reading(answers, {})
    return {each.name: each for each in labelled_answers(entered.eservice, reading.answers, reading.not_stated)}


def test_an_answer_that_is_needed_may_be_missing_and_is_sent_as_not_stated():
    entered, answers = entered_form(form()), {"lives_here": True, "household": "couple"}

    assert entered.read(answers, {})["household"] == "couple"
    sent = labelled(entered, answers)

    missing = [name for name, each in sent.items() if each.value == NOT_STATED]
    assert missing == ["partner", "area", "rent"]
    assert sent["partner"].answer is None
    assert "school" not in sent


def test_an_answer_in_an_entry_may_be_missing():
    entered = entered_form(form())
    answers = {"lives_here": True, "children": [{"child": "Bo"}, {"goes_to_school": True, "cost": 5}]}

    sent = labelled(entered, answers)

    assert entered.read(answers, {})
    assert sent["children.2.child"].value == NOT_STATED
    assert sent["children.1.child"].value["sv"] == "Bo"


def test_a_box_that_submitters_must_tick_and_a_file_may_be_missing():
    for each in FORMS.values():
        assert entered_form(each).reading({}, {}).errors == [], each.eservice.code


def test_what_is_answered_is_checked_as_always():
    with pytest.raises(SubmissionInvalid):
        entered_form(form()).read({"lives_here": True, "household": "three"}, {})


def test_how_it_came_may_not_be_missing():
    first = arrival_form(form())

    assert first.eservice.pages[0] is ARRIVAL_PAGE
    assert [each.pointer for each in first.reading({"lives_here": True}, {}).errors] == [
        "/answers/_channel",
        "/answers/_received_on",
    ]
    assert first.reading(ARRIVAL | {"lives_here": True}, {}).errors == []
    assert entered_form(first).eservice.pages[1:] == first.eservice.pages[1:]


def test_no_answer_turns_away_what_came():
    away = {"lives_here": False}
    assert form().reading(away, {}).exit

    assert entered_form(form()).read(away, {})["lives_here"] is False
    assert not arrival_form(form()).reading(ARRIVAL | away, {}).errors


def test_without_an_officer_every_answer_is_needed_as_before():
    assert form().reading({"lives_here": True}, {}).errors


def test_a_title_of_what_is_missing_can_be_made():
    for each in FORMS.values():
        eservice = entered_form(each).eservice
        assert "{" not in case_title(eservice, [])["sv"]
