"""The base of field types that are answered with text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.field import AnswerField, JsonSchema
from shared.clock import Clock
from shared.conditions.fact_types import FactKind, FactType
from shared.text import TextTooLong, TooManyMarks, cleaned, plain

# What a decoder puts where it found no character, and what is none.
_UNREADABLE = re.compile(r"[\ud800-\udfff\ufffd-\uffff]")
_PERSONAL_DATA = re.compile(r"[0-9]{6}\s?[-+]?\s?[0-9]{4}|\S@\S|(?:[0-9][\s-]?){8,}")


@dataclass(frozen=True, kw_only=True)
class TextualField(AnswerField):
    """A question answered with text: at most `max_length` characters, else `default_max_length`, and `max_words`.

    `has_grammar`: the text is a number, an address or the like, in which each character is written in one way.
    """

    default_max_length: ClassVar[int] = 200
    multiline: ClassVar[bool] = False
    has_grammar: ClassVar[bool] = False

    max_length: int | None = None
    max_words: int | None = None

    @property
    def longest(self) -> int:
        """The most characters."""
        return self.max_length or self.default_max_length

    @property
    def shows_limit(self) -> bool:
        """Whether the page shows how long the answer may be: a name on one line has room enough."""
        return self.max_words is not None or (self.multiline and self.max_length is not None)

    @property
    def fact_type(self) -> FactType:
        """Text."""
        return FactType(FactKind.TEXT)

    def read(self, value: Any, clock: Clock) -> str:
        """The text as `read_text` has it, if it is valid."""
        text = self.read_text(value)
        self.check(text)
        return text

    def read_text(self, value: Any) -> str:
        """Text without what nobody sees, in normal form C, not too long and readable. Raises InvalidAnswer."""
        if not isinstance(value, str):
            raise InvalidAnswer("type", "“%(label)s” must be text.", label=self.label)
        try:
            text = self._cleaned(value)
        except TextTooLong as error:
            raise self._too_long(error.length) from error
        except TooManyMarks as error:
            raise self._unreadable() from error
        if not text:
            raise self.required_error()
        if len(text) > self.longest:
            raise self._too_long(len(text))
        if _UNREADABLE.search(text):
            raise self._unreadable()
        self._check_words(text)
        return text

    def check(self, text: str) -> None:
        """Raise InvalidAnswer where the type takes only some texts."""

    def _cleaned(self, value: str) -> str:
        if self.has_grammar:
            return plain(value, self.longest)
        text = cleaned(value, self.longest)
        return text if self.multiline else " ".join(text.split())

    def _check_words(self, text: str) -> None:
        if self.max_words and (words := len(text.split())) > self.max_words:
            raise InvalidAnswer(
                "too_many_words",
                "“%(label)s” may be at most %(most)s words. Now it is %(words)s.",
                label=self.label,
                most=self.max_words,
                words=words,
            )

    def _too_long(self, length: int) -> InvalidAnswer:
        return InvalidAnswer(
            "too_long",
            "“%(label)s” may be at most %(most)s characters. Now it is %(length)s.",
            label=self.label,
            most=self.longest,
            length=length,
        )

    def _unreadable(self) -> InvalidAnswer:
        return InvalidAnswer(
            "characters",
            "“%(label)s” holds characters that cannot be read. Write the text anew.",
            label=self.label,
        )

    def json_schema(self) -> JsonSchema:
        """Text of a bounded length."""
        return {"type": "string", "maxLength": self.longest, **self._not_empty()}

    def _not_empty(self) -> Mapping[str, int]:
        return {"minLength": 1} if self.required else {}


def looks_personal(text: str) -> bool:
    """Whether the text seems to hold an identity number, an e-mail address or a telephone number."""
    return _PERSONAL_DATA.search(text) is not None
