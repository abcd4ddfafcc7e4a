"""A postal address in Sweden."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.compound import CompoundField
from services.intake.forms.fields.field import AnswerField, JsonSchema, Text
from services.intake.forms.fields.text import TextField
from shared.clock import Clock

MAX_STREET = 120
MAX_CITY = 60


@dataclass(frozen=True, kw_only=True)
class _PostalCode(TextField):
    input_class: ClassVar[str] = "input-short"
    inputmode: ClassVar[str] = "numeric"

    def read(self, value: Any, clock: Clock) -> str:
        """Five digits, as `796 31`."""
        digits = re.sub(r"\s", "", value) if isinstance(value, str) else ""
        if not re.fullmatch("[1-9][0-9]{4}", digits):
            raise InvalidAnswer("postal_code", "“%(label)s” must be five digits.", label=self.label)
        return f"{digits[:3]} {digits[3:]}"


@dataclass(frozen=True, kw_only=True)
class _City(TextField):
    input_class: ClassVar[str] = "input-medium"


@dataclass(frozen=True, kw_only=True)
class AddressField(CompoundField):
    """A postal address in Sweden, all of it required where any is."""

    type: ClassVar[str] = "address"
    template: ClassVar[str] = "fields/address.html"

    def make_parts(self) -> Mapping[str, AnswerField]:
        """Street, postal code, town."""
        return {
            "street": TextField(
                name=f"{self.name}.street",
                label={"sv": "Gatuadress eller box", "en": "Street address or box"},
                required=True,
                max_length=MAX_STREET,
                autocomplete="street-address",
            ),
            "postal_code": _PostalCode(
                name=f"{self.name}.postal_code",
                label={"sv": "Postnummer", "en": "Postal code"},
                required=True,
                autocomplete="postal-code",
            ),
            "city": _City(
                name=f"{self.name}.city",
                label={"sv": "Ort", "en": "Town"},
                required=True,
                max_length=MAX_CITY,
                autocomplete="address-level2",
            ),
        }

    def json_schema(self) -> JsonSchema:
        """An object with `street`, `postal_code` and `city`."""
        return {
            "type": "object",
            "properties": {
                "street": {"type": "string", "minLength": 1, "maxLength": MAX_STREET},
                "postal_code": {"type": "string", "pattern": "^\\s*[1-9]\\d{2}\\s?\\d{2}\\s*$"},
                "city": {"type": "string", "minLength": 1, "maxLength": MAX_CITY},
            },
            "required": ["street", "postal_code", "city"],
            "additionalProperties": False,
        }

    def display(self, value: Mapping[str, Any]) -> Text:
        """The address on one line."""
        return {"sv": f"{value['street']}, {value['postal_code']} {value['city']}"}
