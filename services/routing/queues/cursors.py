"""Where a page of cases ended, as the cursor of API and desk says it."""

from datetime import date
from uuid import UUID

from services.routing.queues.queues import Place
from shared.web import paging


def place_of(cursor: str | None) -> Place | None:
    """Where a cursor says that the page before ended. Raises Problem 400."""
    return Place(*paging.decode(cursor, date.fromisoformat, paging.moment, UUID)) if cursor else None
