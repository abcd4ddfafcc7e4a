"""What was typed in a form is kept for that form."""

from services.routing.actions.form_state import FormState
from services.routing.cases.state_machine import Action

NOTE = FormState(Action.NOTE, {"text": "Ringde.", "reason": " "}, {"text": "För kort."})


def test_what_was_typed_is_filled_in_in_its_own_form_only():
    assert (NOTE.value(Action.NOTE, "text"), NOTE.value(Action.MESSAGE, "text")) == ("Ringde.", "")


def test_an_error_is_shown_at_its_own_field_only():
    assert (NOTE.error(Action.NOTE, "text"), NOTE.error(Action.NOTE, "reason")) == ("För kort.", "")
    assert NOTE.error(Action.MESSAGE, "text") == ""


def test_longer_texts_can_be_copied_and_the_rest_is_left_out():
    decision = FormState(Action.DECIDE, {"outcome": "bifall", "reasons": "Skäl.", "text": "Mer."})

    assert (NOTE.written, decision.written) == ("Ringde.", "Mer.\n\nSkäl.")


def test_the_longer_texts_of_a_macro_are_in_the_order_of_its_steps():
    state = FormState("macro", {"1-text": "Sedan.", "0-reasons": "Skäl.", "0-text": "Först.", "0-answer_by": "x"})

    assert state.written == "Först.\n\nSkäl.\n\nSedan."


def test_what_an_editor_has_written_can_be_copied_too():
    state = FormState("macro", {"name": "Hej", "step-1-text-sv": "Hej då!", "step-0-text-en": "Hi!", "sv": "Hej!"})

    assert state.written == "Hej!\n\nHi!\n\nHej då!"
