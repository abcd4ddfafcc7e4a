"""`arende up`: the embedded default."""

import os

import click

from services.standalone.config import Settings
from services.standalone.run import run_standalone
from shared.settings import load


@click.command("up")
def command() -> None:
    """Run everything in one process, on SQLite files and a bus in memory, until Ctrl-C."""
    click.echo("Ärende is starting …")
    run_standalone(load(Settings, os.environ), os.environ)
