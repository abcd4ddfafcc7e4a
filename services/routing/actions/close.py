"""Close: nothing more is to be done in a decided case. Who closes it with open sub-tasks is to confirm that."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from marshmallow import fields
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    CONFIRMED,
    ActionDefinition,
    ActionSchema,
    ActionTrial,
    Check,
    FieldKind,
    FormField,
    InBulk,
    Notified,
    Purpose,
    who_sees_the_case,
)
from services.routing.actions.perform import ActionContext, Change, perform
from services.routing.cases.errors import InvalidInput
from services.routing.cases.publish import case_fields
from services.routing.cases.state_machine import Action
from services.routing.desk.texts import Label
from services.routing.subtasks.subtasks import count_open, with_open
from shared.events.payloads import EventPayload
from shared.events.routing import CaseClosed


class ClosureSchema(ActionSchema):
    """`confirmed`: close it also with sub-tasks that are not finished."""

    EXAMPLE: ClassVar = {"confirmed": False}

    confirmed = fields.Bool(load_default=False)


def close(command: Command, confirmed: bool = False, *, sessions: sessionmaker[Session], now: datetime) -> ActionResult:
    """Close a decided case. Raises InvalidInput for `confirmed` while sub-tasks are open, and what `perform` raises."""
    data, change = closing(confirmed=confirmed)
    return perform(command, CLOSE, data, change, request={}, sessions=sessions, now=now)


def closing(*, confirmed: bool = False) -> tuple[dict[str, Any], Change]:
    """What closing a case does to it, and the data for the journal, which that fills in."""
    data: dict[str, Any] = {}

    def change(context: ActionContext) -> EventPayload:
        open_subtasks = count_open(context.session, context.case)
        _check_confirmed(open_subtasks > 0, confirmed)
        if open_subtasks:
            data["open_subtasks"] = open_subtasks
        return CaseClosed(**case_fields(context.case, context.at))

    return data, change


def closing_checks(session: Session, trials: Sequence[ActionTrial]) -> Check:
    """What can be seen beforehand of what `closing` rejects."""
    with_subtasks = with_open(session, [each.case.id for each in trials])
    return lambda trial: _check_confirmed(trial.case.id in with_subtasks, trial.data.get(CONFIRMED, False))


def _check_confirmed(has_open_subtasks: bool, confirmed: bool) -> None:
    if has_open_subtasks and not confirmed:
        raise InvalidInput(CONFIRMED, "The case has sub-tasks that are not finished. Confirm that it is to be closed.")


CLOSE = ActionDefinition(
    action=Action.CLOSE,
    path="closures",
    summary="Close a decided case.",
    schema=ClosureSchema,
    conditional=True,
    may=who_sees_the_case,
    perform=lambda routing, command, data: close(command, **data, **routing.store_and_time()),
    purpose=Purpose.CASE,
    label=Label("Close the case"),
    key="S",
    journal_label=Label("Closed"),
    confirmation=Label("%(number)s is closed."),
    in_bulk=InBulk(
        Label("Close the cases"),
        Notified.BY_ESERVICE,
        form=(
            FormField(CONFIRMED, Label("Close also those with sub-tasks that are not finished"), FieldKind.CHECKBOX),
        ),
        checks=closing_checks,
    ),
    in_macro=True,
)
