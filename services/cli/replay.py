"""`arende replay SERVICE --since TIME`: publishes again the events that a service has published since then."""

import os
from datetime import datetime

import click

from services.cli.open_stores import open_store
from services.operations.registry import SERVICES
from services.standalone.config import installation_settings
from shared.bus import outbox
from shared.clock import utc_now
from shared.settings import EventTimes, load


def _moment(_: click.Context, __: click.Parameter, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter("write it as 2026-11-23T08:00+01:00") from error
    if moment.tzinfo is None:
        raise click.BadParameter("name its zone, as 2026-11-23T08:00+01:00")
    return moment


@click.command("replay")
@click.argument("service", type=click.Choice(SERVICES))
@click.option("--since", required=True, callback=_moment, help="A time with its zone: 2026-11-23T08:00+01:00.")
def command(service: str, since: datetime) -> None:
    """Publish again what the service has published since then; subscribers skip what they have handled.

    It reaches ARENDE_EVENT_DAYS back: older events are deleted, and subscribers forget that they have handled them.
    """
    environ = installation_settings(os.environ)
    reach = utc_now() - load(EventTimes, environ).keep
    if since < reach:
        raise click.ClickException(
            f"events are kept since {reach:%Y-%m-%dT%H:%MZ} (ARENDE_EVENT_DAYS): name a later time"
        )
    opened = open_store(service, environ)
    with opened.database.sessions.begin() as session:
        count = outbox.replay(session, opened.tables.outbox, since=since, reach=reach)
    click.echo(f"{service}: {count} events will be published again")
