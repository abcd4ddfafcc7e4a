"""The definitions that something was begun with: what was begun with version 3 goes on when version 4 is there."""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.eservices.definition import EService
from services.intake.eservices.loader import from_text
from services.intake.eservices.models import EServiceVersion
from shared.database import upsert
from shared.yaml_files import FileError


class UnknownVersion(Exception):
    """No definition is remembered by the hash, or this release can no longer read it."""


def remember(session: Session, municipality: str, eservice: EService, now: datetime) -> str:
    """Keep the definition's text, unless it is kept already; the hash that `eservice_of` finds it by."""
    insert = upsert(session.get_bind().dialect.name, EServiceVersion).values(
        municipality=municipality,
        content_hash=eservice.content_hash,
        eservice=eservice.code,
        version=eservice.version,
        source=eservice.source,
        remembered_at=now,
    )
    session.execute(insert.on_conflict_do_nothing())
    return eservice.content_hash


def eservice_of(session: Session, municipality: str, content_hash: str) -> EService:
    """The definition with the hash, as it was. Raises UnknownVersion."""
    kept = select(EServiceVersion.eservice, EServiceVersion.source).where(
        EServiceVersion.municipality == municipality, EServiceVersion.content_hash == content_hash
    )
    found = session.execute(kept).one_or_none()
    if found is None:
        raise UnknownVersion(content_hash)
    try:
        return _read(found.source, found.eservice)
    except FileError as error:
        raise UnknownVersion(content_hash) from error


_read = lru_cache(maxsize=100)(from_text)
