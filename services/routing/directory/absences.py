"""When officers are absent, and their deputies: kept by themselves, and by leaders and registrars of their boards."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4, uuid5

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.errors import InvalidInput
from services.routing.directory.find import OfficerNotFound, listed_officer
from services.routing.directory.models import Absence, KnownOfficer
from services.routing.organisation.officers import Officer
from shared.idempotency import KeyReused
from shared.swedish.time import local_date


class NotYours(Exception):
    """Only the officer themself, or a leader or registrar of their boards, may keep that."""


class AbsenceNotFound(Exception):
    """The officer has no such absence."""


@dataclass(frozen=True)
class AbsenceRequest:
    """From and until which day, both in it, an officer is away (None: until it is removed), and the deputy if any."""

    first_day: date
    last_day: date | None
    deputy_id: UUID | None


def check_may_keep(officer: Officer, of: KnownOfficer) -> None:
    """Raise NotYours unless the officer may keep the absences of a colleague whom they found, or their own."""
    if not (officer.leads or officer.subject == of.subject):
        raise NotYours


def enter_absence(
    officer: Officer,
    officer_id: UUID,
    request: AbsenceRequest,
    *,
    key: str | None = None,
    sessions: sessionmaker[Session],
    now: datetime,
) -> Absence:
    """Enter when an officer is away. The same request under the same idempotency key is one absence.

    Raises OfficerNotFound, NotYours, KeyReused, and InvalidInput: the days are past, in the wrong order or taken by
    another absence, or nobody whom the officer finds can be that deputy.
    """
    absence_id = uuid5(officer_id, f"{officer.subject} {key}") if key else uuid4()
    with sessions.begin() as session:
        found = listed_officer(session, officer, officer_id, local_date(now)).officer
        check_may_keep(officer, found)
        session.get_one(KnownOfficer, officer_id, with_for_update=True)  # of two at once, one sees the other's
        if earlier := session.get(Absence, absence_id):
            return _same(earlier, request)
        _check_days(request, local_date(now))
        _check_free(session, officer_id, request)
        _check_deputy(session, officer, found, request.deputy_id, local_date(now))
        absence = Absence(
            id=absence_id,
            municipality=found.municipality,
            officer_id=officer_id,
            first_day=request.first_day,
            last_day=request.last_day,
            deputy_id=request.deputy_id,
            entered_at=now,
        )
        session.add(absence)
    return absence


def remove_absence(
    officer: Officer, officer_id: UUID, absence_id: UUID, *, sessions: sessionmaker[Session], now: datetime
) -> None:
    """Remove an absence: the officer is back, or does not go. Raises OfficerNotFound, AbsenceNotFound, NotYours."""
    with sessions.begin() as session:
        check_may_keep(officer, listed_officer(session, officer, officer_id, local_date(now)).officer)
        absence = session.get(Absence, absence_id)
        if absence is None or absence.officer_id != officer_id:
            raise AbsenceNotFound
        session.delete(absence)


def absences_of(session: Session, officer_id: UUID, today: date) -> list[tuple[Absence, KnownOfficer | None]]:
    """The absences of an officer that are not over, the first first, each with its deputy."""
    query = select(Absence, KnownOfficer).outerjoin(KnownOfficer, KnownOfficer.id == Absence.deputy_id)
    query = query.where(Absence.officer_id == officer_id, or_(Absence.last_day.is_(None), Absence.last_day >= today))
    return [(absence, deputy) for absence, deputy in session.execute(query.order_by(Absence.first_day))]


def _same(earlier: Absence, request: AbsenceRequest) -> Absence:
    if AbsenceRequest(earlier.first_day, earlier.last_day, earlier.deputy_id) != request:
        raise KeyReused
    return earlier


def _check_days(request: AbsenceRequest, today: date) -> None:
    if request.last_day is None:
        return
    if request.last_day < request.first_day:
        raise InvalidInput("last_day", "The last day must not be before the first.")
    if request.last_day < today:
        raise InvalidInput("last_day", "That absence is over already.")


def _check_free(session: Session, officer_id: UUID, request: AbsenceRequest) -> None:
    ends_before = and_(Absence.last_day.is_not(None), Absence.last_day < request.first_day)
    begins_after = Absence.first_day > (request.last_day or date.max)
    taken = select(Absence.id).where(Absence.officer_id == officer_id, ~ends_before, ~begins_after)
    if session.scalar(taken.limit(1)):
        raise InvalidInput("first_day", "Another absence has some of these days. Remove it first.")


def _check_deputy(
    session: Session, officer: Officer, absent: KnownOfficer, deputy_id: UUID | None, today: date
) -> None:
    if deputy_id is None:
        return
    if deputy_id == absent.id:
        raise InvalidInput("deputy", "Nobody is their own deputy.")
    try:
        deputy = listed_officer(session, officer, deputy_id, today).officer
    except OfficerNotFound:
        raise InvalidInput("deputy", "There is no such officer in the directory.") from None
    shared = absent.every_board or deputy.every_board or not set(absent.boards).isdisjoint(deputy.boards)
    if not shared:
        raise InvalidInput("deputy", "That officer has no board in common with who is absent.")
