"""The checks that keys of a definition file share, as marshmallow fields."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from shared.conditions.condition import InvalidCondition, Node, parse, parse_list
from shared.file_schema import FileSchema, OneOf
from shared.validation import Path, described

code = validate.Regexp(r"[a-z][a-z0-9_]{0,39}\Z", error="must be lower-case letters a-z, digits and _, 40 at most")
filled = validate.Length(min=1, max=10_000, error="must not be empty")


class Conditions(fields.Field[Node]):
    """A condition, or a list of them that must all hold."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> Node:
        try:
            return parse_list(value) if isinstance(value, list) else parse(value)
        except InvalidCondition as invalid:
            raise ValidationError(nested((each.path, each.message) for each in invalid.errors)) from invalid


def nested(messages: Iterable[tuple[Path, str]]) -> Any:
    """Messages, each with its path, as marshmallow nests them."""
    found: dict[Any, Any] = {}
    for path, message in messages:
        inside = found
        for step in path:
            inside = inside.setdefault(step, {})
        inside.setdefault("_schema", []).append(message)
    return found


RESERVED = (  # names and ids of the pages' own
    *("csrf_token", "key", "waited", "remove", "supplement", "main", "errors"),
    *("draft", "shown", "add", "drop", "go", "check", "prefill"),
)


def name(**options: Any) -> fields.Str:
    """A required key whose value is a name in the form, of a question, a repeated section or a page."""
    unreserved = validate.NoneOf(RESERVED, error="{input} is a name that the pages use")
    return fields.Str(required=True, validate=[code, unreserved], **options)


def questions_by_column(meaning: str) -> fields.Dict:
    """A key whose value is a mapping from the columns of a data file to names of questions."""
    return fields.Dict(keys=fields.Str(), values=fields.Str(), metadata=described(meaning))


AUTOCOMPLETE: Mapping[str, fields.Field[Any]] = {
    "autocomplete": fields.Str(validate=filled, metadata=described("What browsers may fill in, as HTML calls it.")),
}
LIMITS: Mapping[str, fields.Field[Any]] = {
    "max_length": fields.Int(
        strict=True,
        validate=validate.Range(1, 20_000),
        metadata=described("The longest answer in characters; else 200 on one line, 5,000 on several."),
    ),
    "max_words": fields.Int(
        strict=True,
        validate=validate.Range(1, 5_000),
        metadata=described("The longest answer in words; the page counts them."),
    ),
}
RANGE: Mapping[str, fields.Field[Any]] = {
    "minimum": fields.Float(metadata=described("The smallest number.")),
    "maximum": fields.Float(metadata=described("The largest number.")),
}


def when(which: str) -> Mapping[str, fields.Field[Any]]:
    """The key `when`, of what is past or future; `which` is its meaning."""
    return {"when": fields.Str(validate=OneOf(("past", "future")), metadata=described(which))}


class TextSchema(FileSchema):
    """A text in Swedish and English."""

    error_messages = {"type": "must be in both languages: {sv: …, en: …}"}  # noqa: RUF012

    sv = fields.Str(required=True, validate=filled)
    en = fields.Str(required=True, validate=filled)


def text(**options: Any) -> fields.Nested:
    """A key whose value is a text in both languages; required unless the options make it optional."""
    return fields.Nested(TextSchema, **({"required": True} | options))


def with_tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    """What marshmallow loaded, with tuples for lists: a definition never changes."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}


def repeated(values: Iterable[str]) -> list[str]:
    """The values that are there more than once, each once."""
    return [value for value, times in Counter(values).items() if times > 1]
