"""The bases of field types with options: one of them is chosen, or several."""

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

    code = marshmallow.fields.Str(
        required=True, validate=keys.code, metadata=described("What is stored; unique in the question.")
    )
    label = keys.text(metadata=described("What is shown."))
    show_if = keys.Conditions(metadata=described("The answer may be chosen only where this holds."))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Option:
        """As a dataclass."""
        return Option(**data)


def _check_codes(options: Sequence[Option]) -> None:
    if repeated := keys.repeated(option.code for option in options):
        raise ValidationError(f"two options have the same code, {', '.join(repeated)}")


@dataclass(frozen=True, kw_only=True)
class OptionsField(AnswerField):
    """A question with `options`, which the answer names by their codes."""

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

    def definition_errors(self) -> dict[str, Any]:
        """There are options, of one source."""
        if bool(self.options) == (self.options_from is not None):
            return {"options": ["must have either options or options_from"]}
        return {}

    def check_shown(self, answer: Any, holds: Callable[[Node | None], bool]) -> None:
        """Raise InvalidAnswer where a chosen option is not shown with the answers before it."""
        chosen = answer if isinstance(answer, list) else [answer]
        if not all(holds(option.show_if) for option in self.options if option.code in chosen):
            raise InvalidAnswer(
                "option", "“%(label)s” must be one of the choices that fit your other answers.", label=self.label
            )

    @cached_property
    def labels(self) -> Mapping[str, Text]:
        """The label of each option by its code, in the order of the page."""
        return {option.code: option.label for option in self.options}

    def required_error(self) -> InvalidAnswer:
        """Asks to choose; other types ask to fill in."""
        return choose_error(self.label)


@dataclass(frozen=True, kw_only=True)
class ChoiceField(OptionsField):
    """A question with `options`; the answer is the code of one of them."""

    @property
    def choices(self) -> Sequence[Option]:
        """The options as a browser posts them."""
        return self.options

    @property
    def fact_type(self) -> FactType:
        """One of the codes."""
        return FactType(FactKind.CHOICE, tuple(self.labels), option_name=f"option of {self.name}")

    def read(self, value: Any, clock: Clock) -> str:
        """The code of one of the options."""
        if not isinstance(value, str) or value not in self.labels:
            raise InvalidAnswer("option", "“%(label)s” must be one of the choices.", label=self.label)
        return value

    def json_schema(self) -> JsonSchema:
        """One of the codes."""
        return {"enum": list(self.labels)}

    def display(self, value: str) -> Text:
        """The label of the chosen option."""
        return self.labels[value]


def choose_error(label: Text) -> InvalidAnswer:
    """The error where a choice is needed and there is none."""
    return InvalidAnswer("required", "Choose an answer to “%(label)s”.", label=label)
