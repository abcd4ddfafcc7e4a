"""Forms on a case's page that are no action: what is typed is read as in an action's form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError

from services.routing.actions.definition import FormField


@dataclass(frozen=True)
class CaseForm:
    """Such a form: `name` begins the ids of its fields on the page."""

    name: str
    fields: tuple[FormField, ...]

    @property
    def field_names(self) -> tuple[str, ...]:
        """What it sends, with the key that each form has."""
        return ("key", *(field.name for field in self.fields))

    def read(self, schema: Schema, typed: Mapping[str, str]) -> dict[str, Any]:
        """What was typed, as the API's schema reads it. ValidationError by field, with the field's own message."""
        filled_in = {name: text for name, text in typed.items() if text}
        try:
            data: dict[str, Any] = schema.load(filled_in)
        except ValidationError as error:
            missing = {
                field.name: [field.missing] for field in self.fields if field.missing and field.name not in filled_in
            }
            raise ValidationError(error.messages_dict | missing) from error
        return data
