"""`arende search`: what officers' search finds."""

import os

import click

from services.cli.open_stores import open_store
from services.routing.search.documents import use_key
from services.routing.search.rebuild import rebuild as rebuild_documents
from services.routing.settings import Settings
from services.standalone.config import installation_settings
from shared.settings import load


@click.group("search")
def command() -> None:
    """What the officers' search finds."""


@command.command("rebuild")
def rebuild() -> None:
    """Let every case be found: after the upgrade that brought the search, and after the link key has changed."""
    environ = installation_settings(os.environ)
    sessions = open_store("routing", environ).database.sessions
    use_key(sessions, load(Settings, environ).link_key)
    count = 0
    for count in rebuild_documents(sessions):
        click.echo(f"{count} cases", err=True)
    click.echo(f"routing: {count} cases can be found")
