"""Where a page of cases ended, as the cursor of API and desk says it."""

from datetime import date, datetime
from uuid import UUID

from services.routing.queues import Place
from shared.web import paging


def place_of(cursor: str | None) -> Place | None:
    """Where a cursor says that the page before ended. Raises Problem 400."""
    return Place(*paging.decode(cursor, date.fromisoformat, _moment, UUID)) if cursor else None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment
