"""`arende reconcile`: what lacks a case, a receipt or a submission; events not handled; damaged files."""

import os
import re
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

import click

from services.cli.open_stores import open_stores
from services.operations.reconcile import damaged_attachments, damaged_documents, damaged_mail_files, missing
from services.operations.stores import Stores
from services.operations.unhandled import unhandled
from services.standalone.config import installation_settings
from shared.clock import utc_now
from shared.settings import EventTimes, load

SECONDS = {"s": 1, "m": 60, "h": 3600}


def _duration(_: click.Context, __: click.Parameter, text: str) -> timedelta:
    read = re.fullmatch(r"([0-9]{1,6})([smh])", text)
    if not read:
        raise click.BadParameter("write it as 90s, 5m or 2h")
    return timedelta(seconds=int(read[1]) * SECONDS[read[2]])


@click.command("reconcile")
@click.option("--grace", default="60s", show_default=True, callback=_duration, help="Leave out what is younger.")
def command(grace: timedelta) -> None:
    """Compare submissions, cases and receipts, and each service's events with what the others have handled.

    Print what is missing, and end with 1 if anything is.
    """
    environ, count = installation_settings(os.environ), 0
    for line in _lines(open_stores(environ), before=utc_now() - grace, keep=load(EventTimes, environ).keep):
        click.echo(line)
        count += 1
    click.echo(f"{count} missing" if count else "Nothing is missing.")
    sys.exit(1 if count else 0)


def _lines(opened: Stores, *, before: datetime, keep: timedelta) -> Iterator[str]:
    for each in missing(opened, before=before):
        yield f"{each.submission_id}  {each.kind} without {each.counterpart}"
    for event in unhandled(opened, since=before - keep, before=before):
        yield f"{event.event_id}  {event.name} of {event.publisher} not handled by {event.subscriber}"
    for damaged in damaged_attachments(opened):
        yield f"{damaged.id}  attachment of {damaged.submission_id} {damaged.damage}"
    for document in damaged_documents(opened):
        yield f"{document.id}  document of case {document.case_id} {document.damage}"
    for file in damaged_mail_files(opened):
        yield f"{file.id}  file of mail {file.mail_id} {file.damage}"
