"""`arende declare`: the exchanges and queues of the bus."""

import os
from dataclasses import dataclass

import click

from shared.bus import topology
from shared.settings import load, setting, url


@dataclass(frozen=True)
class Settings:
    """The broker, as a user who may declare."""

    broker_url: str = setting(
        "ARENDE_BROKER_URL", "the message broker, amqp://user:password@host//", read=url("amqp", "amqps")
    )


@click.command("declare")
def command() -> None:
    """Declare the exchanges and queues of the bus, where the services' own users at the broker may not."""
    with topology.connect(load(Settings, os.environ).broker_url) as connection:
        topology.declare(connection)
        if not topology.may_declare(connection):
            raise click.ClickException("the user of ARENDE_BROKER_URL may not declare; nothing was bound")
    click.echo("the exchanges and queues of the bus are declared")
