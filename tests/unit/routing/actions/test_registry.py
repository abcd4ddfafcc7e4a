"""Every action is defined once and whole: the API and the desk are made from the definitions."""

import re

import pytest

from services.routing.actions.definition import Notified
from services.routing.actions.registry import BY_PATH, DEFINITIONS, WITH_STANDARD_TEXTS
from services.routing.cases.state_machine import Action
from shared.swedish.law import LegalRegime
from tests.builders import HandClock

every_action = pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=list(DEFINITIONS))


def test_every_action_of_the_state_machine_is_defined():
    assert set(DEFINITIONS) == set(Action)


def test_every_action_has_a_path_of_its_own():
    assert len(BY_PATH) == len(DEFINITIONS)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", path) for path in BY_PATH)


@every_action
def test_every_field_of_a_form_is_read(definition):
    assert {field.name for field in definition.bulk_form} <= set(definition.schema(HandClock()).fields)


@every_action
def test_every_required_field_has_a_message_for_when_it_is_missing(definition):
    required = {name for name, field in definition.schema(HandClock()).fields.items() if field.required}
    messages = {name for name, message in definition.missing_messages().items() if message}

    assert required <= messages


@pytest.mark.parametrize("action", WITH_STANDARD_TEXTS)
def test_a_placeholder_that_is_left_is_refused_wherever_the_text_comes_from(action):
    definition = DEFINITIONS[action]

    errors = definition.schema(HandClock()).validate({definition.standard_text_into: "Hej {submitter}, {du} {today}."})

    assert errors[definition.standard_text_into] == ["Write something in the place of {submitter}, {today}."]


@every_action
def test_a_form_has_a_button_that_sends_it(definition):
    assert bool(definition.form) == (definition.send_label is not None)


@every_action
def test_the_confirmation_names_the_case(definition):
    assert "%(number)s" in definition.confirmation.text


def test_only_what_ends_in_a_decision_has_fields_for_who_decided_and_when():
    shown = {
        regime: [field.name for field in DEFINITIONS[Action.DECIDE].form if field.shown(regime)]
        for regime in LegalRegime
    }

    assert shown.pop(LegalRegime.FAKTISKT_HANDLANDE) == ["outcome", "reasons", "documents"]
    assert set(map(tuple, shown.values())) == {
        ("outcome", "reasons", "decided_by", "decided_on", "presenter", "documents")
    }


def test_reasons_are_optional_except_under_forvaltningslagen():
    [reasons] = [field for field in DEFINITIONS[Action.DECIDE].form if field.name == "reasons"]

    assert [regime for regime in LegalRegime if not reasons.optional(regime)] == [LegalRegime.FORVALTNINGSLAGEN]


def test_what_notifies_the_submitter_of_one_case_does_so_of_each_of_many():
    in_bulk = {definition: definition.in_bulk for definition in DEFINITIONS.values() if definition.in_bulk}

    assert {each.action for each in in_bulk if each.notifies} <= {
        definition.action for definition, how in in_bulk.items() if how.notified is Notified.ALWAYS
    }
    assert {definition.action for definition, how in in_bulk.items() if how.of_one_regime} == {Action.DECIDE}


def test_each_action_has_a_key_of_its_own():
    keys = [each.key for each in DEFINITIONS.values() if each.action is not Action.UNLINK]  # it has buttons of its own

    assert len(keys) == len(set(keys))
    assert all(re.fullmatch("[A-PR-ZÅ]", key) for key in keys)  # Q is that of all the others


def test_a_standard_text_goes_into_a_field_of_the_form():
    for definition in DEFINITIONS.values():
        assert definition.standard_text_into in {"", *(field.name for field in definition.form)}


def test_no_action_that_locks_two_cases_is_a_step_of_a_macro():
    of_two = {Action.LINK, Action.UNLINK, Action.JOIN, Action.REOPEN}

    assert not of_two & {each.action for each in DEFINITIONS.values() if each.in_macro}
