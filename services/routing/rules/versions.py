"""The versions of a municipality's casework: each content that differs from the last is a new one in the store."""

from dataclasses import asdict, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.models import canonical
from services.routing.organisation.organisation import NOT_ADOPTED, Organisation
from services.routing.rules.models import RuleSet
from shared.database import upsert


def adopt(read: Organisation, *, sessions: sessionmaker[Session], now: datetime) -> Organisation:
    """The organisation with its version: the last one where the content is the same, else a new one.

    Who works there is none of it, nor other systems, nor the titles of e-services. Two workers that start at once end
    up with one version: the insert of the later one does nothing.
    """
    content = asdict(replace(read, version=NOT_ADOPTED, officers=(), eservices={}, systems=()))
    fingerprint = sha256(canonical(content).encode()).hexdigest()
    while True:
        with sessions.begin() as session:
            last = session.scalar(_last(read.municipality))
            if last and last.fingerprint == fingerprint:
                return replace(read, version=last.version)
            values = {
                "municipality": read.municipality,
                "version": last.version + 1 if last else 1,
                "fingerprint": fingerprint,
                "content": content,
                "adopted_at": now,
            }
            insert = upsert(session.get_bind().dialect.name, RuleSet)
            session.execute(insert.values(values).on_conflict_do_nothing())


def _last(municipality: str) -> Select[RuleSet]:
    return select(RuleSet).where(RuleSet.municipality == municipality).order_by(RuleSet.version.desc()).limit(1)
