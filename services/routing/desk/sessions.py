"""Sessions at the desk: kept in the store, so that one that has ended is over, whoever still has its cookie."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.desk.models import DeskSession
from shared.web.tokens import Identity

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


def officer_of(token: str, *, sessions: sessionmaker[Session], now: datetime) -> Identity | None:
    """Who signed in, with the roles and boards of then; None when the session has ended or never was."""
    kept = select(DeskSession.officer).where(DeskSession.token_hash == _hash(token), DeskSession.expires_at > now)
    with sessions() as session:
        claims = session.scalar(kept)
    return Identity.of_claims(claims) if claims else None


def end(token: str, *, sessions: sessionmaker[Session]) -> None:
    """End a session, if there is one."""
    with sessions.begin() as session:
        session.execute(delete(DeskSession).where(DeskSession.token_hash == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
