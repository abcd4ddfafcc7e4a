"""A number."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Any, ClassVar

import marshmallow

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.field import LANGUAGES, AnswerField, JsonSchema, Posted, Text, plain_text
from services.intake.forms.fields.keys import RANGE
from shared.clock import Clock
from shared.conditions.fact_types import FactKind, FactType
from shared.i18n.formats import format_number
from shared.validation import described

LARGEST = 999_999_999_999_999  # beyond it, not every whole number is a number of JSON's and of the browser's


@dataclass(frozen=True, kw_only=True)
class NumericField(AnswerField):
    """A number from `minimum` to `maximum`."""

    may_hold_personal_data: ClassVar[bool] = False
    input_class: ClassVar[str] = "input-short"
    inputmode: ClassVar[str] = "decimal"

    minimum: float | None = None
    maximum: float | None = None

    def definition_errors(self) -> dict[str, Any]:
        """There is a number between the limits."""
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            return {"minimum": ["must not be more than maximum"]}
        return {}

    @property
    def fact_type(self) -> FactType:
        """A number within its limits."""
        return FactType(FactKind.NUMBER, minimum=self.minimum, maximum=self.maximum)

    def read(self, value: Any, clock: Clock) -> float:
        """A number within its limits."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise self.type_error()
        least = -LARGEST if self.minimum is None else self.minimum
        most = LARGEST if self.maximum is None else self.maximum
        if value < least:
            raise InvalidAnswer(
                "range", "“%(label)s” must be at least %(least)s.", label=self.label, least=f"{least:.15g}"
            )
        if value > most:
            raise InvalidAnswer("range", "“%(label)s” must be at most %(most)s.", label=self.label, most=f"{most:.15g}")
        return value

    def to_browser(self, answer: float) -> dict[str, str]:
        """The number with a decimal comma."""
        return {self.name: f"{Decimal(str(answer)).normalize():f}".replace(".", ",")}

    def type_error(self) -> InvalidAnswer:
        """The error where something else than a number is answered."""
        return InvalidAnswer("type", "“%(label)s” must be a number.", label=self.label)

    def json_schema(self) -> JsonSchema:
        """A number, and its limits."""
        limits = {"minimum": self.minimum, "maximum": self.maximum}
        return {"type": "number", **{name: limit for name, limit in limits.items() if limit is not None}}


@dataclass(frozen=True, kw_only=True)
class NumberField(NumericField):
    """A number from `minimum` to `maximum`, shown with its `unit`."""

    type: ClassVar[str] = "number"
    EXAMPLE: ClassVar[str] = """\
name: area
type: number
label: {sv: "Hur stor är lokalen?", en: "How large are the premises?"}
minimum: 1
maximum: 100000
unit: m²
"""
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = {
        **RANGE,
        "unit": marshmallow.fields.Str(metadata=described("Shown after the number.")),
    }

    unit: str | None = None

    def from_browser(self, posted: Posted) -> float | str:
        """A number as people write it, `1 234,5`; else the text as it is, for `read` to refuse."""
        text = posted.get(self.name, "")
        bare = plain_text(text).replace(" ", "").replace(",", ".")
        try:
            return float(bare) if bare.strip("+-.0123456789") == "" else text
        except ValueError:
            return text

    def display(self, value: float) -> Text:
        """The number as the language writes it, with its unit."""
        return with_unit(value, self.unit)


def with_unit(number: float, unit: str | None) -> Text:
    """The number as each language writes it, with its unit, if any."""
    return {language: f"{format_number(number, language)} {unit or ''}".strip() for language in LANGUAGES}
