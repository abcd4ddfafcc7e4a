"""What stands in the editor's form: steps are read, come, go and move, and nothing that was typed is lost."""

import pytest

from services.routing.macros.steps import Step
from services.routing.macros.typed import TypedStep, changed, steps_in

STEPS = [TypedStep("claim"), TypedStep("note", {"text-sv": "Ringde."}), TypedStep("close")]
STEP = Step(
    "request_supplement", {"text": {"sv": "Skicka en bild.", "en": "Send a picture."}, "answer_by": {"days": 14}}
)


def test_a_step_that_is_kept_is_the_same_once_it_was_in_the_form():
    assert TypedStep.of(STEP).as_kept == {"action": STEP.action, "values": STEP.values}


def test_steps_are_read_in_the_order_of_their_numbers_with_what_was_typed():
    form = {
        "name": "Namn",
        "step-10-action": "close",
        "step-2-text-sv": "Ringde.",
        "step-2-action": "note",
        "step-3-text-sv": "Utan åtgärd",
    }

    assert steps_in(form) == STEPS[1:]


@pytest.mark.parametrize(
    ("what", "added", "actions", "number"),
    [
        ("add", "message", ["claim", "note", "close", "message"], 3),
        ("add", "link", ["claim", "note", "close"], None),
        ("up-1", "", ["note", "claim", "close"], 0),
        ("up-0", "", ["claim", "note", "close"], 0),
        ("down-1", "", ["claim", "close", "note"], 2),
        ("down-2", "", ["claim", "note", "close"], 2),
        ("remove-0", "", ["note", "close"], None),
        ("remove-7", "", ["claim", "note", "close"], None),
        ("nonsense", "", ["claim", "note", "close"], None),
    ],
)
def test_a_button_changes_the_steps(what, added, actions, number):
    steps, go_on_with = changed(STEPS, what, added)

    assert ([each.action for each in steps], go_on_with) == (actions, number)
    assert TypedStep("note", {"text-sv": "Ringde."}) in steps


def test_what_is_no_number_of_days_is_kept_as_it_was_typed():
    step = TypedStep("put_on_hold", {"until_day": "snart", "until_time": "", "reason-sv": "Väntar."})

    assert step.as_kept["values"] == {"until_day": {"days": "snart"}, "reason": {"sv": "Väntar."}}
