"""Macros are changed version by version, and none is kept that no case could take."""

from dataclasses import replace

import pytest
from marshmallow import ValidationError

from services.routing.cases.errors import InvalidInput
from services.routing.macros import edit
from services.routing.macros.edit import MacroContent, MacroNotFound, StaleMacro
from services.routing.macros.steps import Step
from shared.idempotency import KeyReused
from tests.store.routing.casework import ANNA, ERIK, EVA, SARA

CONTENT = MacroContent("Tagga", [Step("add_tag", {"tag": "tjäle"})])


@pytest.fixture
def editing(casework, alvdalen):
    """What the use cases of editing take beside the officer and the macro."""
    return {"organisation": alvdalen, **casework.store_and_time}


def rejected(editing, *steps, **more):
    """What is wrong with the steps, by number."""
    with pytest.raises(ValidationError) as error:
        edit.create(ANNA, MacroContent("Namn", [Step(*each) for each in steps], **more), **editing)
    return error.value.messages["steps"]


def test_each_change_is_a_version_and_what_another_has_changed_is_not_written_over(casework, alvdalen, editing):
    made = edit.create(ANNA, CONTENT, **editing)
    changed = edit.change(EVA, made.id, replace(CONTENT, steps=[Step("claim", {})]), version=1, **editing)

    with pytest.raises(StaleMacro):
        edit.change(ANNA, made.id, CONTENT, version=1, **editing)
    with pytest.raises(StaleMacro):
        edit.remove(ANNA, made.id, version=1, **editing)
    edit.remove(ANNA, made.id, version=2, **editing)

    assert (changed.version, changed.steps) == (2, [{"action": "claim", "values": {}}])
    assert edit.macros_of(ANNA, alvdalen, sessions=casework.store.sessions) == []
    with pytest.raises(MacroNotFound):
        edit.macro_with_versions(ANNA, made.id, alvdalen, sessions=casework.store.sessions)


def test_the_versions_have_who_made_them_and_what_the_macro_was(casework, alvdalen, editing):
    made = edit.create(ANNA, CONTENT, key="k", **editing)
    edit.change(EVA, made.id, replace(CONTENT, name="Ny"), version=None, **editing)

    _, versions = edit.macro_with_versions(ANNA, made.id, alvdalen, sessions=casework.store.sessions)

    assert [(each.version, each.by_name, each.content["name"]) for each in versions] == [
        (2, EVA.name, "Ny"),
        (1, ANNA.name, "Tagga"),
    ]
    assert versions[0].content["steps"] == [{"action": "add_tag", "values": {"tag": "tjäle"}}]
    assert edit.create(ANNA, CONTENT, key="k", **editing).id == made.id
    with pytest.raises(KeyReused):
        edit.create(ANNA, replace(CONTENT, name="Annan"), key="k", **editing)


def test_macros_of_queues_that_an_officer_may_not_see_are_not_theirs_to_see_or_change(casework, alvdalen, editing):
    of_permits = edit.create(ANNA, replace(CONTENT, queue="bygglov"), **editing)

    assert edit.macros_of(ERIK, alvdalen, sessions=casework.store.sessions) == []
    for officer in (ERIK, SARA):
        with pytest.raises(MacroNotFound):
            edit.change(officer, of_permits.id, CONTENT, version=1, **editing)
    with pytest.raises(InvalidInput):
        edit.create(ERIK, replace(CONTENT, queue="bygglov"), **editing)


def test_what_an_action_does_not_take_is_an_error_at_its_step_and_field(editing):
    errors = rejected(
        editing,
        ("add_tag", {"tag": "två  ord!"}),
        ("set_priority", {"priority": "enormous", "reason": {"sv": "Bråttom."}}),
        ("note", {}),
        ("note", {"text": {"sv": "Hej {namn}", "en": "Hello"}}),
        ("message", {"text": {"sv": "Hej {submitter}", "en": "Dear {name}"}}),
        ("claim", {"text": "x"}),
        ("put_on_hold", {"until_day": {"days": 0}, "until_time": "25:00", "reason": {"sv": "Väntar."}}),
        ("request_supplement", {"text": "Ritning.", "answer_by": "2026-12-01"}),
    )

    assert {number: sorted(each["values"]) for number, each in errors.items()} == {
        0: ["tag"],
        1: ["priority"],
        2: ["text"],
        3: ["text"],
        4: ["text"],
        5: ["text"],
        6: ["until_time"],
        7: ["answer_by", "text"],
    }
    assert errors[2]["values"]["text"] == ["Write the text."]
    assert errors[3]["values"]["text"] == {
        "en": ["This is written in Swedish only."],
        "sv": ["There is no placeholder called {namn}."],
    }
    assert errors[4]["values"]["text"] == {"en": ["There is no placeholder called {name}."]}


def test_what_the_municipality_does_not_have_is_refused(casework, editing):
    casework.knows(ERIK)
    to_gata = ("transfer", {"queue": "gata", "reason": {"sv": "Fel kö."}})

    assert rejected(editing, ("transfer", {"queue": "finns-inte", "reason": {"sv": "Fel kö."}}))[0]["values"] == {
        "queue": ["Choose a queue."]
    }
    assert list(rejected(editing, to_gata, queue="gata")) == [0]
    assert list(rejected(editing, ("decide", {"outcome": "finns-inte"}))) == [0]
    assert list(rejected(editing, ("decide", {"outcome": ["bifall"]}))) == [0]
    assert list(rejected(editing, ("decide", {"outcome": "bifall"}), eservice="felanmalan")) == [0]
    assert list(rejected(editing, ("assign", {"officer_subject": "nobody"}))) == [0]
    assert list(rejected(editing, ("assign", {"officer_subject": "erik"}), queue="bygglov")) == [0]
    edit.create(ANNA, MacroContent("Till Erik", [Step("assign", {"officer_subject": "erik"})]), **editing)
    edit.create(ANNA, MacroContent("Till gata", [Step(*to_gata)], queue="belysning"), **editing)


def test_steps_that_no_case_can_take_one_after_the_other_are_refused(editing):
    errors = rejected(editing, ("close", {}), ("claim", {}))

    assert errors == {1: {"action": ["No case can be where this can be done, after the steps before it."]}}
