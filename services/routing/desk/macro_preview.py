"""The page on which an officer looks through a macro for a case, and changes what its steps have, before it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import g, render_template, request, url_for
from marshmallow import ValidationError

from services.routing.actions.decide import drafted
from services.routing.actions.definition import CONFIRMED, ActionDefinition, FieldKind, FormField, Notified
from services.routing.actions.form_choices import form_choices
from services.routing.actions.form_state import FormState, written
from services.routing.actions.request import read
from services.routing.cases.case_file import CaseFile
from services.routing.cases.errors import InvalidInput, StaleCase
from services.routing.cases.journal import BrokenJournal
from services.routing.cases.models import JournalEntry
from services.routing.cases.state_machine import Action
from services.routing.context import RoutingContext
from services.routing.decisions.models import Decision
from services.routing.desk.case_page import opened
from services.routing.macros.edit import StaleMacro
from services.routing.macros.filling import requested_steps
from services.routing.macros.offer import the_macro
from services.routing.macros.order import MacroOrder, StepRejected
from services.routing.macros.preview import MacroPreview, notified, preview, rejected_step
from services.routing.macros.steps import LEFT_OUT, FilledStep
from shared.swedish.time import local_date
from shared.web.languages import gettext, library_message

NOT_CARRIED_OUT = (StepRejected, ValidationError, StaleCase, StaleMacro, BrokenJournal)
FORM = "macro"


@dataclass(frozen=True)
class Failure:
    """Why a macro was not carried out, where that is no step's doing; `unsent`: text that no step takes any more."""

    status: int
    title: str = ""
    since: Sequence[JournalEntry] = ()
    unsent: str = ""


@dataclass(frozen=True)
class ShownStep:
    """A step as the page shows it: the fields of its action's own form, named by its number.

    `left_out_name`: the name of the box by which it is left out.
    """

    left_out: bool
    left_out_name: str
    definition: ActionDefinition
    fields: Sequence[FormField]
    notified: Notified
    decision: Decision | None
    inputs: frozenset[str] = field(default=frozenset())


def macro_page(context: RoutingContext, order: MacroOrder) -> str:
    """The page for the case as it is now. Raises CaseNotFound, MacroNotFound, StaleMacro."""
    file = opened(context, order.case_id)
    return _page(context, order, file, _previewed(context, order, file))


def not_carried_out_page(context: RoutingContext, order: MacroOrder, error: Exception) -> tuple[str, int]:
    """The page again, with what was written and why nothing was carried out."""
    file = opened(context, order.case_id)
    failure = _failure_of(error, order, file)
    if isinstance(error, StepRejected | BrokenJournal):
        macro = the_macro(file, order.macro_id, sessions=context.sessions)
        rejected = rejected_step(error) if isinstance(error, StepRejected) else None
        found = MacroPreview(macro, requested_steps(context, order, file, macro), rejected, {})
    else:
        order = replace(order, macro_version=None, steps=None) if isinstance(error, StaleMacro) else order
        found = _previewed(context, order, file)
    return _page(context, order, file, found, failure), failure.status


def _failure_of(error: Exception, order: MacroOrder, file: CaseFile) -> Failure:
    match error:
        case StaleCase():
            title = gettext("The case changed while you had it open. Nothing was saved.")
            return Failure(412, title, [entry for entry in file.entries if entry.sequence > order.version])
        case StaleMacro():
            title = gettext("The macro was changed while you had it open. Nothing was carried out.")
            return Failure(412, title, unsent=written(request.form))
        case BrokenJournal():
            return Failure(409, gettext("Nothing was saved: the journal of the case does not hold."))
    return Failure(422 if isinstance(error, ValidationError) else 409)


def _previewed(context: RoutingContext, order: MacroOrder, file: CaseFile) -> MacroPreview:
    macro = the_macro(file, order.macro_id, sessions=context.sessions)
    return preview(context, replace(order, version=file.case.sequence), file, macro)


def _page(
    context: RoutingContext, order: MacroOrder, file: CaseFile, found: MacroPreview, failure: Failure | None = None
) -> str:
    officer, today = order.officer, local_date(context.clock())
    g.here = url_for("desk.run_macro", case_id=file.case.id, macro_id=found.macro.id)
    typed = {f"{n}-{name}": value for n, step in enumerate(found.steps) for name, value in step.request.items()}
    errors = _errors(found)
    return render_template(
        "macros/preview.html",
        section="case",
        file=file,
        macro=found.macro,
        steps=[_shown(context, order, file, *each) for each in enumerate(found.steps)],
        rejected=found.rejected,
        form_state=FormState(FORM, typed, errors),
        choices=form_choices(officer, file, context.organisation_of(officer), today, sessions=context.sessions),
        failure=failure,
        confirmed=CONFIRMED,
    )


def _shown(context: RoutingContext, order: MacroOrder, file: CaseFile, number: int, step: FilledStep) -> ShownStep:
    kept = [each for each in step.definition.form if each.kind is not FieldKind.DOCUMENTS and each.shown(file.regime)]
    fields = [replace(each, name=f"{number}-{each.name}") for each in kept]
    inputs = frozenset({*(each.name for each in fields), f"{number}-{CONFIRMED}", left_out := f"{number}-{LEFT_OUT}"})
    return ShownStep(
        step.left_out,
        left_out,
        step.definition,
        fields,
        notified(step.definition),
        _decision(context, order, file, step),
        inputs,
    )


def _errors(found: MacroPreview) -> dict[str, str]:
    """What is wrong, by the name of the input."""
    errors = {
        f"{number}-{name}": library_message(str(messages[0]))
        for number, of_step in found.errors.items()
        for name, messages in of_step.items()
    }
    if found.rejected is None:
        return errors
    number = found.rejected.number
    return errors | {f"{number}-{name}": library_message(text) for name, text in found.rejected.errors.items()}


def _decision(context: RoutingContext, order: MacroOrder, file: CaseFile, step: FilledStep) -> Decision | None:
    """The decision that a step would make, where it is one and can be made."""
    if step.left_out or step.definition.action is not Action.DECIDE:
        return None
    now = context.clock()
    try:
        data: Mapping[str, Any] = read(step.definition, step.request, context.clock)
        return drafted(order.officer, data, now).decision(
            file.case, file.content, context.organisation_of(order.officer), now
        )
    except (ValidationError, InvalidInput):
        return None
