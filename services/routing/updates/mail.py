"""Mail about what is new, for officers who have chosen it: case numbers and nothing of what is in the cases.

Each thing that is new is in one mail at most. Notify writes and sends it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid5

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.models import Case
from services.routing.models import Outbox
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.updates.models import CaseUpdate, UpdateMail, UpdatePreference
from services.routing.updates.preference import KNOWN_FOR
from services.routing.updates.unseen import unseen_by
from shared.bus import outbox
from shared.bus.supervisor import each_apart
from shared.events.routing import OFFICERS, OfficerUpdatesFound
from shared.swedish.time import STOCKHOLM

MORNING = 7  # the hour in Sweden from which the morning's mail goes out
MOST_NUMBERS = 20  # in one mail
MOST_AT_ONCE = 1000


def mail_updates(
    organisations: Iterable[Organisation], *, sessions: sessionmaker[Session], now: datetime
) -> Iterator[None]:
    """Publish what is new for each officer who is to get a mail now, step by step, and remember that it is in one."""

    def mail(organisation: Organisation, subject: str) -> None:
        with sessions.begin() as session:
            _mail(session, organisation, subject, now)

    yield from each_apart(
        partial(mail, organisation, subject)
        for organisation in organisations
        for subject in _due(organisation.municipality, sessions, now)
    )


def _due(municipality: str, sessions: sessionmaker[Session], now: datetime) -> list[str]:
    """The officers for whom there is something to mail, by subject."""
    of_municipality = select(UpdatePreference.subject).where(UpdatePreference.municipality == municipality)
    with sessions() as session:
        return list(session.scalars(of_municipality.where(exists().where(_to_be_mailed(now)))))


def _to_be_mailed(now: datetime) -> ColumnElement[bool]:
    """The condition on `CaseUpdate` and its officer's preference that it is to be in a mail now."""
    until_morning = and_(UpdatePreference.mail == UpdateMail.DAILY, CaseUpdate.at < _latest_morning(now))
    return and_(
        CaseUpdate.municipality == UpdatePreference.municipality,
        CaseUpdate.subject == UpdatePreference.subject,
        CaseUpdate.seen_at.is_(None),
        CaseUpdate.mailed.is_(False),
        CaseUpdate.at >= UpdatePreference.chosen_at,
        UpdatePreference.signed_in_at > now - KNOWN_FOR,
        or_(UpdatePreference.mail == UpdateMail.AT_ONCE, until_morning),
    )


def _latest_morning(now: datetime) -> datetime:
    local = now.astimezone(STOCKHOLM)
    morning = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return morning if morning <= local else morning - timedelta(days=1)


def _mail(session: Session, organisation: Organisation, subject: str, now: datetime) -> None:
    """Publish it unless another worker does: the preference is locked meanwhile."""
    of_officer = select(UpdatePreference).where(
        UpdatePreference.municipality == organisation.municipality, UpdatePreference.subject == subject
    )
    preference = session.scalar(of_officer.with_for_update(skip_locked=True))
    if preference is None:
        return
    officer = _officer(preference, organisation)
    columns = (CaseUpdate.id, Case.number, or_(Case.secret, Case.protected).label("is_secret"))
    query = select(*columns).join(Case, Case.id == CaseUpdate.case_id).join(UpdatePreference, _to_be_mailed(now))
    query = query.where(unseen_by(officer)).order_by(CaseUpdate.at).limit(MOST_AT_ONCE)
    found = session.execute(query).all()
    if not found:
        return
    session.execute(update(CaseUpdate).where(CaseUpdate.id.in_([row.id for row in found])).values(mailed=True))
    named = list(dict.fromkeys(row.number for row in found if not row.is_secret))
    secret = {row.number for row in found if row.is_secret}
    _publish(session, preference, named[:MOST_NUMBERS], len(named[MOST_NUMBERS:]) + len(secret), now)


def _officer(preference: UpdatePreference, organisation: Organisation) -> Officer:
    boards = None if preference.boards is None else frozenset(preference.boards)
    sees_protected = preference.subject in organisation.protected_officers
    return Officer(preference.subject, "", preference.municipality, boards, sees_protected)


def _publish(session: Session, preference: UpdatePreference, numbers: list[str], others: int, now: datetime) -> None:
    officer_id = uuid5(OFFICERS, f"{preference.municipality}/{preference.subject}")
    found = OfficerUpdatesFound(officer_id, preference.email, preference.language, numbers, others, now)
    event = found.event(subject=officer_id, municipality=preference.municipality, sequence=0, at=now)
    outbox.record(session, Outbox, event)
