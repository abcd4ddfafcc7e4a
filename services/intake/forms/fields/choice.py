"""The base of field types where one of several options is chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import marshmallow
from marshmallow import ValidationError, post_load, validate

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields import keys
from services.intake.forms.fields.field import AnswerField, JsonSchema, Text
from shared.clock import Clock
from shared.file_schema import FileSchema
from shared.validation import described


@dataclass(frozen=True)
class Option:
    """One of the answers that may be chosen."""

    code: str
    label: Text


class OptionSchema(FileSchema):
    """An answer that may be chosen."""

    code = marshmallow.fields.Str(required=True, validate=keys.code)
    label = keys.text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Option:
        """As a dataclass."""
        return Option(**data)


def _check_codes(options: Sequence[Option]) -> None:
    if keys.repeated(option.code for option in options):
        raise ValidationError("two options have the same code")


@dataclass(frozen=True, kw_only=True)
class ChoiceField(AnswerField):
    """A question with `options`; the answer is the code of one of them."""

    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = {
        "options": marshmallow.fields.List(
            marshmallow.fields.Nested(OptionSchema),
            required=True,
            validate=[validate.Length(min=2, error="must be two or more"), _check_codes],
            metadata=described("The answers to choose from."),
        ),
    }
    may_hold_personal_data: ClassVar[bool] = False

    options: tuple[Option, ...]

    def read(self, value: Any, clock: Clock) -> str:
        """The code of one of the options."""
        if not isinstance(value, str) or value not in self._labels:
            raise InvalidAnswer("option", "“%(label)s” must be one of the choices.", label=self.label)
        return value

    def json_schema(self) -> JsonSchema:
        """One of the codes."""
        return {"enum": [option.code for option in self.options]}

    def display(self, value: str) -> Text:
        """The label of the chosen option."""
        return self._labels[value]

    def required_error(self) -> InvalidAnswer:
        """Asks to choose; other types ask to fill in."""
        return InvalidAnswer("required", "Choose an answer to “%(label)s”.", label=self.label)

    @cached_property
    def _labels(self) -> Mapping[str, Text]:
        return {option.code: option.label for option in self.options}
