"""Sessions at the desk: kept in the store, so that one that has ended is over, whoever still has its cookie."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.desk.models import DeskSession
from services.routing.incoming_mail.unplaced import number_waiting
from shared.web.tokens import Identity, Role

WORKING_DAY = timedelta(hours=10)


def begin(officer: Identity, *, sessions: sessionmaker[Session], now: datetime) -> str:
    """Begin a session that lasts a working day. Its token, of which only a hash is kept. Those that are over go."""
    token = secrets.token_urlsafe(32)
    with sessions.begin() as session:
        session.execute(delete(DeskSession).where(DeskSession.expires_at <= now))
        session.add(
            DeskSession(
                token_hash=_hash(token),
                municipality=officer.municipality,
                officer=officer.claims(),
                expires_at=now + WORKING_DAY,
            )
        )
    return token


@dataclass(frozen=True)
class SignedIn:
    """Who signed in, with the roles and boards of then; and how many mails wait for a registrar, where they are one."""

    officer: Identity
    mails_waiting: int


def signed_in(token: str, *, sessions: sessionmaker[Session], now: datetime) -> SignedIn | None:
    """The session that a browser's token is of; None when it has ended or never was."""
    columns = DeskSession.officer, number_waiting(DeskSession.municipality.expression)
    kept = select(*columns).where(DeskSession.token_hash == _hash(token), DeskSession.expires_at > now)
    with sessions() as session:
        found = session.execute(kept).one_or_none()
    if found is None:
        return None
    officer = Identity.of_claims(found[0])
    return SignedIn(officer, found[1] if Role.REGISTRAR in officer.roles else 0)


def end(token: str, *, sessions: sessionmaker[Session]) -> None:
    """End a session, if there is one."""
    with sessions.begin() as session:
        session.execute(delete(DeskSession).where(DeskSession.token_hash == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
