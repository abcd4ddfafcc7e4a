"""The mails that wait for a registrar: which there are, and how each ends. Nobody else sees any of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.case_file import attachments_of_mail
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import Case
from services.routing.desk.texts import later
from services.routing.incoming_mail.add_to_case import add_to_case
from services.routing.incoming_mail.models import MailOutcome, UnplacedMail, UnplacedMailRead
from services.routing.models import Outbox
from services.routing.organisation.officers import Officer
from services.routing.queues.number_search import has_number
from shared.bus import outbox
from shared.clock import Clock
from shared.database import is_outage, took_too_long
from shared.events.routing import MailDismissed

MAILS_KEPT = timedelta(days=90)  # from when they were dismissed, or their content went into a case
MOST_SHOWN = 50
LONGEST_NUMBER = 100
LONGEST_REASON = 500
TRY_AGAIN_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 10, 60))

log = structlog.get_logger(__name__)

ENDED = Counter(
    "routing_unplaced_mails_ended",
    "Mails that no longer wait for a registrar, by outcome.",
    ["municipality", "outcome"],
)


NOT_PLACED = Counter("routing_mails_not_placed", "Attempts to put a mail in the case of its address that failed.")


class OnlyForRegistrars(Exception):
    """Mail that found no case is for the municipality's registrars."""


class MailNotFound(Exception):
    """There is no such mail, or no such file of one, that waits in the officer's municipality."""


@dataclass(frozen=True)
class _Failure:
    """That a mail could not be put in its case for so many times, and when it is tried again."""

    number: int
    again_at: datetime


@dataclass(frozen=True)
class WaitingMails:
    """The mails that have waited longest, and how many wait in all."""

    mails: Sequence[UnplacedMail]
    total: int


def waiting_mails(officer: Officer, *, sessions: sessionmaker[Session], now: datetime) -> WaitingMails:
    """The mails that wait, the oldest first, MOST_SHOWN of them; that the officer read these goes into the access log.

    Raises OnlyForRegistrars.
    """
    _check(officer)
    oldest = select(UnplacedMail).where(_waiting(officer)).order_by(UnplacedMail.received_at, UnplacedMail.id)
    with sessions.begin() as session:
        shown = session.scalars(oldest.limit(MOST_SHOWN)).all()
        session.add_all(_read_by(officer, mail, now) for mail in shown)
        return WaitingMails(shown, _count(session, officer))


def attachment(
    officer: Officer, mail_id: UUID, file_id: UUID, *, sessions: sessionmaker[Session], now: datetime
) -> Mapping[str, Any]:
    """A file of a mail that waits; that the officer read the mail goes into the access log.

    Raises OnlyForRegistrars, MailNotFound.
    """
    _check(officer)
    with sessions.begin() as session:
        mail = session.scalar(select(UnplacedMail).where(UnplacedMail.id == mail_id, _waiting(officer)))
        for each in attachments_of_mail(mail.content) if mail else ():
            if mail and each["id"] == str(file_id):
                session.add(_read_by(officer, mail, now))
                return each
    raise MailNotFound


def number_waiting(municipality: ColumnElement[str]) -> ScalarSelect[int]:
    """How many mails wait for a municipality's registrars, as a part of another statement."""
    waiting = and_(UnplacedMail.municipality == municipality, UnplacedMail.ended_at.is_(None))
    return select(func.count()).select_from(UnplacedMail).where(waiting).scalar_subquery()


def place(officer: Officer, mail_id: UUID, case_number: str, *, sessions: sessionmaker[Session], now: datetime) -> Case:
    """Put a mail in the case of this number.

    Raises OnlyForRegistrars, MailNotFound, BrokenJournal; InvalidInput where the number is not that of one case which
    the registrar may see.
    """
    _check(officer)
    with sessions.begin() as session:
        mail = _locked(session, officer, mail_id)
        case = _case(session, officer, case_number)
        _put_in(session, case, mail, officer, now)
    ENDED.labels(officer.municipality, MailOutcome.PLACED).inc()
    return case


def dismiss(officer: Officer, mail_id: UUID, reason: str, *, sessions: sessionmaker[Session], now: datetime) -> None:
    """Let a mail wait no longer, because it belongs in no case. Raises OnlyForRegistrars, MailNotFound."""
    _check(officer)
    with sessions.begin() as session:
        mail = _locked(session, officer, mail_id)
        _end(mail, MailOutcome.DISMISSED, officer, now)
        mail.reason = reason
        _publish_dismissed(session, mail, now)
    ENDED.labels(officer.municipality, MailOutcome.DISMISSED).inc()


@dataclass(frozen=True)
class MailPlacer:
    """Puts each mail in the case that its address named, where that was registered after the mail came.

    One that its case cannot take, as its journal is broken or it takes too long, keeps no other waiting: a registrar
    sees it, and it is tried anew after waits that grow.
    """

    sessions: sessionmaker[Session]
    clock: Clock
    _failures: dict[UUID, _Failure] = field(default_factory=dict, init=False)

    def place(self) -> Iterator[None]:
        """Place those that can be, step by step."""
        of_submission = and_(
            Case.submission_id == UnplacedMail.submission_id, Case.municipality == UnplacedMail.municipality
        )
        found = select(UnplacedMail.id, Case.id).join(Case, of_submission).where(UnplacedMail.ended_at.is_(None))
        with self.sessions() as session:
            pairs = session.execute(found.order_by(UnplacedMail.received_at, UnplacedMail.id)).all()
        for ended in self._failures.keys() - {mail_id for mail_id, _ in pairs}:
            del self._failures[ended]
        for mail_id, case_id in pairs:
            if mail_id not in self._failures or self._failures[mail_id].again_at <= self.clock():
                self._try(mail_id, case_id)
            yield

    def _try(self, mail_id: UUID, case_id: UUID) -> None:
        try:
            _place_by_itself(mail_id, case_id, self.sessions, self.clock())
        except Exception as error:
            if is_outage(error) and not took_too_long(error):
                raise
            number = self._failures[mail_id].number + 1 if mail_id in self._failures else 1
            wait = TRY_AGAIN_AFTER[min(number, len(TRY_AGAIN_AFTER)) - 1]
            self._failures[mail_id] = _Failure(number, self.clock() + wait)
            NOT_PLACED.inc()
            log.error("mail_not_placed", mail_id=str(mail_id), case_id=str(case_id), attempts=number, exc_info=error)


def _place_by_itself(mail_id: UUID, case_id: UUID, sessions: sessionmaker[Session], now: datetime) -> None:
    with sessions.begin() as session:
        waits = select(UnplacedMail).where(UnplacedMail.id == mail_id, UnplacedMail.ended_at.is_(None))
        mail = session.scalar(waits.with_for_update(skip_locked=True))
        if mail is None:
            return
        case = session.scalars(select(Case).where(Case.id == case_id).with_for_update()).one()
        _put_in(session, case, mail, None, now)
    ENDED.labels(case.municipality, MailOutcome.PLACED).inc()


def _check(officer: Officer) -> None:
    if not officer.is_registrar:
        raise OnlyForRegistrars


def _waiting(officer: Officer) -> ColumnElement[bool]:
    return and_(UnplacedMail.municipality == officer.municipality, UnplacedMail.ended_at.is_(None))


def _read_by(officer: Officer, mail: UnplacedMail, now: datetime) -> UnplacedMailRead:
    return UnplacedMailRead(municipality=mail.municipality, mail_id=mail.id, subject=officer.subject, at=now)


def _count(session: Session, officer: Officer) -> int:
    return session.scalar(select(func.count()).select_from(UnplacedMail).where(_waiting(officer))) or 0


def _locked(session: Session, officer: Officer, mail_id: UUID) -> UnplacedMail:
    mail = session.scalar(select(UnplacedMail).where(UnplacedMail.id == mail_id, _waiting(officer)).with_for_update())
    if mail is None:
        raise MailNotFound
    return mail


def _case(session: Session, officer: Officer, number: str) -> Case:
    """The one case of this number, locked."""
    of_number = select(Case).where(has_number(number[:LONGEST_NUMBER]), officer.sees)
    found = session.scalars(of_number.limit(2).with_for_update()).all()
    if not found:
        raise InvalidInput("case_number", later("There is no case with that number that you may see."))
    if len(found) > 1:
        raise InvalidInput("case_number", later("More than one case has that number. Write board and year too."))
    return found[0]


def _put_in(session: Session, case: Case, mail: UnplacedMail, officer: Officer | None, now: datetime) -> None:
    """Put it in a case that is locked; from then on only the case's journal has its content."""
    add_to_case(session, case, mail.content, officer=officer, at=now)
    _end(mail, MailOutcome.PLACED, officer, now)
    mail.case_id, mail.content = case.id, {}


def _publish_dismissed(session: Session, mail: UnplacedMail, now: datetime) -> None:
    """So that its files are destroyed when it is."""
    dismissed = MailDismissed(mail.id, now + MAILS_KEPT)
    event = dismissed.event(subject=mail.id, municipality=mail.municipality, sequence=0, at=now)
    outbox.record(session, Outbox, event)


def _end(mail: UnplacedMail, outcome: MailOutcome, officer: Officer | None, now: datetime) -> None:
    mail.ended_at, mail.outcome = now, outcome
    if officer:
        mail.ended_by_subject, mail.ended_by = officer.subject, officer.name
