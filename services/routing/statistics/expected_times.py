"""How long cases take, by e-service, from those that ended within the last year: the median and the 90th percentile.

What has changed is published, so that the submitter’s page can show it too.
"""

from collections import Counter as Tally
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from math import ceil

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.routing.models import Outbox
from services.routing.statistics.models import CaseEnd, ExpectedTime
from shared.bus import outbox
from shared.events.routing import CaseTimesMeasured
from shared.swedish.time import local_date

LEAST_CASES = 20  # of fewer nothing is shown: one case more or less would change it
YEAR = timedelta(days=365)

_Key = tuple[str, str]


@dataclass(frozen=True)
class Times:
    """The figures of `ExpectedTime`."""

    cases: int
    median_days: int
    ninetieth_days: int
    median_days_in_queue: int
    ninetieth_days_in_queue: int


def percentile(days: Mapping[int, int], share: float) -> int:
    """The least number of days that this share of the cases took at most; `days` has how many cases took so many."""
    needed, seen = ceil(share * sum(days.values())), 0
    for each in sorted(days):
        seen += days[each]
        if seen >= needed:
            return each
    raise ValueError("there are no cases")


def measure_times(session: Session, *, now: datetime) -> None:
    """Measure anew, and publish what has changed. The caller's transaction is the only one that does."""
    found = _measured(session, since=local_date(now) - YEAR)
    known = {(each.municipality, each.eservice): each for each in session.scalars(select(ExpectedTime))}
    for key in sorted(found.keys() | known.keys()):
        if times := _changed(known.get(key), found.get(key)):
            _keep(session, key, times, known, now)


def expected(session: Session, municipality: str, eservices: Collection[str]) -> dict[str, ExpectedTime]:
    """By e-service, of those that enough cases are known of."""
    of_these = ExpectedTime.municipality == municipality, ExpectedTime.eservice.in_(eservices)
    rows = session.scalars(select(ExpectedTime).where(*of_these, ExpectedTime.cases >= LEAST_CASES))
    return {each.eservice: each for each in rows}


def _measured(session: Session, since: date) -> dict[_Key, Times]:
    """Only the number of cases, where they are too few for any days."""
    columns = (CaseEnd.municipality, CaseEnd.eservice, CaseEnd.days, CaseEnd.days_in_queue)
    rows = session.execute(select(*columns, func.count()).where(CaseEnd.ended_on > since).group_by(*columns))
    whole: dict[_Key, Tally[int]] = {}
    in_queue: dict[_Key, Tally[int]] = {}
    for municipality, eservice, days, days_in_queue, cases in rows:
        key = municipality, eservice
        whole.setdefault(key, Tally())[days] += cases
        in_queue.setdefault(key, Tally())[days if days_in_queue is None else days_in_queue] += cases
    return {key: _times(whole[key], in_queue[key]) for key in whole}


def _times(whole: Tally[int], in_queue: Tally[int]) -> Times:
    if whole.total() < LEAST_CASES:
        return _too_few(whole.total())
    return Times(
        whole.total(),
        percentile(whole, 0.5),
        percentile(whole, 0.9),
        percentile(in_queue, 0.5),
        percentile(in_queue, 0.9),
    )


def _too_few(cases: int = 0) -> Times:
    return Times(cases, 0, 0, 0, 0)


def _changed(known: ExpectedTime | None, found: Times | None) -> Times | None:
    """What is to be shown from now on, where it is something else: a case more that changes no day is not."""
    before = _shown(Times(**{name: getattr(known, name) for name in Times.__annotations__})) if known else None
    after = found or _too_few()
    return after if _shown(after) != (before or _shown(_too_few())) else None


def _shown(times: Times) -> tuple[int, ...]:
    enough = times.cases >= LEAST_CASES
    days = asdict(times)
    del days["cases"]
    return (enough, *days.values())


def _keep(session: Session, key: _Key, times: Times, known: Mapping[_Key, ExpectedTime], now: datetime) -> None:
    municipality, eservice = key
    sequence = known[key].sequence + 1 if key in known else 1
    session.merge(ExpectedTime(municipality=municipality, eservice=eservice, sequence=sequence, **asdict(times)))
    payload = CaseTimesMeasured(
        eservice=eservice, at=now, enough=times.cases >= LEAST_CASES, since=local_date(now) - YEAR, **asdict(times)
    )
    subject = f"{municipality}/{eservice}"
    event = payload.event(subject=subject, municipality=municipality, sequence=sequence, at=now)
    outbox.record(session, Outbox, event)
