"""A place: described, or pointed out, or both."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from services.intake.forms.errors import InvalidAnswer, InvalidParts
from services.intake.forms.fields.compound import CompoundField
from services.intake.forms.fields.field import AnswerField, JsonSchema, Text
from services.intake.forms.fields.number import NumberField
from services.intake.forms.fields.text import TextField
from shared.clock import Clock
from shared.conditions.fact_types import FactKind, FactType

MAX_TEXT = 300
OUTSIDE = "outside"  # the box on the page that confirms a place outside the municipality


@dataclass(frozen=True, kw_only=True)
class PlaceField(CompoundField):
    """A place: its description, its position (WGS 84), or both. The municipality's map helps to point it out."""

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
            "text": TextField(name=f"{self.name}.text", label=self.label, max_length=MAX_TEXT),
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
        """The place: a text or a position; a position has both its parts."""
        answer = super().read(value, clock)
        if not answer:
            raise self.required_error()
        if ("latitude" in answer) != ("longitude" in answer):
            missing = "longitude" if "latitude" in answer else "latitude"
            raise InvalidParts({missing: self.parts[missing].required_error()})
        return answer

    def required_error(self) -> InvalidAnswer:
        """The error where there is neither a text nor a position."""
        return InvalidAnswer(
            "required", "“%(label)s” must be filled in: describe the place, or give its position.", label=self.label
        )

    def input_name(self, part: str | None = None) -> str:
        """The input of the part, or of the description; OUTSIDE is no part of the answer but a box beside it."""
        return f"{self.name}.{OUTSIDE}" if part == OUTSIDE else super().input_name(part)

    def json_schema(self) -> JsonSchema:
        """An object with `text`, or with both `latitude` and `longitude`, or with all."""
        return {
            "type": "object",
            "properties": {
                "text": {"type": "string", "minLength": 1, "maxLength": MAX_TEXT},
                "latitude": {"type": "number", "description": "WGS 84."},
                "longitude": {"type": "number", "description": "WGS 84."},
            },
            "anyOf": [{"required": ["text"]}, {"required": ["latitude", "longitude"]}],
            "dependentRequired": {"latitude": ["longitude"], "longitude": ["latitude"]},
            "additionalProperties": False,
        }

    def display(self, value: Mapping[str, Any]) -> Text:
        """The description, with the position after it; the position alone where nothing describes it."""
        position = f"{value['latitude']}, {value['longitude']}" if "latitude" in value else ""
        if "text" not in value:
            return {"sv": position}
        return {"sv": f"{value['text']} ({position})" if position else value["text"]}
