"""The checks that keys of a definition file share, as marshmallow fields."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import fields, validate

from shared.file_schema import FileSchema
from shared.validation import described

code = validate.Regexp(r"[a-z][a-z0-9_]{0,39}\Z", error="must be lower-case letters a-z, digits and _, 40 at most")
filled = validate.Length(min=1, max=10_000, error="must not be empty")


AUTOCOMPLETE: Mapping[str, fields.Field[Any]] = {
    "autocomplete": fields.Str(validate=filled, metadata=described("What browsers may fill in, as HTML calls it.")),
}
MAX_LENGTH: Mapping[str, fields.Field[Any]] = {
    "max_length": fields.Int(
        strict=True,
        validate=validate.Range(1, 20_000),
        metadata=described("The longest answer in characters."),
    ),
}


class TextSchema(FileSchema):
    """A text in Swedish and English."""

    sv = fields.Str(required=True, validate=filled)
    en = fields.Str(required=True, validate=filled)


def text(**options: Any) -> fields.Nested:
    """A key whose value is a text in both languages; required unless the options make it optional."""
    return fields.Nested(TextSchema, **({"required": True} | options))


def with_tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    """What marshmallow loaded, with tuples for lists: a definition never changes."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}


def repeated(values: Iterable[str]) -> bool:
    """Whether one of the values is there twice."""
    seen = list(values)
    return len(seen) > len(set(seen))
