"""A telephone number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import marshmallow

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.keys import AUTOCOMPLETE
from services.intake.forms.fields.textual import TextualField

_TELEPHONE = re.compile(r"\+?[0-9][0-9 /.-]{4,24}", re.ASCII)
_SCHEME = re.compile("tel:", re.IGNORECASE)
_TRUNK_ZERO = re.compile(r"(?<=[0-9]) ?\(0\) ?")  # +46 (0)70: not dialled after the number of the country


@dataclass(frozen=True, kw_only=True)
class TelField(TextualField):
    """A telephone number, stored as it was typed, without brackets."""

    type: ClassVar[str] = "tel"
    EXAMPLE: ClassVar[str] = """\
name: phone
type: tel
label: {sv: Telefon, en: Telephone}
autocomplete: tel
"""
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = AUTOCOMPLETE
    input_type: ClassVar[str] = "tel"
    input_class: ClassVar[str] = "input-medium"
    has_grammar: ClassVar[bool] = True

    def _cleaned(self, value: str) -> str:
        text = _SCHEME.sub("", super()._cleaned(value), count=1)
        return " ".join(re.sub("[()]", "", _TRUNK_ZERO.sub(" ", text)).strip(" ,;.").split())

    def check(self, text: str) -> None:
        """Digits, with what people put between them."""
        if not _TELEPHONE.fullmatch(text):
            raise InvalidAnswer(
                "telephone", "“%(label)s” is not a telephone number. Write it like 070-123 45 67.", label=self.label
            )
