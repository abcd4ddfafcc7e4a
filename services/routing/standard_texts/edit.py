"""Changing the standard texts, each change a version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from services.routing.desk.texts import later
from services.routing.editing.keeper import EditedNotFound, Keeper, StaleEdited, check_scope
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.standard_texts.models import StandardText, StandardTextVersion
from services.routing.standard_texts.placeholders import unknown


class StandardTextNotFound(EditedNotFound):
    """There is no such standard text among those that the officer may see."""


class StaleText(StaleEdited):
    """The standard text has changed since it was read."""


class UnknownPlaceholders(Exception):
    """The text in `language` has these in braces, which are no placeholders."""

    def __init__(self, language: str, names: Sequence[str]) -> None:
        super().__init__(f"text in {language}: {', '.join(names)}")
        self.language = language
        self.names = names


KEPT: Keeper[StandardText, StandardTextVersion] = Keeper(
    StandardText,
    StandardTextVersion,
    most=1000,
    full=later("There are as many standard texts as there may be. Remove one first."),
    not_found=StandardTextNotFound,
    stale=StaleText,
)


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
    return KEPT.all_of(officer, organisation, sessions=sessions)


def text_with_versions(
    officer: Officer, text_id: UUID, organisation: Organisation, *, sessions: sessionmaker[Session]
) -> tuple[StandardText, Sequence[StandardTextVersion]]:
    """A standard text and all its versions, the latest first. Raises StandardTextNotFound."""
    return KEPT.with_versions(officer, text_id, organisation, sessions=sessions)


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
    return KEPT.create(officer, content, key=key, sessions=sessions, now=now)


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
    return KEPT.change(officer, text_id, content, organisation, version=version, sessions=sessions, now=now)


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
    KEPT.remove(officer, text_id, organisation, version=version, sessions=sessions, now=now)


def _check(officer: Officer, content: TextContent, organisation: Organisation) -> None:
    for language, text in content.text.items():
        if names := unknown(text):
            raise UnknownPlaceholders(language, names)
    check_scope(officer, content, organisation)
