"""`arende worker SERVICE`: one service's relay, consumer and timers."""

import os

import click

from services.operations.registry import SERVICES, part
from shared.settings import load


@click.command("worker")
@click.argument("service", type=click.Choice(SERVICES))
def command(service: str) -> None:
    """Run one service's worker until told to stop."""
    part(service, "worker").main(load(part(service, "settings").Settings, os.environ))
