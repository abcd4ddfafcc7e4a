"""Moving a case to another handling queue, of the same board or another of the municipality's."""

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.perform import ActionContext, ActionResult, CaseCommand, InvalidInput, perform
from services.routing.cases.publish import hand_out, told
from services.routing.cases.state_machine import Action
from services.routing.organisation.organisation import Organisation
from shared.events.payloads import EventPayload
from shared.events.routing import CaseTransferred


def transfer(
    command: CaseCommand,
    queue: str,
    reason: str,
    organisation: Organisation,
    *,
    sessions: sessionmaker[Session],
    now: datetime,
) -> ActionResult:
    """Move the case, which keeps its number and is nobody's until claimed; the queue's board handles it from now on.

    Raises InvalidInput when there is no such queue or the case is in it already, and as `acts.perform`.
    """
    target = organisation.queues.get(queue)
    if target is None:
        raise InvalidInput("queue", "There is no such queue.")

    def change(act: ActionContext) -> EventPayload:
        case = act.case
        if (case.queue, case.board) == (target.code, target.board):
            raise InvalidInput("queue", "The case is in that queue already.")
        case.queue, case.board, case.protected = target.code, target.board, target.protected
        case.officer_subject = case.officer_name = case.answer_by = None
        hand_out(act.session, case, target, {"sv": reason}, sequence=act.sequence, at=act.at)
        return CaseTransferred(
            **told(case, act.at),
            board=target.board,
            board_name=dict(organisation.boards[target.board].name),
            queue=target.code,
            queue_name=dict(target.name),
            reason=reason,
        )

    data = {"queue": target.code, "queue_name": target.name, "reason": reason}
    return perform(command, Action.TRANSFER, data, change, sessions=sessions, now=now)
