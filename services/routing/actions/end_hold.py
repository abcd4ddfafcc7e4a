"""End the hold: the case is back in the working lists, by an officer before its time or by itself at its time."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.command import ActionResult, Command
from services.routing.actions.definition import ActionDefinition, NothingSchema, Purpose, who_sees_the_case
from services.routing.actions.perform import ActionContext, Change, apply, pasts, perform
from services.routing.cases.errors import InvalidInput
from services.routing.cases.find_case import locked_case
from services.routing.cases.journal import BrokenJournal
from services.routing.cases.state_machine import OPEN, Action, ActionNotAllowed
from services.routing.desk.texts import Label
from services.routing.holds import record
from services.routing.holds.models import Hold, HoldOutcome
from shared.bus.supervisor import each_apart

log = structlog.get_logger(__name__)


def end_hold(command: Command, *, sessions: sessionmaker[Session], now: datetime) -> ActionResult:
    """Let the case come back before its time. Raises InvalidInput when it is not on hold, and what `perform` raises."""
    data = {"outcome": HoldOutcome.ENDED}
    return perform(command, END_HOLD, data, _ended(HoldOutcome.ENDED), sessions=sessions, now=now)


def end_due_holds(*, sessions: sessionmaker[Session], now: datetime) -> Iterator[None]:
    """Let every case come back whose time has come, step by step: each in a transaction of its own.

    One that cannot keeps no other waiting: its journal is broken, or its state is a newer version's. It is tried anew
    each time, and `routing_holds_overdue` counts it. Any other error is raised after all.
    """
    with sessions() as session:
        due = select(Hold.municipality, Hold.case_id).where(Hold.ended_at.is_(None), Hold.until <= now)
        found = [_Due(*row) for row in session.execute(due.order_by(Hold.until))]
    yield from each_apart(partial(_try_to_come_back, each, sessions, now) for each in found)


class _Due(NamedTuple):
    """A case whose hold is at its end."""

    municipality: str
    case_id: UUID


def _try_to_come_back(due: _Due, sessions: sessionmaker[Session], now: datetime) -> None:
    try:
        _come_back(due, sessions, now)
    except (BrokenJournal, ActionNotAllowed) as error:
        log.error("hold_not_ended", case_id=str(due.case_id), kind=type(error).__name__)


def _come_back(due: _Due, sessions: sessionmaker[Session], now: datetime) -> None:
    with sessions.begin() as session:
        case = locked_case(session, due.municipality, due.case_id)
        if case is None or case.on_hold_until is None or case.on_hold_until > now:
            return  # ended, or replaced by a longer one, since they were looked for
        past = pasts(session, [case], Action.END_HOLD)[case.id]
        data = {"outcome": HoldOutcome.RETURNED}
        apply(ActionContext(session, case, None, now, past), Action.END_HOLD, data, _ended(HoldOutcome.RETURNED))


def _ended(outcome: HoldOutcome) -> Change:
    def change(context: ActionContext) -> None:
        if context.case.on_hold_until is None:
            raise InvalidInput("hold", "The case is not on hold.")
        record.end(context.session, context.case, outcome, at=context.at)

    return change


END_HOLD = ActionDefinition(
    action=Action.END_HOLD,
    path="hold-endings",
    summary="End the hold of a case before its time.",
    schema=NothingSchema,
    conditional=True,
    may=who_sees_the_case,
    perform=lambda routing, command, data: end_hold(command, **routing.store_and_time()),
    key="E",
    purpose=Purpose.PLAN,
    is_common=True,
    label=Label("End the hold"),
    journal_label=Label("Hold ended"),
    confirmation=Label("%(number)s is back among the cases to work with."),
    offered=lambda file, today: file.case.on_hold_until is not None and file.case.state in OPEN,
    in_macro=True,
)
