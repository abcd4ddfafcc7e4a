"""`arende eservice`: e-service definitions, before they are put to use."""

import sys
from pathlib import Path

import click

from services.intake.eservices import loader as definitions
from services.routing.organisation import loader as casework
from shared import municipalities as tenants
from shared.eservice_files import unread


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
@click.option(
    "--municipalities",
    envvar="ARENDE_MUNICIPALITIES",
    default="municipalities",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of those that offer them.",
)
def check(folder: Path, municipalities: Path) -> None:
    """Check every definition of a folder, and the files of the municipalities that offer them.

    Prints each error with its file and line, and ends with 1 if there is any.
    """
    found = definitions.load(folder)
    known, bad = tenants.read(municipalities)
    # Casework is read only where every municipality can be.
    further = unread(folder, known) if bad else casework.read(municipalities, folder).errors
    lacking = [f"{slug}: {code}: {message}" for slug in known for code, message in found.unusable(slug).items()]
    errors = [*bad, *found.errors, *further, *lacking]
    for error in errors:
        click.echo(error)
    good = sum(each is not None for place in found.by_place.values() for each in place.values())
    click.echo(f"{good} right definitions, {len(errors)} errors")
    sys.exit(1 if errors or not good else 0)
