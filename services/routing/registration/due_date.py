"""By when a case must be decided."""

from datetime import date, datetime

from services.routing.cases.models import NO_DEADLINE
from shared.events.intake import Deadline
from shared.swedish.time import local_date
from shared.swedish.working_days import last_day


def due_by(received_at: datetime, deadline: Deadline | None) -> date:
    """The last day, counted from the day in Sweden that the submission was received; NO_DEADLINE without a deadline."""
    if deadline is None:
        return NO_DEADLINE
    return last_day(local_date(received_at), deadline.amount, deadline.unit)
