"""Handing over the open cases and sub-tasks of an officer: to another, or back to their queues.

Each case goes once, by an action and transaction of its own (`perform`), which also counts it; or why it could not is
kept. A hand-over that is interrupted goes on where it was, as what has been handed over is no longer the officer's. Few
cases go within the request, many in the worker. The sub-tasks go at the end, those of others' cases too; without a new
officer to who has the case, so that those of a case that nobody has stay.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID, uuid4, uuid5

import structlog
from sqlalchemy import ColumnElement, Row, and_, exists, func, select, true, update
from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.assign import ASSIGN, give
from services.routing.actions.command import CaseCommand
from services.routing.actions.perform import ActionContext, perform
from services.routing.actions.release import RELEASE, put_back
from services.routing.cases.errors import CaseNotFound, InvalidInput
from services.routing.cases.journal import BrokenJournal
from services.routing.cases.models import STILL_OPEN, Case
from services.routing.cases.state_machine import ActionNotAllowed
from services.routing.conflicts.declared import declared_by
from services.routing.directory.absences import NotYours
from services.routing.directory.find import (
    OfficerNotFound,
    as_officer,
    known_officer,
    listed_officer,
)
from services.routing.directory.models import HandOver, HandOverFailure, KnownOfficer
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.subtasks.subtasks import count_of, give_all
from shared.bus.supervisor import each_apart
from shared.clock import Clock
from shared.database import upsert
from shared.events.payloads import EventPayload
from shared.idempotency import KeyReused
from shared.swedish.time import local_date

IN_REQUEST = 25  # cases; more of them are the worker's
BATCH = 250

Organisations = Mapping[str, Organisation]

log = structlog.get_logger(__name__)


class HandOverNotFound(Exception):
    """The officer has requested no such hand-over."""


class FailureReason(StrEnum):
    """Why a case was not handed over."""

    NOT_TAKEN = "not_taken"  # by the new officer, who may not see it or has a conflict of interest
    RECEIVER_GONE = "receiver_gone"  # the new officer is no longer in the directory
    JOURNAL_BROKEN = "journal_broken"


@dataclass(frozen=True)
class HandOverRequest:
    """To whom (None: back to the queues), and the codes of the queues whose cases go (None: all)."""

    to_id: UUID | None
    queues: Collection[str] | None = None


@dataclass(frozen=True)
class Preview:
    """What a hand-over would move: how many cases by queue, and how many of these the new officer cannot take.

    `subtasks` are all that the officer has, of which `subtasks_not_taken` stay.
    `others_may_remain`: the officer has boards that the requester has not, with cases or without.
    """

    queues: Sequence[tuple[str, int]]
    not_taken: int = 0
    subtasks: int = 0
    subtasks_not_taken: int = 0
    others_may_remain: bool = False

    @property
    def total(self) -> int:
        """How many cases would be tried."""
        return sum(count for _, count in self.queues)


class _GoneMeanwhile(Exception):
    """The case is no longer the officer's."""


def preview(
    officer: Officer,
    officer_id: UUID,
    request: HandOverRequest,
    organisation: Organisation,
    *,
    sessions: sessionmaker[Session],
    now: datetime,
) -> Preview:
    """What the hand-over would move, of the cases that the officer sees. Raises as `begin`."""
    with sessions() as session:
        source, target = _parties(session, officer, officer_id, request, now)
        found = _preview(session, _theirs(officer, source.subject, request.queues), target, organisation)
        seen = _seen(officer, request.queues)
        whose = (source.municipality, source.subject)
        subtasks = count_of(session, *whose, seen)
        taken = count_of(session, *whose, seen & _gets_subtasks(source.subject, target, organisation))
        return replace(
            found,
            subtasks=subtasks,
            subtasks_not_taken=subtasks - taken,
            others_may_remain=_has_other_boards(source, officer),
        )


def begin(
    officer: Officer,
    officer_id: UUID,
    request: HandOverRequest,
    organisation: Organisation,
    *,
    key: str | None = None,
    sessions: sessionmaker[Session],
    now: datetime,
) -> HandOver:
    """Hand the officer's cases over: at once when they are few, else the worker will have done it soon.

    The same request under the same idempotency key is one hand-over. Raises OfficerNotFound, KeyReused, NotYours unless
    it is the officer themself, their deputy today or a leader or registrar, and InvalidInput for `to`.
    """
    with sessions.begin() as session:
        source, target = _parties(session, officer, officer_id, request, now)
        hand_over = HandOver(
            id=uuid5(officer_id, f"{officer.subject} {key}") if key else uuid4(),
            municipality=officer.municipality,
            by={**asdict(officer), "boards": None if officer.boards is None else sorted(officer.boards)},
            by_subject=officer.subject,
            from_subject=source.subject,
            from_name=source.name,
            to_subject=target.subject if target else None,
            to_name=target.name if target else None,
            queues=None if request.queues is None else sorted(request.queues),
            total=_preview(session, _theirs(officer, source.subject, request.queues), None, organisation).total,
            handed=0,
            requested_at=now,
            ended_at=None,
        )
        if earlier := session.get(HandOver, hand_over.id):
            return _same(earlier, hand_over)
        session.add(hand_over)
    if hand_over.total <= IN_REQUEST:
        carry_on(hand_over, organisation, most=IN_REQUEST, sessions=sessions, now=now)
    return shown_hand_over(officer, hand_over.id, sessions=sessions)[0]


def shown_hand_over(
    officer: Officer, hand_over_id: UUID, *, sessions: sessionmaker[Session]
) -> tuple[HandOver, Sequence[HandOverFailure]]:
    """A hand-over that the officer requested, and the cases that could not go. Raises HandOverNotFound."""
    with sessions() as session:
        hand_over = session.get(HandOver, hand_over_id)
        requester = (officer.municipality, officer.subject)
        if hand_over is None or (hand_over.municipality, hand_over.by_subject) != requester:
            raise HandOverNotFound
        failures = select(HandOverFailure).where(HandOverFailure.hand_over_id == hand_over_id)
        return hand_over, session.scalars(failures.order_by(HandOverFailure.number)).all()


def carry_on_all(organisations: Organisations, *, sessions: sessionmaker[Session], clock: Clock) -> Iterator[None]:
    """Take every hand-over that is under way one batch further, step by step. Raises what one fails by after all."""
    with sessions() as session:
        under_way = session.scalars(select(HandOver).where(HandOver.ended_at.is_(None)).order_by(HandOver.requested_at))
        found = under_way.all()

    def carry_on_one(hand_over: HandOver) -> None:
        carry_on(hand_over, organisations[hand_over.municipality], most=BATCH, sessions=sessions, now=clock())

    yield from each_apart(partial(carry_on_one, each) for each in found if each.municipality in organisations)


def carry_on(
    hand_over: HandOver, organisation: Organisation, *, most: int, sessions: sessionmaker[Session], now: datetime
) -> None:
    """Hand over so many more of the cases; it has ended when there are none, and the sub-tasks have gone."""
    officer = _requester(hand_over, organisation)
    with sessions() as session:
        cases = session.execute(_left(officer, hand_over).limit(most + 1)).all()
    for case in cases[:most]:
        _hand_one(hand_over, officer, case, organisation, sessions=sessions, now=now)
    if len(cases) <= most:
        with sessions.begin() as session:
            of_subtasks = _hand_subtasks(session, hand_over, officer, organisation)
            ended = update(HandOver).where(HandOver.id == hand_over.id, HandOver.ended_at.is_(None))
            session.execute(ended.values(ended_at=now, **of_subtasks))


def _parties(
    session: Session, officer: Officer, officer_id: UUID, request: HandOverRequest, now: datetime
) -> tuple[KnownOfficer, KnownOfficer | None]:
    listed = listed_officer(session, officer, officer_id, local_date(now))
    deputy = listed.deputy.subject if listed.deputy else None
    if not (officer.leads or officer.subject in (listed.officer.subject, deputy)):
        raise NotYours
    if request.to_id is None:
        return listed.officer, None
    if request.to_id == officer_id:
        raise InvalidInput("to", "The cases are that officer's already.")
    try:
        return listed.officer, listed_officer(session, officer, request.to_id, local_date(now)).officer
    except OfficerNotFound:
        raise InvalidInput("to", "There is no such officer in the directory.") from None


def _preview(
    session: Session, theirs: ColumnElement[bool], target: KnownOfficer | None, organisation: Organisation
) -> Preview:
    by_queue = select(Case.queue, func.count()).where(theirs).group_by(Case.queue).order_by(Case.queue)
    found = [(queue, count) for queue, count in session.execute(by_queue)]
    if target is None:
        return Preview(found)
    taken = _may_have(target, organisation)
    return Preview(found, session.scalar(select(func.count()).select_from(Case).where(theirs, ~taken)) or 0)


def _has_other_boards(source: KnownOfficer, officer: Officer) -> bool:
    return officer.boards is not None and (source.every_board or not officer.boards.issuperset(source.boards))


def _theirs(officer: Officer, subject: str, queues: Collection[str] | None) -> ColumnElement[bool]:
    """The condition on `Case` that it is an open one of this subject, which the officer sees, in one of the queues."""
    return _seen(officer, queues) & (Case.officer_subject == subject) & STILL_OPEN


def _seen(officer: Officer, queues: Collection[str] | None) -> ColumnElement[bool]:
    chosen = true() if queues is None else Case.queue.in_(sorted(queues))
    return and_(officer.sees, chosen)


def _may_have(target: KnownOfficer, organisation: Organisation) -> ColumnElement[bool]:
    return as_officer(target, organisation).sees & ~declared_by(target.subject)


def _gets_subtasks(subject: str, target: KnownOfficer | None, organisation: Organisation) -> ColumnElement[bool]:
    """The condition on `Case` that the new officer, or where there is none who has the case, gets its sub-tasks."""
    if target is None:
        return (Case.officer_subject != subject) & ~declared_by(Case.officer_subject)
    return _may_have(target, organisation)


def _left(officer: Officer, hand_over: HandOver) -> Any:
    failed = exists().where(HandOverFailure.hand_over_id == hand_over.id, HandOverFailure.case_id == Case.id)
    theirs = _theirs(officer, hand_over.from_subject, hand_over.queues)
    return select(Case.id, Case.number).where(theirs, ~failed).order_by(Case.due_by, Case.received_at, Case.id)


def _requester(hand_over: HandOver, organisation: Organisation) -> Officer:
    """Who requested it, with the boards of then; protected cases by the municipality's file as it is now."""
    by = hand_over.by
    return Officer(
        by["subject"],
        by["name"],
        by["municipality"],
        None if by["boards"] is None else frozenset(by["boards"]),
        sees_protected=by["subject"] in organisation.protected_officers,
        leads=by["leads"],
    )


def _hand_one(
    hand_over: HandOver,
    officer: Officer,
    case: Row[Any],
    organisation: Organisation,
    *,
    sessions: sessionmaker[Session],
    now: datetime,
) -> None:
    data: dict[str, Any] = {"from": hand_over.from_name, "hand_over": str(hand_over.id)}

    def change(context: ActionContext) -> EventPayload:
        if context.case.officer_subject != hand_over.from_subject:
            raise _GoneMeanwhile
        counted = update(HandOver).where(HandOver.id == hand_over.id).values(handed=HandOver.handed + 1)
        context.session.execute(counted, execution_options={"synchronize_session": False})
        if hand_over.to_subject is None:
            return put_back(context, organisation)
        payload = give(context, hand_over.to_subject, organisation)
        data.update(officer=payload.officer_name, officer_subject=hand_over.to_subject)
        return payload

    action = ASSIGN if hand_over.to_subject else RELEASE
    try:
        with suppress(_GoneMeanwhile, CaseNotFound, ActionNotAllowed):
            perform(CaseCommand(officer, case.id), action, data, change, sessions=sessions, now=now)
    except InvalidInput:
        with sessions() as session:
            gone = _receiver(session, hand_over) is None
        _keep_failure(hand_over, case, FailureReason.RECEIVER_GONE if gone else FailureReason.NOT_TAKEN, sessions)
    except BrokenJournal:
        log.error("journal_broken", case_id=str(case.id))
        _keep_failure(hand_over, case, FailureReason.JOURNAL_BROKEN, sessions)


def _hand_subtasks(
    session: Session, hand_over: HandOver, officer: Officer, organisation: Organisation
) -> dict[str, int | bool]:
    """Give the open sub-tasks on; the columns of how many went, and how many stay."""
    whose, seen = (hand_over.municipality, hand_over.from_subject), _seen(officer, hand_over.queues)
    target, given = _receiver(session, hand_over), 0
    gone = target is None and hand_over.to_subject is not None
    if not gone:
        of_cases = seen & _gets_subtasks(hand_over.from_subject, target, organisation)
        given = give_all(session, *whose, target, of_cases, by=officer.name)
    return {"subtasks": given, "subtasks_not_taken": count_of(session, *whose, seen), "receiver_gone": gone}


def _receiver(session: Session, hand_over: HandOver) -> KnownOfficer | None:
    """The new officer, where there is one and the directory still has them."""
    if hand_over.to_subject is None:
        return None
    return known_officer(session, hand_over.municipality, hand_over.to_subject)


def _keep_failure(hand_over: HandOver, case: Row[Any], reason: FailureReason, sessions: sessionmaker[Session]) -> None:
    values = {
        "hand_over_id": hand_over.id,
        "case_id": case.id,
        "municipality": hand_over.municipality,
        "number": case.number,
        "reason": reason,
    }
    with sessions.begin() as session:
        insert = upsert(session.get_bind().dialect.name, HandOverFailure).values(**values)
        session.execute(insert.on_conflict_do_nothing())


def _same(earlier: HandOver, requested: HandOver) -> HandOver:
    named = ("to_subject", "queues")
    if [getattr(earlier, name) for name in named] != [getattr(requested, name) for name in named]:
        raise KeyReused
    return earlier
