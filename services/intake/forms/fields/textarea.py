"""Text of several lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import marshmallow

from services.intake.forms.fields.keys import LIMITS
from services.intake.forms.fields.textual import TextualField


@dataclass(frozen=True, kw_only=True)
class TextAreaField(TextualField):
    """Text of several lines."""

    type: ClassVar[str] = "textarea"
    EXAMPLE: ClassVar[str] = """\
name: reasons
type: textarea
label: {sv: "Varför söker du?", en: "Why do you apply?"}
max_words: 300
"""
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = LIMITS
    template: ClassVar[str] = "fields/textarea.html"
    default_max_length: ClassVar[int] = 5000
    multiline: ClassVar[bool] = True
