"""`arende migrate`: the stores at their newest revision."""

import os

import click

from services.operations.registry import SERVICES
from services.operations.stores import migrate
from services.standalone.config import installation_settings


@click.command("migrate")
@click.argument("service", type=click.Choice(SERVICES), required=False)
def command(service: str | None) -> None:
    """Bring one service's store, or all three, to the newest revision."""
    environ = installation_settings(os.environ)
    for each in [service] if service else SERVICES:
        migrate(each, environ)
        click.echo(f"{each}: at the newest revision")
