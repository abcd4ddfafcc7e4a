"""Text of several lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import marshmallow

from services.intake.forms.fields.keys import MAX_LENGTH
from services.intake.forms.fields.textual import TextualField


@dataclass(frozen=True, kw_only=True)
class TextAreaField(TextualField):
    """Text of several lines."""

    type: ClassVar[str] = "textarea"
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = MAX_LENGTH
    template: ClassVar[str] = "fields/textarea.html"
    default_max_length: ClassVar[int] = 5000
    multiline: ClassVar[bool] = True
