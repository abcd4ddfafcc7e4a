"""The pattern that a text must have: a regular expression without backtracking, its own message, and an example."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import marshmallow
import re2
from marshmallow import ValidationError, post_load, validate

from services.intake.forms.fields import keys
from services.intake.forms.fields.field import Text
from shared.file_schema import FileSchema
from shared.validation import described

LONGEST_REGEX = 500
_MEMORY = 1_000_000  # bytes that a compiled expression may take
_KEPT = 1_000


@dataclass(frozen=True)
class Pattern:
    """What a whole text must match, in the syntax of RE2, whose time grows with the text alone.

    `message` is for those whose text does not match, `example` a text that does.
    """

    regex: str
    message: Text
    example: str

    def matches(self, text: str) -> bool:
        """Whether the whole text has the pattern."""
        return _compiled(self.regex).fullmatch(text) is not None


# What RE2 has and JSON Schema has not.
_NOT_IN_JSON_SCHEMA = re.compile(r"\(\?(?!:)|\\[AzQEC]|\[\[:")


def _check_regex(regex: str) -> None:
    if _NOT_IN_JSON_SCHEMA.search(regex):
        raise ValidationError(
            "must be without flags, named groups, \\A, \\z, \\Q, \\C and [[: : JSON Schema has none of them"
        )
    try:
        _compiled(regex)
    except re2.error as error:
        [reason, *_] = error.args
        text = reason.decode() if isinstance(reason, bytes) else reason
        raise ValidationError(f"is no regular expression as RE2 has them: {text}") from error


class PatternSchema(FileSchema):
    """A pattern that the answer must have."""

    regex = marshmallow.fields.Str(
        required=True,
        validate=[
            keys.filled,
            validate.Length(max=LONGEST_REGEX, error="must be {max} characters at most"),
            _check_regex,
        ],
        metadata=described("A regular expression that the whole answer matches, as RE2 has them; `\\d` is 0-9."),
    )
    message = keys.text(metadata=described("For those whose answer does not match."))
    example = marshmallow.fields.Str(
        required=True,
        validate=keys.filled,
        metadata=described("An answer that matches; the definition is checked by it."),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Pattern:
        """As a dataclass, if the example matches."""
        pattern = Pattern(**data)
        if not pattern.matches(pattern.example):
            raise ValidationError(f"{pattern.example} does not match {pattern.regex}", "example")
        return pattern


@lru_cache(_KEPT)
def _compiled(regex: str) -> Any:
    options = re2.Options()
    options.max_mem, options.log_errors = _MEMORY, False
    return re2.compile(regex, options)
