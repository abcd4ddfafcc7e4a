"""Using up allowances, all of several or none, in one statement that commits by itself and waits for no disk."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session, sessionmaker

from services.intake.limits.models import Allowance
from shared.database import execute_alone

WINDOW = 3600.0  # seconds: every limit is so many an hour
ROUNDING = 0.001  # seconds: times since 1970 are no more exact when they are added up

# `uses` is an object of seconds by key, the share of the window that each use takes. The check before the insert makes
# it all or nothing; the one at the conflict holds where several come at once.
_USE = """
WITH uses AS (SELECT key, {seconds} AS seconds FROM {uses}),
rejected AS (
    SELECT 1 FROM uses LEFT JOIN allowances USING (key)
    WHERE {later}(coalesce(used_until, {now}), {now}) + seconds > {now} + {window}
)
INSERT INTO allowances AS allowance (key, used_until)
SELECT key, {now} + seconds FROM uses WHERE NOT EXISTS (SELECT 1 FROM rejected) ORDER BY key
ON CONFLICT (key) DO UPDATE SET used_until = {later}(allowance.used_until, {now}) + excluded.used_until - {now}
WHERE {later}(allowance.used_until, {now}) + excluded.used_until - {now} <= {now} + {window}
RETURNING key
"""
_USED = "SELECT key, used_until FROM allowances WHERE key IN (SELECT key FROM {uses})"

_POSTGRES = {
    "uses": "json_each_text(%(uses)s::json)",
    "seconds": "value::float8",
    "later": "greatest",
    "now": "%(now)s::float8",
}
_SQLITE = {"uses": "json_each(:uses)", "seconds": "value", "later": "max", "now": ":now"}
_STATEMENTS = {
    dialect: (_USE.format(**words, window=WINDOW + ROUNDING), _USED.format(**words))
    for dialect, words in (("postgresql", _POSTGRES), ("sqlite", _SQLITE))
}


def use(engine: Engine, uses: Mapping[str, float], now: float) -> bool:
    """Use these seconds of the window for each key; False, and nothing is used, when one of them has too few left."""
    statement, _ = _STATEMENTS[engine.dialect.name]
    return len(_rows(engine, statement, uses, now=now)) == len(uses)


def waits(engine: Engine, uses: Mapping[str, float], now: float) -> dict[str, float]:
    """The seconds until each key's use would fit; only of those that do not fit now."""
    _, statement = _STATEMENTS[engine.dialect.name]
    until = dict(map(tuple, _rows(engine, statement, uses)))
    left = {key: max(until.get(key, now), now) + seconds - now - WINDOW for key, seconds in uses.items()}
    return {key: seconds for key, seconds in left.items() if seconds > ROUNDING}


def _rows(engine: Engine, statement: str, uses: Mapping[str, float], **parameters: Any) -> Sequence[Any]:
    parameters["uses"] = orjson.dumps(uses).decode()
    if engine.dialect.name == "postgresql":
        return execute_alone(engine, statement, parameters)
    with engine.begin() as connection:
        return connection.exec_driver_sql(statement, parameters).all()


def purge(sessions: sessionmaker[Session], now: float) -> None:
    """Delete the allowances of which nothing is used any more."""
    with sessions.begin() as session:
        session.execute(delete(Allowance).where(Allowance.used_until < now))
