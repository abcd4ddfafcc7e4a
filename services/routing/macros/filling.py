"""A macro's steps with what a case has in the place of their placeholders, when each is carried out."""

from collections.abc import Sequence
from dataclasses import replace

from marshmallow import ValidationError

from services.routing.actions.command import CaseCommand
from services.routing.actions.together import Trial
from services.routing.cases.case_file import CaseFile
from services.routing.cases.errors import CaseNotFound, InvalidInput
from services.routing.cases.find_case import locked_case
from services.routing.cases.journal import BrokenJournal
from services.routing.context import RoutingContext
from services.routing.desk.texts import later
from services.routing.macros.edit import StaleMacro
from services.routing.macros.models import Macro
from services.routing.macros.order import MacroOrder, StepRejected, perform_step
from services.routing.macros.steps import FilledStep, Step, fill, outdated, read_steps, requested, steps_of, written_out
from services.routing.standard_texts.choose import values_in
from shared.swedish.time import local_date


def requested_steps(context: RoutingContext, order: MacroOrder, file: CaseFile, macro: Macro) -> list[FilledStep]:
    """The macro's steps, with what the order requests them with, or else with the case's values in their texts.

    Raises StaleMacro; InvalidInput where the order has another number of steps; CaseNotFound.
    """
    if order.macro_version not in (None, macro.version):
        raise StaleMacro(macro.version)
    steps = steps_of(macro.steps)
    if order.steps is not None and len(order.steps) != len(steps):
        raise InvalidInput("steps", later("Give each of the macro’s steps, in their order."))
    as_kept = _filled(context, replace(order, steps=None), file, steps)
    if order.steps is None:
        return as_kept
    as_ordered = _filled(context, order, file, steps)
    return [replace(now, outdated=outdated(kept, now)) for kept, now in zip(as_kept, as_ordered, strict=True)]


def _filled(context: RoutingContext, order: MacroOrder, file: CaseFile, steps: Sequence[Step]) -> list[FilledStep]:
    """Each step with what the case has once those before it are carried out: they are, as far as they can be, and that
    is rolled back.
    """
    now, language = context.clock(), file.case.language
    today, organisation = local_date(now), context.organisation_of(order.officer)
    found: list[FilledStep] = []
    with context.sessions.begin() as session:
        trial = replace(context, sessions=Trial(session), clock=lambda: now)
        case = locked_case(session, order.officer.municipality, order.case_id)
        if case is None:
            raise CaseNotFound
        standing, goes_on = replace(file, case=case), True
        values = values_in(order.officer, standing, organisation, today)
        for number, step in enumerate(steps):
            each = fill(step, values, language, today)
            if order.steps is not None:
                each = requested(each, order.steps[number], language)
            found.append(each)
            goes_on = goes_on and (each.left_out or _is_possible(trial, order, each))
            if goes_on:
                values = values_in(order.officer, standing, organisation, today)
        session.rollback()
    return found


def _is_possible(context: RoutingContext, order: MacroOrder, step: FilledStep) -> bool:
    """Do what the step does, in the context's transaction; whether that could be done."""
    try:
        for each in read_steps([written_out(step)], context.clock):
            perform_step(context, CaseCommand(order.officer, order.case_id), each)
    except (ValidationError, StepRejected, CaseNotFound, BrokenJournal):
        return False
    return True
