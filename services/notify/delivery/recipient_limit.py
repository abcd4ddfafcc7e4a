"""How many mails one recipient gets: our mail server is no weapon against whose address a stranger gives.

They are counted in the store as they are taken to be sent, so that the limit holds however many dispatchers there are.
What is beyond it is postponed. The time that is looked back over slides with the clock.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session, sessionmaker

from services.notify.channels.channel import DeliveryResult, Outcome
from services.notify.delivery.models import RecentMail
from services.notify.delivery.queue import LeasedNotification
from shared.bulk import one_of
from shared.database import Database, execute_alone, upsert
from shared.recipients import recipient

WINDOW = timedelta(hours=1)
POSTPONED_FOR = timedelta(minutes=10)
POSTPONED = Outcome(DeliveryResult.POSTPONED, "recipient_limit")

# One that comes at once with another waits for its end, and counts what that has counted.
_COUNT = """
INSERT INTO recent_mails AS recent (recipient, counted_at, allowed, last_at)
SELECT key, array_fill(%(now)s::float8, ARRAY[least(value::int, %(most)s)]), least(value::int, %(most)s), %(now)s
FROM json_each_text(%(wanted)s::json) ORDER BY key
ON CONFLICT (recipient) DO UPDATE SET (counted_at, allowed, last_at) = (
    SELECT kept || array_fill(%(now)s::float8, ARRAY[free]), free, %(now)s
    FROM (SELECT ARRAY(SELECT at FROM unnest(recent.counted_at) AS at WHERE at > %(since)s)) AS lately (kept),
        LATERAL (SELECT greatest(0, least(excluded.allowed, %(most)s - cardinality(kept)))) AS room (free)
)
RETURNING recipient, allowed
"""


@dataclass(frozen=True)
class RecipientLimit:
    """At most so many mails to one recipient in WINDOW, but for addresses in domains without a limit."""

    mails: int = 30
    unlimited_domains: frozenset[str] = frozenset()

    def permitted(self, database: Database, leased: Sequence[LeasedNotification], now: datetime) -> set[UUID]:
        """The ids of the mails that may be sent now, which are counted from then on, whether they are sent or not."""
        limited = {each.id: who for each in leased if (who := self._limited(each.email))}
        allowed = _counted(database.engine, Counter(limited.values()), self.mails, now) if limited else {}
        counted: Counter[str] = Counter()
        permitted = {each.id for each in leased} - limited.keys()
        for notification, who in limited.items():
            counted[who] += 1
            if counted[who] <= allowed[who]:
                permitted.add(notification)
        return permitted

    def _limited(self, email: str | None) -> str | None:
        """Whom mail to the address is counted for; None where it is not."""
        who = recipient(email) if email else None
        return None if who and who.rpartition("@")[2] in self.unlimited_domains else who


def purge(sessions: sessionmaker[Session], now: datetime) -> None:
    """Forget to whom mail was sent that counts no more."""
    with sessions.begin() as session:
        session.execute(delete(RecentMail).where(RecentMail.last_at < (now - WINDOW).timestamp()))


def _counted(engine: Engine, wanted: Mapping[str, int], most: int, now: datetime) -> Mapping[str, int]:
    """Count as many of the mails wanted to each recipient as there is room for; how many these are."""
    at, since = now.timestamp(), (now - WINDOW).timestamp()
    if engine.dialect.name == "postgresql":
        parameters = {"wanted": orjson.dumps(wanted).decode(), "most": most, "now": at, "since": since}
        return dict(map(tuple, execute_alone(engine, _COUNT, parameters)))
    of_these = select(RecentMail.recipient, RecentMail.counted_at).where(one_of(RecentMail.recipient, "wanted"))
    with engine.begin() as connection:  # no other transaction writes meanwhile
        found = connection.execute(of_these, {"wanted": list(wanted)})
        before = {row.recipient: row.counted_at for row in found}
        lately = {who: [each for each in before.get(who, []) if each > since] for who in wanted}
        allowed = {who: max(0, min(number, most - len(lately[who]))) for who, number in wanted.items()}
        rows = [
            {"recipient": who, "counted_at": lately[who] + [at] * number, "allowed": number, "last_at": at}
            for who, number in allowed.items()
        ]
        replaced = upsert("sqlite", RecentMail)
        set_ = {name: replaced.excluded[name] for name in ("counted_at", "allowed", "last_at")}
        connection.execute(replaced.on_conflict_do_update(index_elements=["recipient"], set_=set_), rows)
    return allowed
