"""`arende replay SERVICE --since TIME`: told events, told again."""

import os
from datetime import datetime

import click

from services.operations.registry import SERVICES
from services.operations.stores import store
from services.standalone.config import meant
from shared.bus import outbox


def _moment(_: click.Context, __: click.Parameter, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as fault:
        raise click.BadParameter("write it as 2026-11-23T08:00+01:00") from fault
    if moment.tzinfo is None:
        raise click.BadParameter("say in which zone, as 2026-11-23T08:00+01:00")
    return moment


@click.command("replay")
@click.argument("service", type=click.Choice(SERVICES))
@click.option("--since", required=True, callback=_moment, help="A time with its zone: 2026-11-23T08:00+01:00.")
def command(service: str, since: datetime) -> None:
    """Publish again what the service has told since then; who has acted on it already skips it."""
    opened = store(service, meant(os.environ))
    with opened.database.sessions.begin() as session:
        count = outbox.replay(session, opened.tables.outbox, since=since)
    click.echo(f"{service}: {count} events will be published again")
