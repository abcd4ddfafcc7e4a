"""An e-mail address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import marshmallow
from email_validator import EmailNotValidError, validate_email

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.field import JsonSchema
from services.intake.forms.fields.keys import AUTOCOMPLETE
from services.intake.forms.fields.textual import TextualField
from shared.clock import Clock

MAX_EMAIL = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets


@dataclass(frozen=True, kw_only=True)
class EmailField(TextualField):
    """An e-mail address, stored in its normal form."""

    type: ClassVar[str] = "email"
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = AUTOCOMPLETE
    input_type: ClassVar[str] = "email"
    default_max_length: ClassVar[int] = MAX_EMAIL

    def read(self, value: Any, clock: Clock) -> str:
        """The address in its normal form."""
        try:
            return str(validate_email(self.read_text(value), check_deliverability=False).normalized)
        except EmailNotValidError as error:
            raise InvalidAnswer(
                "email",
                "“%(label)s” is not an e-mail address. Write it like name@example.se.",
                label=self.label,
            ) from error

    def json_schema(self) -> JsonSchema:
        """Text in the format `email`."""
        return {"type": "string", "format": "email", "maxLength": MAX_EMAIL}
