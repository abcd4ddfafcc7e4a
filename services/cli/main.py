"""The `arende` command: run the system, look into it, and mend what has stopped.

A command's module is imported when it is run, so that a web process loads no other service's code.
"""

import sys
from importlib import import_module
from typing import Any

import click

from shared.garbage import look_seldom_while_loading
from shared.settings import BadSetting

COMMANDS = (
    "up",
    "web",
    "worker",
    "migrate",
    "declare",
    "eservice",
    "token",
    "trace",
    "reconcile",
    "failed",
    "notifications",
    "search",
    "replay",
    "docs",
)


class Commands(click.Group):
    """The modules of services/cli, each with its `command`. A wrong setting ends in one line and status 2.

    So does a database or a broker that is away, with status 1.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, in the order that they are needed."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command, and return the command."""
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(f"services.cli.{cmd_name}").command
        return found

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        look_seldom_while_loading()
        try:
            return super().invoke(ctx)
        except BadSetting as error:
            click.echo(f"arende: {error}", err=True)
            sys.exit(2)
        except Exception as error:
            if (away := _what_is_away(error)) is None:
                raise
            click.echo(f"arende: {away}", err=True)
            sys.exit(1)


def _what_is_away(error: Exception) -> str | None:
    """One line on the database or the broker that could not be reached or let nobody in; None for another error."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - most commands end well

    from shared.database import is_outage  # noqa: PLC0415

    if isinstance(error, SQLAlchemyError) and is_outage(error):
        return f"the database does not answer: {_first_line(getattr(error, 'orig', error))}"
    notes = [note for note in getattr(error, "__notes__", ()) if note.startswith("broker ")]  # shared/bus/topology.py
    return f"the {notes[0]} does not answer: {_first_line(error)}" if notes else None


def _first_line(error: object) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Ärende: the event-driven backbone for a municipality's e-services."""


if __name__ == "__main__":
    main()
