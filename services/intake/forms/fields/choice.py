"""The base of field types where one of several options is chosen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import marshmallow
from marshmallow import ValidationError, post_load, validate

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields import keys
from services.intake.forms.fields.field import AnswerField, JsonSchema, Text
from shared.clock import Clock
from shared.conditions.condition import Node
from shared.conditions.fact_types import FactKind, FactType
from shared.file_schema import FileSchema
from shared.validation import described


@dataclass(frozen=True)
class Option:
    """One of the answers that may be chosen."""

    code: str
    label: Text
    show_if: Node | None = None


@dataclass(frozen=True)
class OptionsFrom:
    """Options that are the rows of a data file: those whose columns equal the answers to the questions of `where`."""

    table: str
    where: Mapping[str, str] = field(default_factory=dict)


class OptionsFromSchema(FileSchema):
    """Options from a data file, with the columns `code` and `label`."""

    table = marshmallow.fields.Str(required=True, metadata=described("The name of the data file without `.yaml`."))
    where = keys.questions_by_column("The row's column, and the question whose answer equals it.")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> OptionsFrom:
        """As a dataclass."""
        return OptionsFrom(**data)


class OptionSchema(FileSchema):
    """An answer that may be chosen."""

    code = marshmallow.fields.Str(required=True, validate=keys.code)
    label = keys.text()
    show_if = keys.Conditions(metadata=described("The answer may be chosen only where this holds."))

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
            validate=[validate.Length(min=2, error="must be two or more"), _check_codes],
            metadata=described("The answers to choose from."),
        ),
        "options_from": marshmallow.fields.Nested(
            OptionsFromSchema, metadata=described("A data file with the answers to choose from, instead of `options`.")
        ),
    }
    may_hold_personal_data: ClassVar[bool] = False

    options: tuple[Option, ...] = ()
    options_from: OptionsFrom | None = None

    @classmethod
    def check_definition(cls, definition: Mapping[str, Any]) -> None:
        """There are options, of one source."""
        if ("options" in definition) == ("options_from" in definition):
            raise ValidationError("must have either options or options_from", "options")

    @property
    def fact_type(self) -> FactType:
        """One of the options."""
        codes = tuple(option.code for option in self.options)
        return FactType(FactKind.CHOICE, codes, option_name=f"option of {self.name}")

    def read(self, value: Any, clock: Clock) -> str:
        """The code of one of the options."""
        if not isinstance(value, str) or value not in self._labels:
            raise InvalidAnswer("option", "“%(label)s” must be one of the choices.", label=self.label)
        return value

    def check_shown(self, answer: Any, holds: Callable[[Node | None], bool]) -> None:
        """Raise InvalidAnswer where the chosen option is not shown with the answers before it."""
        chosen = next(option for option in self.options if option.code == answer)
        if not holds(chosen.show_if):
            raise InvalidAnswer(
                "option", "“%(label)s” must be one of the choices that fit your other answers.", label=self.label
            )

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
