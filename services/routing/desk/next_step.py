"""What is to be done next with a case, in a sentence and with the action that does it; and all that may be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.routing.actions.definition import ActionDefinition, Purpose
from services.routing.cases.case_file import CaseFile
from services.routing.cases.state_machine import Action, State
from services.routing.organisation.officers import Officer
from shared.web.languages import date_text, gettext

# The action of each state that a case goes on by.
_ACTIONS = {
    State.QUEUED: Action.CLAIM,
    State.ASSIGNED: Action.DECIDE,
    State.AWAITING_SUPPLEMENT: Action.RECEIVE_SUPPLEMENT,
    State.DECIDED: Action.CLOSE,
}


@dataclass(frozen=True)
class NextStep:
    """What to do next. `action` None: nothing, or nothing that this officer may do."""

    text: str
    action: Action | None


def next_step(file: CaseFile, officer: Officer, offered: Sequence[ActionDefinition], today: date) -> NextStep:
    """What the case waits for, in the officer's language, and the action that is offered for it."""
    action = _ACTIONS.get(State(file.case.state)) if file.case.state in set(State) else None
    if file.case.state == State.AWAITING_SUPPLEMENT and _is_late(file, today):
        action = Action.DECIDE
    return NextStep(_text(file, officer, today), action if action in {each.action for each in offered} else None)


@dataclass(frozen=True)
class GroupedActions:
    """The actions of a case as its page offers them: a few `shown`, the next step first; the others `folded`."""

    shown: Sequence[ActionDefinition]
    folded: Mapping[Purpose, Sequence[ActionDefinition]]


def grouped(offered: Sequence[ActionDefinition], step: NextStep) -> GroupedActions:
    """What is offered, by how often it is done and what for."""
    shown = [each for each in offered if each.is_common or each.action == step.action]
    folded = {
        purpose: [each for each in offered if each.purpose is purpose and each not in shown] for purpose in Purpose
    }
    return GroupedActions(
        sorted(shown, key=lambda each: each.action != step.action),
        {purpose: actions for purpose, actions in folded.items() if actions},
    )


def _text(file: CaseFile, officer: Officer, today: date) -> str:
    case = file.case
    if case.state == State.QUEUED:
        return gettext("Nobody has the case yet")
    if case.state == State.AWAITING_SUPPLEMENT and case.answer_by:
        day = date_text(case.answer_by)
        if _is_late(file, today):
            return gettext("The submitter has not answered by %(day)s: decide without, or ask again", day=day)
        return gettext("Await the submitter’s answer until %(day)s", day=day)
    if case.state == State.ASSIGNED:
        return _in_hand(file, officer)
    if case.state == State.DECIDED:
        return gettext("Close the case when nothing more is to be done in it")
    return gettext("Nothing is to be done now")


def _in_hand(file: CaseFile, officer: Officer) -> str:
    case = file.case
    if case.officer_subject != officer.subject:
        return gettext("%(name)s has the case", name=case.officer_name)
    if case.due_on is None:
        return gettext("Decide the case") if file.regime.has_decision else gettext("Reply in the case")
    day = date_text(case.due_on)
    if file.regime.has_decision:
        return gettext("Decide the case by %(day)s", day=day)
    return gettext("Reply in the case by %(day)s", day=day)


def _is_late(file: CaseFile, today: date) -> bool:
    return file.case.answer_by is not None and file.case.answer_by < today
