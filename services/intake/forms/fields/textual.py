"""The base of field types that are answered with text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.field import AnswerField, JsonSchema
from shared.clock import Clock
from shared.text import TextTooLong, TooManyMarks, normalized

# Control characters, and what a decoder puts where it found no character.
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd-\uffff]")
_PERSONAL_DATA = re.compile(r"[0-9]{6}\s?[-+]?\s?[0-9]{4}|\S@\S|(?:[0-9][\s-]?){8,}")


@dataclass(frozen=True, kw_only=True)
class TextualField(AnswerField):
    """A question answered with text on one line; `max_length` in characters, else `default_max_length` is the most."""

    default_max_length: ClassVar[int] = 200
    multiline: ClassVar[bool] = False

    max_length: int | None = None

    def read(self, value: Any, clock: Clock) -> str:
        """The text as `read_text` has it, if it is valid."""
        text = self.read_text(value)
        self.check(text)
        return text

    def read_text(self, value: Any) -> str:
        """Text in normal form C with its ends trimmed, not too long and readable. Raises InvalidAnswer."""
        if not isinstance(value, str):
            raise InvalidAnswer("type", "“%(label)s” must be text.", label=self.label)
        try:
            text = normalized(value, self._longest).replace("\r\n", "\n").strip()
        except TextTooLong as error:
            raise self._too_long(error.length) from error
        except TooManyMarks as error:
            raise self._unreadable() from error
        text = text if self.multiline else " ".join(text.split())
        if len(text) > self._longest:
            raise self._too_long(len(text))
        if _UNREADABLE.search(text):
            raise self._unreadable()
        return text

    def check(self, text: str) -> None:
        """Raise InvalidAnswer where the type takes only some texts."""

    def _too_long(self, length: int) -> InvalidAnswer:
        return InvalidAnswer(
            "too_long",
            "“%(label)s” may be at most %(most)s characters. Now it is %(length)s.",
            label=self.label,
            most=self._longest,
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
        return {"type": "string", "maxLength": self._longest, **self._not_empty()}

    def _not_empty(self) -> Mapping[str, int]:
        return {"minLength": 1} if self.required else {}

    @property
    def _longest(self) -> int:
        return self.max_length or self.default_max_length


def looks_personal(text: str) -> bool:
    """Whether the text seems to hold an identity number, an e-mail address or a telephone number."""
    return _PERSONAL_DATA.search(text) is not None
