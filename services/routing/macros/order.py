"""What an officer orders of a macro with a case, and each of its steps as the action that it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.routing.actions.command import ActionResult, CaseCommand
from services.routing.cases.errors import InvalidInput, PartialOfficer
from services.routing.cases.state_machine import Action, ActionNotAllowed
from services.routing.context import RoutingContext
from services.routing.macros.steps import ReadStep
from services.routing.organisation.officers import Officer
from shared.idempotency import fingerprint


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


def perform_step(context: RoutingContext, command: CaseCommand, step: ReadStep) -> ActionResult:
    """Do with the case what the step does. Raises StepRejected, and what else `perform` raises."""
    try:
        return step.definition.perform(context, command, step.data)
    except (InvalidInput, ActionNotAllowed, PartialOfficer) as error:
        raise StepRejected(step.number, step.definition.action, error) from error
