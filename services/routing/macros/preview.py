"""What a macro would do with a case: each step as it would be requested, and what speaks against it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError

from services.routing.actions.definition import ActionDefinition, Notified
from services.routing.bulk.case_failure import CaseFailure, Reason, failure_of
from services.routing.cases.case_file import CaseFile
from services.routing.cases.state_machine import Action
from services.routing.context import RoutingContext
from services.routing.macros.filling import requested_steps
from services.routing.macros.models import Macro
from services.routing.macros.order import MacroOrder, StepRejected
from services.routing.macros.run import rejection
from services.routing.macros.steps import FilledStep, read_steps


@dataclass(frozen=True)
class Rejected:
    """The step that cannot be carried out, and why: its `number` from 0."""

    number: int
    action: Action
    failure: CaseFailure

    @property
    def errors(self) -> Mapping[str, str]:
        """What is wrong, by field of the action, in English."""
        return self.failure.detail.get("errors", {})  # type: ignore[no-any-return]


@dataclass(frozen=True)
class MacroPreview:
    """The steps, with what is wrong in each by number and field; `rejected` None: all of them are possible now."""

    macro: Macro
    steps: Sequence[FilledStep]
    rejected: Rejected | None
    errors: Mapping[int, Mapping[str, Any]]


def preview(context: RoutingContext, order: MacroOrder, file: CaseFile, macro: Macro) -> MacroPreview:
    """The preview of what is ordered; nothing is changed. Raises as `carry_out`, but StepRejected."""
    steps = requested_steps(context, order, file, macro)
    try:
        rejected = rejection(context, order, read_steps(steps, context.clock))
    except ValidationError as error:
        return MacroPreview(macro, steps, *_unread(steps, error))
    return MacroPreview(macro, steps, rejected_step(rejected) if rejected else None, {})


def rejected_step(error: StepRejected) -> Rejected:
    """The step that a macro was not carried out for."""
    return Rejected(error.number, error.action, failure_of(error.error))


def notified(definition: ActionDefinition) -> Notified:
    """Whether the submitter receives a message of the action."""
    if definition.notifies:
        return Notified.ALWAYS
    return definition.in_bulk.notified if definition.in_bulk else Notified.NEVER


def _unread(steps: Sequence[FilledStep], error: ValidationError) -> tuple[Rejected, Mapping[int, Mapping[str, Any]]]:
    errors: Mapping[int, Mapping[str, Any]] = error.messages_dict["steps"]
    number = min(errors)
    first = {name: str(messages[0]) for name, messages in errors[number].items()}
    failure = CaseFailure(Reason.INVALID, {"errors": first})
    return Rejected(number, steps[number].definition.action, failure), errors
