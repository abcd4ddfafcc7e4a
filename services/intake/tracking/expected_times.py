"""How long an e-service's cases take, as routing last measured it, for those who wait for one."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.tracking.models import MeasuredTimes
from shared.bus.event_processor import OpenedEvent
from shared.database import upsert
from shared.events.payloads import from_plain, plain
from shared.events.routing import CaseTimesMeasured


def remember(session: Session, opened: Sequence[OpenedEvent[CaseTimesMeasured]]) -> None:
    """Keep what was measured; of what has come in another order, the last."""
    for each in sorted(opened, key=lambda one: (one.event.subject, one.event.sequence)):
        row = {
            "municipality": each.event.municipality,
            "eservice": each.payload.eservice,
            "sequence": each.event.sequence,
            "measured": plain(each.payload),
        }
        inserted = upsert(session.connection().dialect.name, MeasuredTimes).values(row)
        newer = MeasuredTimes.sequence < inserted.excluded.sequence
        changed = {"sequence": inserted.excluded.sequence, "measured": inserted.excluded.measured}
        keys = [MeasuredTimes.municipality, MeasuredTimes.eservice]
        session.execute(inserted.on_conflict_do_update(index_elements=keys, set_=changed, where=newer))


def measured(session: Session, municipality: str, eservice: str) -> CaseTimesMeasured | None:
    """The last that was measured; None: nothing was."""
    of_eservice = MeasuredTimes.municipality == municipality, MeasuredTimes.eservice == eservice
    kept = session.scalar(select(MeasuredTimes.measured).where(*of_eservice))
    return from_plain(CaseTimesMeasured, kept) if kept else None
