"""A telephone number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import marshmallow

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.keys import AUTOCOMPLETE
from services.intake.forms.fields.textual import TextualField

_TELEPHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{4,24}")


@dataclass(frozen=True, kw_only=True)
class TelField(TextualField):
    """A telephone number, stored as it was typed."""

    type: ClassVar[str] = "tel"
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = AUTOCOMPLETE
    input_type: ClassVar[str] = "tel"
    input_class: ClassVar[str] = "input-medium"

    def check(self, text: str) -> None:
        """Digits, with what people put between them."""
        if not _TELEPHONE.fullmatch(text):
            raise InvalidAnswer(
                "telephone", "“%(label)s” is not a telephone number. Write it like 070-123 45 67.", label=self.label
            )
