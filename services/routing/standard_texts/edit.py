"""Changing the standard texts: each change is a version, with who made it and when."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.errors import InvalidInput
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.standard_texts.models import StandardText, StandardTextVersion
from services.routing.standard_texts.placeholders import unknown
from shared.idempotency import KeyReused, fingerprint

MOST_TEXTS = 1000  # of a municipality

_LAST = str.maketrans("åäö", "{|}")  # what follows z in Unicode


class StandardTextNotFound(Exception):
    """There is no such standard text among those that the officer may see."""


class StaleText(Exception):
    """The standard text has changed since it was read; `current` is its version now."""

    def __init__(self, current: int) -> None:
        super().__init__(f"the standard text is at version {current}")
        self.current = current


class UnknownPlaceholders(Exception):
    """The text in `language` has these in braces, which are no placeholders."""

    def __init__(self, language: str, names: Sequence[str]) -> None:
        super().__init__(f"text in {language}: {', '.join(names)}")
        self.language = language
        self.names = names


@dataclass(frozen=True)
class TextContent:
    """What a standard text is, and where it is offered. `queue` and `eservice` None: in all of them."""

    name: str
    action: str
    text: dict[str, str]
    queue: str | None = None
    eservice: str | None = None
    outcome: str | None = None


def texts_of(
    officer: Officer, organisation: Organisation, *, sessions: sessionmaker[Session]
) -> Sequence[StandardText]:
    """The municipality's standard texts, by name, but for those of queues that the officer may not see."""
    shown = select(StandardText).where(_seen(officer, organisation), StandardText.removed.is_(False))
    with sessions() as session:
        return sorted(session.scalars(shown.limit(MOST_TEXTS)), key=lambda each: by_name(each.name))


def text_with_versions(
    officer: Officer, text_id: UUID, organisation: Organisation, *, sessions: sessionmaker[Session]
) -> tuple[StandardText, Sequence[StandardTextVersion]]:
    """A standard text and all its versions, the latest first. Raises StandardTextNotFound."""
    with sessions() as session:
        found = _found(session, officer, text_id, organisation)
        versions = select(StandardTextVersion).where(StandardTextVersion.text_id == text_id)
        return found, session.scalars(versions.order_by(StandardTextVersion.version.desc())).all()


def create(
    officer: Officer,
    content: TextContent,
    organisation: Organisation,
    *,
    key: str | None = None,
    sessions: sessionmaker[Session],
    now: datetime,
) -> StandardText:
    """Add a standard text. Sent twice under one key, it is one.

    Raises UnknownPlaceholders, InvalidInput, KeyReused.
    """
    _check(officer, content, organisation)
    requested = fingerprint(asdict(content))

    def attempt() -> StandardText:
        with sessions.begin() as session:
            if earlier := _earlier(session, officer, key, requested):
                return earlier
            _check_room(session, officer.municipality)
            made = StandardText(id=uuid4(), municipality=officer.municipality, version=1, removed=False)
            session.add(made)
            version = _write(session, made, content, officer, now)
            version.idempotency_key, version.fingerprint = key, requested if key else None
            return made

    try:
        return attempt()
    except IntegrityError:  # the same request, at the same time
        return attempt()


def change(
    officer: Officer,
    text_id: UUID,
    content: TextContent,
    organisation: Organisation,
    *,
    version: int | None,
    sessions: sessionmaker[Session],
    now: datetime,
) -> StandardText:
    """Change a standard text from the version seen to the next.

    Raises StandardTextNotFound, StaleText, UnknownPlaceholders, InvalidInput.
    """
    _check(officer, content, organisation)
    with sessions.begin() as session:
        found = _locked(session, officer, text_id, organisation, version)
        found.version += 1
        _write(session, found, content, officer, now)
        return found


def remove(
    officer: Officer,
    text_id: UUID,
    organisation: Organisation,
    *,
    version: int | None,
    sessions: sessionmaker[Session],
    now: datetime,
) -> None:
    """Offer a standard text no longer; its versions stay. Raises StandardTextNotFound, StaleText."""
    with sessions.begin() as session:
        found = _locked(session, officer, text_id, organisation, version)
        found.version, found.removed = found.version + 1, True
        _keep_version(session, found, officer, now)


def by_name(name: str) -> str:
    """What a name sorts by in Swedish, where å, ä and ö stand last, in upper or lower case."""
    return name.casefold().translate(_LAST)


def _seen(officer: Officer, organisation: Organisation) -> ColumnElement[bool]:
    queues = sorted(code for code, queue in organisation.queues.items() if officer.may_see_queue(queue))
    of_queues = or_(StandardText.queue.is_(None), StandardText.queue.in_(queues))
    return (StandardText.municipality == officer.municipality) & of_queues


def _found(
    session: Session, officer: Officer, text_id: UUID, organisation: Organisation, *, lock: bool = False
) -> StandardText:
    query = select(StandardText).where(
        _seen(officer, organisation), StandardText.id == text_id, StandardText.removed.is_(False)
    )
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise StandardTextNotFound
    return found


def _locked(
    session: Session, officer: Officer, text_id: UUID, organisation: Organisation, version: int | None
) -> StandardText:
    found = _found(session, officer, text_id, organisation, lock=True)
    if version not in (None, found.version):
        raise StaleText(found.version)
    return found


def _check(officer: Officer, content: TextContent, organisation: Organisation) -> None:
    for language, text in content.text.items():
        if names := unknown(text):
            raise UnknownPlaceholders(language, names)
    if content.eservice not in (None, *organisation.eservices):
        raise InvalidInput("eservice", "The municipality offers no such e-service.")
    if content.queue is None:
        return
    queue = organisation.queues.get(content.queue)
    if queue is None or not officer.may_see_queue(queue):
        raise InvalidInput("queue", "There is no such queue among those that you may see.")


def _check_room(session: Session, municipality: str) -> None:
    of_municipality = select(StandardText.id).where(
        StandardText.municipality == municipality, StandardText.removed.is_(False)
    )
    if len(session.scalars(of_municipality.limit(MOST_TEXTS)).all()) >= MOST_TEXTS:
        raise InvalidInput("name", "There are as many standard texts as there may be. Remove one first.")


def _write(
    session: Session, text: StandardText, content: TextContent, officer: Officer, now: datetime
) -> StandardTextVersion:
    for name, value in asdict(content).items():
        setattr(text, name, value)
    return _keep_version(session, text, officer, now)


def _keep_version(session: Session, text: StandardText, officer: Officer, now: datetime) -> StandardTextVersion:
    names = ("name", "action", "queue", "eservice", "outcome", "text", "removed")
    version = StandardTextVersion(
        text_id=text.id,
        version=text.version,
        municipality=text.municipality,
        at=now,
        by_subject=officer.subject,
        by_name=officer.name,
        content={name: getattr(text, name) for name in names},
        standard_text=text,
    )
    session.add(version)
    return version


def _earlier(session: Session, officer: Officer, key: str | None, requested: str) -> StandardText | None:
    if key is None:
        return None
    known: Any = session.scalar(
        select(StandardTextVersion).where(
            StandardTextVersion.municipality == officer.municipality,
            StandardTextVersion.by_subject == officer.subject,
            StandardTextVersion.idempotency_key == key,
        )
    )
    if known is None:
        return None
    if known.fingerprint != requested:
        raise KeyReused
    return session.get_one(StandardText, known.text_id)
