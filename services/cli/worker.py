"""`arende worker SERVICE`: one service's relay, consumer and timers."""

import os

import click

from services.operations.registry import SERVICES
from services.operations.registry import service as registered


@click.command("worker")
@click.argument("service", type=click.Choice(SERVICES))
def command(service: str) -> None:
    """Run one service's worker until it is stopped."""
    registered(service).run_worker(os.environ)
