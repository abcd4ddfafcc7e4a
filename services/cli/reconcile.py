"""`arende reconcile`: accepted submissions that lack a case or a receipt, and the other way round."""

import os
import re
import sys
from datetime import timedelta

import click

from services.operations.reconcile import missing
from services.operations.stores import stores
from services.standalone.config import installation_settings
from shared.clock import utc_now

SECONDS = {"s": 1, "m": 60, "h": 3600}


def _duration(_: click.Context, __: click.Parameter, text: str) -> timedelta:
    read = re.fullmatch(r"([0-9]{1,6})([smh])", text)
    if not read:
        raise click.BadParameter("write it as 90s, 5m or 2h")
    return timedelta(seconds=int(read[1]) * SECONDS[read[2]])


@click.command("reconcile")
@click.option("--grace", default="60s", show_default=True, callback=_duration, help="Leave out what is younger.")
def command(grace: timedelta) -> None:
    """Compare submissions, cases and receipts; print what lacks a counterpart, and end with 1 if anything does."""
    count = 0
    for each in missing(stores(installation_settings(os.environ)), before=utc_now() - grace):
        click.echo(f"{each.submission_id}  {each.kind} without {each.counterpart}")
        count += 1
    click.echo(f"{count} missing" if count else "Nothing is missing.")
    sys.exit(1 if count else 0)
