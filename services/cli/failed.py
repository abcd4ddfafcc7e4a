"""`arende failed`: the events that a service could not handle, to look at, retry or drop."""

import json
import os
from typing import Any

import click
from sqlalchemy import select

from services.cli.open_stores import open_store
from services.operations.registry import SERVICES
from services.operations.stores import Store
from services.standalone.config import installation_settings
from shared.bus import failed_events
from shared.bus.failed_events import FailedEventSummary, Selection
from shared.bus.tables import FailedEventColumns
from shared.clock import utc_now

ATTRIBUTES = ("id", "source", "type", "subject", "time", "municipality", "sequence", "traceparent")

service_argument = click.argument("service", type=click.Choice(SERVICES))
parked_option = click.option("--parked", is_flag=True, help="Only those that are parked.")
reason_option = click.option("--reason", default="", metavar="TEXT", help="Only those with this text in their reason.")


@click.group("failed")
def command() -> None:
    """Events that a service could not handle: waiting for another attempt, or parked until somebody has looked."""


@command.command("list")
@service_argument
@parked_option
@reason_option
def list_(service: str, parked: bool, reason: str) -> None:
    """List failed events, the one that failed first at the top."""
    opened = _store(service)
    with opened.database.sessions() as session:
        rows = failed_events.listed(session, opened.tables.failed_events, Selection(parked=parked, reason=reason))
    for row in rows:
        click.echo(f"{row.event_id}  {row.name}  {row.attempts} attempts, {_state(row)}  {row.reason}")
    click.echo(f"{service}: {len(rows)} failed events")


@command.command()
@service_argument
@click.argument("event_id")
def show(service: str, event_id: str) -> None:
    """Show one failed event: its reason and its envelope, but not its data."""
    opened = _store(service)
    with opened.database.sessions() as session:
        row = session.scalar(
            select(opened.tables.failed_events).where(opened.tables.failed_events.event_id == event_id)
        )
    if row is None:
        raise click.ClickException(f"{service} has no failed event with that id")
    click.echo(json.dumps(_shown(row), default=str, indent=1))


@command.command()
@service_argument
@click.argument("event_ids", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All failed events.")
@parked_option
@reason_option
def retry(service: str, event_ids: tuple[str, ...], every: bool, parked: bool, reason: str) -> None:
    """Give failed events a new round of attempts, beginning now: those with these ids, or those of the options."""
    selection = _selection(event_ids, parked, reason, by_option=every or parked or bool(reason))
    opened = _store(service)
    with opened.database.sessions.begin() as session:
        count = failed_events.retry_now(session, opened.tables.failed_events, selection, now=utc_now())
    click.echo(f"{service}: {count} will be tried again")
    _check_found(service, event_ids, count)


@command.command()
@service_argument
@click.argument("event_ids", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All failed events, or all that the other options leave.")
@parked_option
@reason_option
def drop(service: str, event_ids: tuple[str, ...], every: bool, parked: bool, reason: str) -> None:
    """Delete failed events for good: those with these ids, or with --all."""
    selection = _selection(event_ids, parked, reason, by_option=every)
    opened = _store(service)
    with opened.database.sessions.begin() as session:
        count = failed_events.drop(session, opened.tables, selection, now=utc_now())
    click.echo(f"{service}: {count} dropped")
    _check_found(service, event_ids, count)


def _selection(event_ids: tuple[str, ...], parked: bool, reason: str, *, by_option: bool) -> Selection:
    if bool(event_ids) == by_option:
        raise click.UsageError("name the events by their ids, or choose them with --all")
    return Selection(event_ids, parked, reason)


def _check_found(service: str, event_ids: tuple[str, ...], count: int) -> None:
    named = len(set(event_ids))
    if count < named:
        raise click.ClickException(f"{service} has only {count} of the {named} named")


def _store(service: str) -> Store:
    return open_store(service, installation_settings(os.environ))


def _state(row: FailedEventSummary) -> str:
    if row.next_attempt_at is None:
        return "parked"
    return f"waiting, next attempt at {row.next_attempt_at:%Y-%m-%d %H:%M:%S}"


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
