"""The generated reference of field types: each with its keys and an example, from the class of the type."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from services.intake.forms.fields.field import Field
from services.intake.forms.fields.keys import TextSchema
from services.intake.forms.fields.registry import FIELD_TYPES, FieldSchema

_HEAD = """\
<!-- Written by `arende docs fields`. -->
# Field types

A question of an e-service's form is a field of one of these types. It takes the keys of every field and those of its
own type, and no others. [adding-an-eservice.md](adding-an-eservice.md) has the rest of a definition.

What people paste is cleaned before it is read: characters that nobody sees are left out, and numbers and addresses may
have the dashes, spaces and brackets of word processors and address books.
"""

_KINDS: tuple[tuple[type[fields.Field[Any]], str], ...] = (
    (fields.Boolean, "`true` or `false`"),
    (fields.Integer, "a whole number"),
    (fields.Float, "a number"),
    (fields.String, "text"),
)


def field_reference() -> str:
    """The document, as Markdown."""
    of_all = _table(FieldSchema().fields)
    parts = [_HEAD, f"## Keys of every field\n\n{of_all}", *(_section(kind) for kind in FIELD_TYPES.values())]
    return "\n".join(parts)


def _section(kind: type[Field]) -> str:
    meaning = " ".join(inspect.cleandoc(kind.__doc__ or "").split("\n\n")[0].split())
    fact = "" if kind.may_hold_personal_data else "Its answer may be a fact for routing rules.\n\n"
    own = f"{_table(kind.KEYS)}\n" if kind.KEYS else ""
    return f"## `{kind.type}`\n\n{meaning}\n\n{fact}{own}```yaml\n{kind.EXAMPLE}```\n"


def _table(keys: Mapping[str, fields.Field[Any]]) -> str:
    rows = [f"| {' | '.join(row)} |" for name, field in keys.items() for row in _rows(name, field)]
    return "\n".join(("| key | value | meaning |", "|---|---|---|", *rows, ""))


def _rows(name: str, field: fields.Field[Any]) -> Iterator[Sequence[str]]:
    """The row of a key, and those of the keys within it."""
    meaning = field.metadata.get("description", "").replace("|", "\\|")
    yield f"`{name}`", _value(field), meaning + (" Required." if field.required else "")
    inner = field.inner if isinstance(field, fields.List) else field
    if isinstance(inner, fields.Nested) and not isinstance(inner.schema, TextSchema):
        schema: Schema = inner.schema
        for key, each in schema.fields.items():
            yield from _rows(f"{name}.{key}", each)


def _value(field: fields.Field[Any]) -> str:
    if isinstance(field, fields.List):
        return f"a list: {_value(field.inner)}"
    if isinstance(field, fields.Nested):
        return "text in `sv` and `en`" if isinstance(field.schema, TextSchema) else "a mapping"
    for check in field.validators:
        if isinstance(check, validate.OneOf):
            return ", ".join(f"`{choice}`" for choice in check.choices)
        if isinstance(check, validate.Range):
            return f"{_kind(field)}, {check.min:,} to {check.max:,}"
    return _kind(field)


def _kind(field: fields.Field[Any]) -> str:
    return next((text for kind, text in _KINDS if isinstance(field, kind)), "")
