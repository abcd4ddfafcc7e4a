"""`arende eservice`: e-service definitions, before they are put to use."""

import sys
from pathlib import Path

import click

from services.intake.eservices.loader import load


@click.group("eservice")
def command() -> None:
    """E-service definitions."""


@command.command()
@click.argument(
    "folder",
    envvar="ARENDE_ESERVICES",
    default="eservices",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
def check(folder: Path) -> None:
    """Check every definition of a folder; print each error with its file and line, and end with 1 if there is any."""
    found = load(folder)
    for error in found.errors:
        click.echo(error)
    count = sum(len(definitions) for definitions in found.by_place.values())
    click.echo(f"{count} definitions, {len(found.errors)} faults")
    sys.exit(1 if found.errors or not count else 0)
