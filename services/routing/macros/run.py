"""Carrying out a macro with a case: every step as the action that it is, all of them in one transaction.

What the steps would come to is found by carrying them out, and rolling that back.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.routing.actions.command import ActionResult, CaseCommand
from services.routing.actions.together import Together, Trial
from services.routing.cases.case_file import open_case
from services.routing.cases.errors import CaseNotFound
from services.routing.cases.find_case import locked_case
from services.routing.cases.models import Case
from services.routing.context import RoutingContext
from services.routing.editing.keeper import once_more
from services.routing.macros.filling import requested_steps
from services.routing.macros.models import Macro, MacroRun
from services.routing.macros.offer import the_macro
from services.routing.macros.order import MacroOrder, StepRejected, perform_step
from services.routing.macros.steps import ReadStep, read_steps
from shared.idempotency import KeyReused


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


def _performed(context: RoutingContext, store: Together, order: MacroOrder, steps: Sequence[ReadStep]) -> ActionResult:
    """Perform each step in the transaction of the store; the last one's result."""
    now = context.clock()
    together = replace(context, sessions=store, clock=lambda: now)
    command = CaseCommand(order.officer, order.case_id)
    first, *others = steps
    # What would not be refused alone because the case has changed, such as a note, is not refused here either.
    seen = order.version if any(each.definition.conditional for each in steps) else None
    result = perform_step(together, replace(command, version=seen), first)
    for each in others:
        try:
            result = perform_step(together, command, each)
        except CaseNotFound as error:  # a step before has moved it out of the officer's sight
            raise StepRejected(each.number, each.definition.action, error) from error
    return result


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
