"""What every field type is: a class with everything that depends on the type.

`registry.py` lists the types. A field whose answer is in JSON is an `AnswerField`; files have a class of their own.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

import marshmallow

from services.intake.forms.errors import InvalidAnswer
from shared.clock import Clock
from shared.conditions.condition import Node
from shared.conditions.fact_types import FactType
from shared.i18n.translations import DEFAULT, SOURCE
from shared.text import TextTooLong, TooManyMarks, is_unseen, plain

Text = Mapping[str, str]
Posted = Mapping[str, str]
JsonSchema = dict[str, Any]

LANGUAGES = (DEFAULT, SOURCE)
_LONGEST_VALUE = 60  # characters of a number, a day or the like


class Reuse(StrEnum):
    """Whether a question may be prefilled: never with a consent, nor with what holds for one period only."""

    ALLOWED = "allowed"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True)
class Field(ABC):
    """One question of a form.

    `fact`: routing rules may see the answer. `show_if`: the question is asked only where this holds, and elsewhere no
    answer is taken. `require_if`: an answer is needed where this holds. `reuse`: whether it may be prefilled.

    A type declares: `type`, its name in definition files; `EXAMPLE`, a definition, for the documentation; `KEYS`, the
    keys of a definition that only some types take; `may_hold_personal_data`, which keeps answers from being facts or
    part of a case's title; `template`, the HTML of the question; `may_be_prefilled`.
    """

    type: ClassVar[str]
    EXAMPLE: ClassVar[str]
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = {}
    may_hold_personal_data: ClassVar[bool] = True
    template: ClassVar[str]
    may_be_prefilled: ClassVar[bool] = False

    name: str
    label: Text
    hint: Text | None = None
    required: bool = False
    show_if: Node | None = None
    require_if: Node | None = None
    fact: bool = False
    reuse: Reuse = Reuse.ALLOWED

    @property
    def is_public(self) -> bool:
        """Whether anyone may read the answer, so that it may be part of the case's title."""
        return not self.may_hold_personal_data

    @abstractmethod
    def json_schema(self) -> JsonSchema:
        """What an answer may be, as JSON Schema, without title and description."""

    def definition_errors(self) -> dict[str, Any]:
        """What is wrong where keys of the definition, each of them good, do not fit together: messages by key."""
        return {}

    def required_error(self) -> InvalidAnswer:
        """The error where an answer is needed and there is none."""
        return InvalidAnswer("required", "“%(label)s” must be filled in.", label=self.label)

    def input_name(self, part: str | None = None) -> str:
        """The name of the input on the page that an error belongs to: of a part of the answer, or of the first."""
        return self.name


@dataclass(frozen=True, kw_only=True)
class AnswerField(Field):
    """A question whose answer is a value in JSON.

    `input_type`, `input_class`, `inputmode` and `autocomplete` are of the HTML input, where the type has a single one.
    `masked`: the last characters of the answer are not shown again to the person who gave it. `script_kind`: as what
    the page's script reads the answer, where the kind of its fact does not say so.
    """

    template: ClassVar[str] = "fields/line.html"
    input_type: ClassVar[str] = "text"
    input_class: ClassVar[str] = ""
    inputmode: ClassVar[str] = ""
    masked: ClassVar[bool] = False
    script_kind: ClassVar[str | None] = None
    may_be_prefilled: ClassVar[bool] = True

    autocomplete: str | None = None

    @property
    def fact_type(self) -> FactType | None:
        """What a condition may compare the stored answer as; None where no condition can use it."""
        return None

    @abstractmethod
    def read(self, value: Any, clock: Clock) -> Any:
        """The answer as it is stored, from JSON that is not blank. Raises InvalidAnswer, or InvalidParts."""

    def from_browser(self, posted: Posted) -> Any:
        """The answer as the API would have it, from what a browser posts, which is all text."""
        return posted.get(self.name)

    def to_browser(self, answer: Any) -> dict[str, str]:
        """What a browser shows and posts of a stored answer: the text of each input that it fills in."""
        return {self.name: answer}

    def display(self, value: Any) -> Text:
        """The stored answer by language; what needs no translation has only `sv`."""
        return {"sv": value}


def is_blank(value: Any) -> bool:
    """Whether nothing was answered: null, text in which nothing is seen, an empty list, or an object of only such."""
    if isinstance(value, dict):
        return all(is_blank(part) for part in value.values())
    return value is None or value == [] or (isinstance(value, str) and is_unseen(value))


def plain_text(value: Any) -> str:
    """What somebody wrote of a number, a day or the like, in plain characters; nothing where it is none or too long."""
    try:
        text = plain(value, _LONGEST_VALUE) if isinstance(value, str) else ""
    except (TextTooLong, TooManyMarks):
        return ""
    return text if len(text) <= _LONGEST_VALUE else ""
