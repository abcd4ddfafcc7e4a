"""An e-mail address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import marshmallow

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.field import JsonSchema
from services.intake.forms.fields.keys import AUTOCOMPLETE
from services.intake.forms.fields.textual import TextualField
from shared.clock import Clock
from shared.email_addresses import MAX_EMAIL, NoEmailAddress, normal_form


@dataclass(frozen=True, kw_only=True)
class EmailField(TextualField):
    """An e-mail address, stored in its normal form."""

    type: ClassVar[str] = "email"
    EXAMPLE: ClassVar[str] = """\
name: email
type: email
label: {sv: E-post, en: E-mail}
autocomplete: email
"""
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = AUTOCOMPLETE
    input_type: ClassVar[str] = "email"
    default_max_length: ClassVar[int] = MAX_EMAIL
    has_grammar: ClassVar[bool] = True

    def read(self, value: Any, clock: Clock) -> str:
        """The address in its normal form, out of what it stood in: `Kim <kim@example.se>,` or `mailto:`."""
        try:
            return normal_form(self.read_text(value))
        except NoEmailAddress as error:
            raise InvalidAnswer(
                "email",
                "“%(label)s” is not an e-mail address. Write it like name@example.se.",
                label=self.label,
            ) from error

    def json_schema(self) -> JsonSchema:
        """Text in the format `email`."""
        return {"type": "string", "format": "email", "maxLength": MAX_EMAIL}
