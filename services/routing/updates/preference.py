"""An officer's choice of mail about what is new, and what their latest token has of them."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.errors import InvalidInput
from services.routing.updates.models import UpdateMail, UpdatePreference
from shared.web.tokens import Identity

KNOWN_FOR = timedelta(days=30)  # without signing in, for which an officer gets mail


def chosen_mail(identity: Identity, *, sessions: sessionmaker[Session]) -> UpdateMail:
    """When the officer gets a mail."""
    with sessions() as session:
        kept = session.get(UpdatePreference, (identity.municipality, identity.subject))
    return UpdateMail(kept.mail) if kept else UpdateMail.OFF


def choose_mail(
    identity: Identity, mail: UpdateMail, language: str, *, sessions: sessionmaker[Session], now: datetime
) -> None:
    """Let the officer get mail at the address that their token has, or none. Raises InvalidInput without an address."""
    if mail is not UpdateMail.OFF and not identity.email:
        raise InvalidInput("mail", "Your account has no e-mail address. Those who run the accounts can add it.")
    with sessions.begin() as session:
        kept = _kept(session, identity)
        if kept is None:
            kept = UpdatePreference(municipality=identity.municipality, subject=identity.subject)
            session.add(kept)
        kept.mail, kept.language, kept.chosen_at = mail, language, now
        _know(kept, identity, now)


def know_again(identity: Identity, *, sessions: sessionmaker[Session], now: datetime) -> None:
    """Take over what the token of an officer who signs in has: another address, other boards."""
    with sessions.begin() as session:
        kept = _kept(session, identity)
        if kept:
            _know(kept, identity, now)


def _kept(session: Session, identity: Identity) -> UpdatePreference | None:
    of_officer = select(UpdatePreference).where(
        UpdatePreference.municipality == identity.municipality, UpdatePreference.subject == identity.subject
    )
    return session.scalar(of_officer.with_for_update())


def _know(kept: UpdatePreference, identity: Identity, now: datetime) -> None:
    boards = identity.boards_seen
    kept.email, kept.boards, kept.signed_in_at = identity.email, None if boards is None else sorted(boards), now
