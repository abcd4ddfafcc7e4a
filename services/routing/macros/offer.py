"""The macros that fit a case, and are possible there as far as can be known before they are carried out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.definition import ActionDefinition, FieldKind
from services.routing.actions.form_choices import Choices
from services.routing.cases.case_file import CaseFile
from services.routing.cases.state_machine import Action
from services.routing.macros.course import Standing, first_impossible
from services.routing.macros.edit import KEPT, MacroNotFound
from services.routing.macros.models import Macro
from services.routing.macros.steps import IN_MACRO, Step, is_known, steps_of
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation


def fitting(file: CaseFile, *, sessions: sessionmaker[Session]) -> list[Macro]:
    """The macros for the case's queue and e-service first, then those for all; each group by name."""
    found = KEPT.fitting(file.case, KEPT.most, sessions=sessions)
    return [each for each in found if is_known(steps_of(each.steps))]


def the_macro(file: CaseFile, macro_id: UUID, *, sessions: sessionmaker[Session]) -> Macro:
    """The macro, where it fits the case. Raises MacroNotFound."""
    found = KEPT.one_fitting(file.case, macro_id, sessions=sessions)
    if not is_known(steps_of(found.steps)):
        raise MacroNotFound
    return found


@dataclass(frozen=True)
class Situation:
    """A case as an officer has it before them; `choices`: what may be chosen in it, as `form_choices` has it."""

    officer: Officer
    file: CaseFile
    organisation: Organisation
    choices: Mapping[str, Choices]
    today: date


def offered(situation: Situation, *, sessions: sessionmaker[Session]) -> list[Macro]:
    """Those of the fitting macros whose every step the officer may do, in the state that the case will then have."""
    return [
        each for each in fitting(situation.file, sessions=sessions) if _is_possible(steps_of(each.steps), situation)
    ]


def _is_possible(steps: Sequence[Step], situation: Situation) -> bool:
    case = situation.file.case
    standing = Standing(case.state, case.answer_by is not None)
    definitions = [IN_MACRO[Action(each.action)] for each in steps]
    return (
        first_impossible([each.action for each in definitions], [standing]) is None
        and all(_may(each, situation) for each in definitions)
        and all(_can_be_chosen(step, each, situation.choices) for step, each in zip(steps, definitions, strict=True))
        and _is_seen_to_the_end(steps, situation)
    )


def _may(definition: ActionDefinition, situation: Situation) -> bool:
    officer, file = situation.officer, situation.file
    is_partial = definition.impartial and officer.subject in file.partial
    return definition.may(officer, file.case) and definition.offered(file, situation.today) and not is_partial


def _can_be_chosen(step: Step, definition: ActionDefinition, choices: Mapping[str, Choices]) -> bool:
    """Whether the case lets everything be chosen that the step has chosen."""
    chosen = (each for each in definition.form if each.kind in (FieldKind.CHOICE, FieldKind.RADIOS))
    return all(step.values[each.name] in dict(choices[each.choices]) for each in chosen if each.name in step.values)


def _is_seen_to_the_end(steps: Sequence[Step], situation: Situation) -> bool:
    """Whether the officer sees the case in each queue that it is moved to before another step."""
    moves = [each for each in steps[:-1] if each.action == Action.TRANSFER]
    targets = [situation.organisation.queues.get(each.values["queue"]) for each in moves]
    return all(each is not None and situation.officer.may_see_queue(each) for each in targets)
