"""A place: described, with or without its position."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from services.intake.forms.errors import InvalidParts
from services.intake.forms.fields.compound import CompoundField
from services.intake.forms.fields.field import AnswerField, JsonSchema, Text
from services.intake.forms.fields.number import NumberField
from services.intake.forms.fields.text import TextField
from shared.clock import Clock
from shared.conditions.fact_types import FactKind, FactType

MAX_TEXT = 300


@dataclass(frozen=True, kw_only=True)
class PlaceField(CompoundField):
    """A described place, with or without its position (WGS 84)."""

    type: ClassVar[str] = "place"
    EXAMPLE: ClassVar[str] = """\
name: place
type: place
label: {sv: "Var är det?", en: "Where is it?"}
required: true
"""
    template: ClassVar[str] = "fields/place.html"

    def make_parts(self) -> Mapping[str, AnswerField]:
        """The description, and the position, which lies in Sweden or a little outside: anything else is a mistake."""
        return {
            "text": TextField(name=f"{self.name}.text", label=self.label, required=True, max_length=MAX_TEXT),
            "latitude": NumberField(
                name=f"{self.name}.latitude", label={"sv": "Latitud", "en": "Latitude"}, minimum=55, maximum=69.5
            ),
            "longitude": NumberField(
                name=f"{self.name}.longitude", label={"sv": "Longitud", "en": "Longitude"}, minimum=10, maximum=25
            ),
        }

    @property
    def fact_type(self) -> FactType:
        """A place."""
        return FactType(FactKind.PLACE)

    def read(self, value: Any, clock: Clock) -> dict[str, Any]:
        """The place; a position has both its parts."""
        answer = super().read(value, clock)
        if ("latitude" in answer) != ("longitude" in answer):
            missing = "longitude" if "latitude" in answer else "latitude"
            raise InvalidParts({missing: self.parts[missing].required_error()})
        return answer

    def json_schema(self) -> JsonSchema:
        """An object with `text`, and both or none of `latitude` and `longitude`."""
        return {
            "type": "object",
            "properties": {
                "text": {"type": "string", "minLength": 1, "maxLength": MAX_TEXT},
                "latitude": {"type": "number", "description": "WGS 84."},
                "longitude": {"type": "number", "description": "WGS 84."},
            },
            "required": ["text"],
            "dependentRequired": {"latitude": ["longitude"], "longitude": ["latitude"]},
            "additionalProperties": False,
        }

    def display(self, value: Mapping[str, Any]) -> Text:
        """The description, with the position after them."""
        if "latitude" not in value:
            return {"sv": value["text"]}
        return {"sv": f"{value['text']} ({value['latitude']}, {value['longitude']})"}
