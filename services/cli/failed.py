"""`arende failed`: the events that a service could not handle, to look at, try again or give up."""

import json
import os
from typing import Any

import click
from sqlalchemy import select

from services.operations.registry import SERVICES
from services.operations.stores import Store, store
from services.standalone.config import meant
from shared.bus import failed_events
from shared.bus.tables import FailedEventColumns
from shared.clock import utc_now

ATTRIBUTES = ("id", "source", "type", "subject", "time", "municipality", "sequence", "traceparent")

service_argument = click.argument("service", type=click.Choice(SERVICES))


@click.group("failed")
def command() -> None:
    """Events that a service could not handle: parked ones, and those waiting for another attempt."""


@command.command("list")
@service_argument
def list_(service: str) -> None:
    """List them, the longest held first."""
    opened = _store(service)
    with opened.database.sessions() as session:
        rows = failed_events.listed(session, opened.tables.failed_events)
    for row in rows:
        again = f"again at {row.next_attempt_at:%Y-%m-%d %H:%M:%S}" if row.next_attempt_at else "parked"
        click.echo(f"{row.event_id}  {row.name}  {row.attempts} attempts, {again}  {row.reason}")
    click.echo(f"{service}: {len(rows)} held")


@command.command()
@service_argument
@click.argument("event_id")
def show(service: str, event_id: str) -> None:
    """Show one: why it is held and its envelope, not what it says."""
    opened = _store(service)
    with opened.database.sessions() as session:
        row = session.scalar(
            select(opened.tables.failed_events).where(opened.tables.failed_events.event_id == event_id)
        )
    if row is None:
        raise click.ClickException(f"{service} holds no event with that id")
    click.echo(json.dumps(_shown(row), default=str, indent=1))


@command.command()
@service_argument
@click.argument("event_ids", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All that are held.")
def retry(service: str, event_ids: tuple[str, ...], every: bool) -> None:
    """Give them a new round of attempts, beginning now."""
    if bool(event_ids) == every:
        raise click.UsageError("name the events, or say --all")
    opened = _store(service)
    with opened.database.sessions.begin() as session:
        count = failed_events.retry_now(session, opened.tables.failed_events, event_ids, now=utc_now())
    click.echo(f"{service}: {count} will be tried again")
    _tell_of_others(service, event_ids, count)


@command.command()
@service_argument
@click.argument("event_ids", nargs=-1, required=True)
def drop(service: str, event_ids: tuple[str, ...]) -> None:
    """Delete them for good."""
    opened = _store(service)
    with opened.database.sessions.begin() as session:
        count = failed_events.drop(session, opened.tables, event_ids, now=utc_now())
    click.echo(f"{service}: {count} dropped")
    _tell_of_others(service, event_ids, count)


def _tell_of_others(service: str, event_ids: tuple[str, ...], count: int) -> None:
    named = len(set(event_ids))
    if count < named:
        raise click.ClickException(f"{service} holds only {count} of the {named} named")


def _store(service: str) -> Store:
    return store(service, meant(os.environ))


def _shown(row: FailedEventColumns) -> dict[str, Any]:
    return {
        "event_id": row.event_id,
        "name": row.name,
        "reason": row.reason,
        "attempts": row.attempts,
        "first_failed_at": row.first_failed_at,
        "next_attempt_at": row.next_attempt_at,
        "bytes": len(row.body),
        "envelope": _envelope(row.body),
    }


def _envelope(body: bytes) -> dict[str, Any] | None:
    """The event's attributes, not its data; None when it is not even a JSON object."""
    try:
        attributes = json.loads(body)
    except ValueError:
        return None
    return {name: attributes.get(name) for name in ATTRIBUTES} if isinstance(attributes, dict) else None
