"""Carrying out a macro with a case: every step as the action that it is, all of them in one transaction.

What the steps would come to is found by carrying them out, and rolling that back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.routing.actions.command import ActionResult, CaseCommand
from services.routing.actions.together import Together, Trial
from services.routing.cases.case_file import CaseFile, open_case
from services.routing.cases.errors import CaseNotFound, InvalidInput, PartialOfficer
from services.routing.cases.find_case import locked_case
from services.routing.cases.models import Case
from services.routing.cases.state_machine import Action, ActionNotAllowed
from services.routing.context import RoutingContext
from services.routing.desk.texts import later
from services.routing.editing.keeper import once_more
from services.routing.macros.edit import StaleMacro
from services.routing.macros.models import Macro, MacroRun
from services.routing.macros.offer import the_macro
from services.routing.macros.steps import FilledStep, ReadStep, fill, read_steps, requested, steps_of
from services.routing.organisation.officers import Officer
from services.routing.standard_texts.choose import values_in
from shared.idempotency import KeyReused, fingerprint
from shared.swedish.time import local_date


class StepRejected(Exception):
    """A step cannot be carried out, and nothing has been: its `number` from 0, its action, and the action's `error`."""

    def __init__(self, number: int, action: Action, error: Exception) -> None:
        super().__init__(f"step {number + 1}, {action}: {error}")
        self.number = number
        self.action = action
        self.error = error


@dataclass(frozen=True)
class MacroOrder:
    """An officer's request that a macro be carried out with a case, which the officer saw at `version`: of no matter
    where no step that is carried out is `conditional`.

    `steps`: what each step is requested with, as the officer has seen and changed it, and None for a step that is left
    out; without them, as the macro has it. The macro was seen at `macro_version`, None for any. `key`: sent twice with
    it, it is carried out once.
    """

    officer: Officer
    case_id: UUID
    macro_id: UUID
    version: int = 0
    macro_version: int | None = None
    steps: Sequence[Mapping[str, Any] | None] | None = None
    key: str | None = None

    @property
    def fingerprint(self) -> str:
        """By which the order is recognised when it is sent again."""
        return fingerprint([self.case_id, self.macro_id, self.macro_version, self.steps])


def carry_out(context: RoutingContext, order: MacroOrder) -> ActionResult:
    """Carry out all steps of a macro, or none. The result is that of the last.

    Raises StepRejected; CaseNotFound, StaleCase, MacroNotFound, StaleMacro, KeyReused, BrokenJournal; ValidationError
    under `steps`.
    """
    with context.sessions() as session:
        if earlier := _earlier_result(session, order):
            return earlier
    file = open_case(order.officer, order.case_id, **context.store_and_time())
    macro = the_macro(file, order.macro_id, sessions=context.sessions)
    steps = read_steps(requested_steps(context, order, file, macro), context.clock)

    def attempt() -> ActionResult:
        with context.sessions.begin() as session:
            # Whoever sent the same at the same time has carried it out once the case is no longer locked.
            locked_case(session, order.officer.municipality, order.case_id)
            if earlier := _earlier_result(session, order):
                return earlier
            result = _performed(context, Together(session), order, steps)
            session.add(_record(order, macro, result, context.clock()))
            return result

    return once_more(attempt)


def rejection(context: RoutingContext, order: MacroOrder, steps: Sequence[ReadStep]) -> StepRejected | None:
    """Why the steps cannot be carried out, as it is now; nothing is changed. Raises as `carry_out`."""
    try:
        with context.sessions.begin() as session:
            _performed(context, Trial(session), order, steps)
            session.rollback()
    except StepRejected as rejected:
        return rejected
    return None


def requested_steps(context: RoutingContext, order: MacroOrder, file: CaseFile, macro: Macro) -> list[FilledStep]:
    """The macro's steps, with what the order requests them with, or else with the case's values in their texts.

    Raises StaleMacro; InvalidInput where the order has another number of steps.
    """
    if order.macro_version not in (None, macro.version):
        raise StaleMacro(macro.version)
    today = local_date(context.clock())
    values = values_in(order.officer, file, context.organisation_of(order.officer), today)
    steps = fill(steps_of(macro.steps), values, file.case.language, today)
    if order.steps is None:
        return steps
    if len(order.steps) != len(steps):
        raise InvalidInput("steps", later("Give each of the macro’s steps, in their order."))
    return requested(steps, order.steps, file.case.language)


def _performed(context: RoutingContext, store: Together, order: MacroOrder, steps: Sequence[ReadStep]) -> ActionResult:
    """Perform each step in the transaction of the store; the last one's result."""
    now = context.clock()
    together = replace(context, sessions=store, clock=lambda: now)
    command = CaseCommand(order.officer, order.case_id)
    first, *others = steps
    # What would not be refused alone because the case has changed, such as a note, is not refused here either.
    seen = order.version if any(each.definition.conditional for each in steps) else None
    result = _step(together, replace(command, version=seen), first)
    for each in others:
        try:
            result = _step(together, command, each)
        except CaseNotFound as error:  # a step before has moved it out of the officer's sight
            raise StepRejected(each.number, each.definition.action, error) from error
    return result


def _step(context: RoutingContext, command: CaseCommand, step: ReadStep) -> ActionResult:
    try:
        return step.definition.perform(context, command, step.data)
    except (InvalidInput, ActionNotAllowed, PartialOfficer) as error:
        raise StepRejected(step.number, step.definition.action, error) from error


def _record(order: MacroOrder, macro: Macro, result: ActionResult, now: datetime) -> MacroRun:
    return MacroRun(
        municipality=order.officer.municipality,
        macro_id=macro.id,
        macro_version=macro.version,
        case_id=order.case_id,
        sequence=result.sequence,
        state=result.state,
        at=now,
        by_subject=order.officer.subject,
        idempotency_key=order.key,
        fingerprint=order.fingerprint,
    )


def _earlier_result(session: Session, order: MacroOrder) -> ActionResult | None:
    """The result of the same order when it was sent before; KeyReused when the key was for another."""
    if order.key is None:
        return None
    known = select(MacroRun, Case).join(Case, Case.id == MacroRun.case_id)
    found = session.execute(
        known.where(
            MacroRun.municipality == order.officer.municipality,
            MacroRun.by_subject == order.officer.subject,
            MacroRun.idempotency_key == order.key,
        )
    ).one_or_none()
    if found is None:
        return None
    run, case = found
    if run.fingerprint != order.fingerprint:
        raise KeyReused
    return ActionResult(case.id, case.number, run.state, run.sequence, case.queue)
