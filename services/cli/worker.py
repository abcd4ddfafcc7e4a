"""`arende worker SERVICE`: one service's relay, consumer and timers."""

import os

import click

from services.operations.registry import SERVICES
from services.operations.registry import service as registered
from shared.settings import BadSetting


@click.command("worker")
@click.argument("service", type=click.Choice(SERVICES))
def command(service: str) -> None:
    """Run one service's worker until it is stopped."""
    if os.environ.get("ARENDE_BROKER_URL", "").startswith("memory:"):
        raise BadSetting(
            "ARENDE_BROKER_URL is wrong (memory: reaches no other process): set it to amqp://… or amqps://…"
        )
    registered(service).run_worker(os.environ)
