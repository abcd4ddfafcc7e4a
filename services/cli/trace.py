"""`arende trace REFERENCE`: one submission's whole way."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import click

from services.cli.open_stores import open_stores
from services.operations.trace import Step, UnknownReference, trace_submission
from services.standalone.config import installation_settings
from shared.clock import utc_now
from shared.settings import EventTimes, load


@click.command("trace")
@click.argument("reference")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
def command(reference: str, as_json: bool) -> None:
    """Show one submission's whole way through all three services, in order, with times.

    Lag is the time since the event was recorded, or since the notification became due.
    """
    environ = installation_settings(os.environ)
    try:
        steps = trace_submission(open_stores(environ), reference)
    except UnknownReference as error:
        raise click.ClickException("no submission has that reference") from error
    click.echo(json.dumps([asdict(step) for step in steps], default=str, indent=1) if as_json else _table(steps))
    since = utc_now() - load(EventTimes, environ).keep
    if any(step.at and step.at < since for step in steps):
        click.echo(f"Events from before {since:%Y-%m-%d} may be deleted already (ARENDE_EVENT_DAYS).", err=True)


def _table(steps: Sequence[Step]) -> str:
    start = next(step.at for step in steps if step.at)
    head = f"{'time (UTC)':<23}  {'since start':>11}  {'lag':>9}  {'service':<7}  what"
    return "\n".join([head, *(_line(step, start) for step in steps)])


def _line(step: Step, start: datetime) -> str:
    at = step.at.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] if step.at else "not yet"
    since = f"{(step.at - start).total_seconds():.3f} s" if step.at else ""
    lag = f"{step.lag:.3f} s" if step.lag is not None else ""
    return f"{at:<23}  {since:>11}  {lag:>9}  {step.service:<7}  {step.what}"
