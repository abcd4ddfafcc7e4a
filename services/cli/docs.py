"""`arende docs`: the parts of docs/ that are generated from the code."""

from pathlib import Path

import click
import orjson
import yaml

from services.operations.api_docs import asyncapi, case_states
from services.operations.field_reference import field_reference
from services.operations.file_schemas import file_schemas


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


@command.command()
def schemas() -> None:
    """Write docs/schemas/, by which editors check YAML files, from the code that reads the files."""
    for name, schema in file_schemas().items():
        text = orjson.dumps(schema, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
        _write(Path(f"docs/schemas/{name}.schema.json"), text)


@command.command()
def fields() -> None:
    """Write docs/field-types.md from the classes of the field types."""
    _write(Path("docs/field-types.md"), field_reference())


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    click.echo(file)
