"""`arende docs`: the parts of docs/ that are generated from the code."""

from pathlib import Path

import click
import yaml

from services.operations.api_docs import asyncapi, case_states


@click.group("docs")
def command() -> None:
    """Write the generated parts of docs/."""


@command.command()
def events() -> None:
    """Write docs/asyncapi.yaml from the event schemas."""
    document = yaml.safe_dump(asyncapi(), sort_keys=False, allow_unicode=True, width=110)
    _write(Path("docs/asyncapi.yaml"), f"# Written by `arende docs events`.\n{document}")


@command.command()
def states() -> None:
    """Write docs/case-states.md from the state machine of a case."""
    _write(Path("docs/case-states.md"), case_states())


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    click.echo(file)
