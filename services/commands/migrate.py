"""`arende migrate`: the stores at their newest revision."""

import os

import click

from services.installation import meant
from services.parts import SERVICES
from services.stores import migrate


@click.command("migrate")
@click.argument("service", type=click.Choice(SERVICES), required=False)
def command(service: str | None) -> None:
    """Bring one service's store, or all three, to the newest revision."""
    environ = meant(os.environ)
    for each in [service] if service else SERVICES:
        migrate(each, environ)
        click.echo(f"{each}: at the newest revision")
