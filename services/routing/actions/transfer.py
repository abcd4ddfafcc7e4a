"""Transfer: an officer moves the case to another handling queue, of the same board or another of the municipality's."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from marshmallow import fields, validate
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import (
    ActionDefinition,
    ActionSchema,
    ActionTrial,
    Check,
    FieldKind,
    FormField,
    InBulk,
    Notified,
    Purpose,
    TextToSend,
    who_sees_the_case,
)
from services.routing.actions.perform import ActionContext, perform
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import Case
from services.routing.cases.publish import case_fields
from services.routing.cases.state_machine import Action
from services.routing.desk.texts import Label, later
from services.routing.organisation.organisation import Organisation, Queue
from services.routing.queues.external import publish_to_queue
from shared.events.payloads import EventPayload
from shared.events.routing import CaseTransferred


class TransferSchema(ActionSchema):
    """Where the case is to go, and why."""

    EXAMPLE: ClassVar = {"queue": "gata", "reason": "Felet är i vägen, inte i lampan."}

    queue = fields.Str(required=True, validate=validate.Length(max=80))
    reason = TextToSend(required=True)


def transfer(
    command: Command,
    queue: str,
    reason: str,
    organisation: Organisation,
    *,
    sessions: sessionmaker[Session],
    now: datetime,
) -> ActionResult:
    """Move the case: it keeps its number and open supplement requests, loses its officer, and gets the queue's board.

    Raises InvalidInput when there is no such queue or the case is in it already, and what `perform` raises.
    """
    target = _target(queue, organisation)

    def change(context: ActionContext) -> EventPayload:
        return _move(context, target, reason, organisation)

    data = {"queue": target.code, "queue_name": target.name, "reason": reason}
    return perform(command, TRANSFER, data, change, sessions=sessions, now=now)


def _target(queue: str, organisation: Organisation) -> Queue:
    target = organisation.queues.get(queue)
    if target is None:
        raise InvalidInput("queue", "There is no such queue.")
    return target


def _check_elsewhere(case: Case, target: Queue) -> None:
    if (case.queue, case.board) == (target.code, target.board):
        raise InvalidInput("queue", "The case is in that queue already.")


def _checks(session: Session, trials: Sequence[ActionTrial]) -> Check:
    return lambda trial: _check_elsewhere(trial.case, _target(trial.data["queue"], trial.organisation))


def _move(context: ActionContext, target: Queue, reason: str, organisation: Organisation) -> EventPayload:
    case = context.case
    _check_elsewhere(case, target)
    case.queue, case.board, case.protected = target.code, target.board, target.protected
    case.officer_subject = case.officer_name = None
    publish_to_queue(context.session, case, target, {"sv": reason}, sequence=context.sequence, at=context.at)
    return CaseTransferred(
        **case_fields(case, context.at),
        board=target.board,
        board_name=dict(organisation.boards[target.board].name),
        queue=target.code,
        queue_name=dict(target.name),
        reason=reason,
        protected=case.protected,
        answer_by=case.answer_by,
    )


TRANSFER = ActionDefinition(
    action=Action.TRANSFER,
    path="transfers",
    summary="Move a case to another queue.",
    schema=TransferSchema,
    conditional=True,
    may=who_sees_the_case,
    impartial=False,
    perform=lambda routing, command, data: transfer(
        command, **data, organisation=routing.organisation_of(command.officer), **routing.store_and_time()
    ),
    purpose=Purpose.HANDLING,
    label=Label("Move to another queue"),
    key="F",
    journal_label=Label("Moved to another queue"),
    confirmation=Label("%(number)s has been moved to another queue."),
    form=(
        FormField("queue", Label("Queue"), FieldKind.CHOICE, missing=later("Choose a queue."), choices="queues"),
        FormField(
            "reason", Label("Why it is moved"), hint=Label("The submitter reads this."), missing=later("Write why.")
        ),
    ),
    send_label=Label("Move the case"),
    notifies=True,
    leaves_case=True,
    in_bulk=InBulk(Label("Move the cases to another queue"), Notified.ALWAYS, checks=_checks),
    in_macro=True,
)
