"""Whether an e-service takes submissions now, and from when or until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from shared.swedish.time import STOCKHOLM

# A day, or a moment of Swedish time: naive, as it is written.
LocalTime = date | datetime
Text = Mapping[str, str]


class State(StrEnum):
    """How it stands."""

    OPEN = "open"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    PAUSED = "paused"


class Openable(Protocol):
    """What an e-service's definition has of it."""

    @property
    def open_from(self) -> LocalTime | None:
        """When it opens: a day opens as it begins."""

    @property
    def open_until(self) -> LocalTime | None:
        """When it closes: a day as it ends."""

    @property
    def paused(self) -> Text | None:
        """Why it takes nothing for the time being."""


@dataclass(frozen=True)
class Opening:
    """How it stands, when it opens and closes (UTC; None: always open, never closed), and why it is paused.

    `first_day` and `last_day` are there where a whole day is open: what people are to read, not midnight.
    """

    state: State
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    first_day: date | None = None
    last_day: date | None = None
    paused: Text | None = None

    @property
    def is_open(self) -> bool:
        """Whether it takes submissions."""
        return self.state is State.OPEN


class EServiceClosed(Exception):
    """The e-service takes no submissions now; `opening` has why."""

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening.state)
        self.opening = opening


_ALWAYS = Opening(State.OPEN)


def opening(eservice: Openable, now: datetime) -> Opening:
    """How the e-service stands at a moment (aware). It is open from `opens_at`, and no more at `closes_at`."""
    start, end, paused = eservice.open_from, eservice.open_until, eservice.paused
    if start is None and end is None and paused is None:
        return _ALWAYS
    opens_at = None if start is None else _beginning(start)
    closes_at = None if end is None else _end(end)
    state = _state(opens_at, closes_at, paused, now)
    return Opening(state, opens_at, closes_at, _day(start), _day(end), paused)


def check_open(eservice: Openable, now: datetime) -> None:
    """Raise EServiceClosed unless it takes submissions."""
    found = opening(eservice, now)
    if not found.is_open:
        raise EServiceClosed(found)


def opens_before_it_closes(start: LocalTime | None, end: LocalTime | None) -> bool:
    """Whether there is any time at which it is open."""
    return start is None or end is None or _beginning(start) < _end(end)


def exists(moment: datetime) -> bool:
    """Whether Swedish clocks show the time (naive): not in the hour that is left out as summer time begins."""
    return moment == moment.replace(tzinfo=STOCKHOLM).astimezone(UTC).astimezone(STOCKHOLM).replace(tzinfo=None)


def _state(opens_at: datetime | None, closes_at: datetime | None, paused: Text | None, now: datetime) -> State:
    """What is past is closed, also when it was paused; what is paused is not promised for the day that it opens."""
    if closes_at and now >= closes_at:
        return State.CLOSED
    if paused is not None:
        return State.PAUSED
    return State.NOT_YET if opens_at and now < opens_at else State.OPEN


def _day(local: LocalTime | None) -> date | None:
    return None if isinstance(local, datetime) else local


def _beginning(local: LocalTime) -> datetime:
    """In UTC: of a time that comes twice, as summer time ends, the first; moments of one zone compare as clocks do."""
    moment = local if isinstance(local, datetime) else datetime.combine(local, time.min)
    return moment.replace(tzinfo=STOCKHOLM).astimezone(UTC)


def _end(local: LocalTime) -> datetime:
    """In UTC: of a time that comes twice, the second."""
    if not isinstance(local, datetime):
        return _beginning(local + timedelta(days=1))
    return local.replace(tzinfo=STOCKHOLM, fold=1).astimezone(UTC)
