"""`arende eservice`: e-service definitions, before they are put to use."""

import sys
from pathlib import Path

import click

from services.intake.eservices.loader import load
from services.operations.file_check import errors_of_files


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
    errors = errors_of_files(municipalities, folder)
    for error in errors:
        click.echo(error)
    good = sum(each is not None for definitions in load(folder).by_place.values() for each in definitions.values())
    click.echo(f"{good} right definitions, {len(errors)} errors")
    sys.exit(1 if errors or not good else 0)
