"""`arende notifications`: the messages that wait at notify."""

import os

import click

from services.cli.open_stores import open_store
from services.notify.delivery import manual_retry
from services.standalone.config import installation_settings
from shared.clock import utc_now


@click.group("notifications")
def command() -> None:
    """The messages to submitters that notify has not delivered."""


@command.command("send-now")
@click.option("--cause", "causes", multiple=True, metavar="CODE", help="Only what waits for this cause, as 450.")
@click.option("--failed", is_flag=True, help="Also what was given up, with a new round of attempts.")
def send_now(causes: tuple[str, ...], failed: bool) -> None:
    """Send now what waits for its next attempt: for when what kept the mail from its recipients is repaired."""
    opened = open_store("notify", installation_settings(os.environ))
    count = manual_retry.send_now(opened.database, now=utc_now(), causes=causes, failed=failed)
    click.echo(f"notify: {count} are sent now")
