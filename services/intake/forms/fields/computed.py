"""A value that is computed from other answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import marshmallow
from marshmallow import ValidationError, post_load, validate, validates_schema

from services.intake.forms.fields.field import LANGUAGES, Field, JsonSchema, Text
from services.intake.forms.fields.keys import questions_by_column
from services.intake.forms.fields.number import with_unit
from services.intake.forms.formulas import FORMULAS, Formula, Lookup
from shared.conditions.fact_types import FactKind, FactType
from shared.file_schema import FileSchema
from shared.i18n.formats import format_amount
from shared.validation import described


class _Operand(marshmallow.fields.Field[str | float]):
    """The name of a question, or a number."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> str | float:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValidationError("must be the name of a question, or a number")
        return value


class LookupSchema(FileSchema):
    """A value from a data file of the municipality."""

    table = marshmallow.fields.Str(required=True, metadata=described("The name of the data file without `.yaml`."))
    value = marshmallow.fields.Str(required=True, metadata=described("The column with the value."))
    where = questions_by_column("The row's column, and the question whose answer equals it.")
    up_to = questions_by_column("The row's column, and the question whose answer is at most that.")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Lookup:
        """As a dataclass."""
        return Lookup(**{"where": {}, "up_to": {}, **data})


class FormulaSchema(FileSchema):
    """How the value is computed: exactly one of these."""

    sum = marshmallow.fields.List(_Operand(), metadata=described("Questions and numbers to add."))
    product = marshmallow.fields.List(_Operand(), metadata=described("Questions and numbers to multiply."))
    count = marshmallow.fields.Str(metadata=described("A repeated section, or a question with several choices."))
    days_between = marshmallow.fields.List(
        marshmallow.fields.Str(), validate=validate.Length(equal=2), metadata=described("The first day and the last.")
    )
    lookup = marshmallow.fields.Nested(LookupSchema, metadata=described("A value from a data file."))

    @validates_schema
    def check(self, data: Mapping[str, Any], **_: Any) -> None:
        """There is one kind of formula."""
        if len(data) != 1:
            raise ValidationError(f"must have one of {', '.join(FORMULAS)}")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Formula:
        """As a dataclass."""
        [(kind, written)] = data.items()
        if isinstance(written, Lookup):
            return Formula(kind, (*written.where.values(), *written.up_to.values()), written)
        return Formula(kind, tuple(written) if isinstance(written, list) else (written,))


@dataclass(frozen=True, kw_only=True)
class ComputedField(Field):
    """A number that the form shows and that is sent along: nobody answers it. The server computes it anew."""

    type: ClassVar[str] = "computed"
    EXAMPLE: ClassVar[str] = """\
name: rent_a_year
type: computed
label: {sv: Hyra per år, en: Rent a year}
formula: {product: [rent, 12]}
unit: kr
"""
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = {
        "formula": marshmallow.fields.Nested(FormulaSchema, required=True, metadata=described("How it is computed.")),
        "unit": marshmallow.fields.Str(metadata=described("Shown after the number.")),
    }
    may_hold_personal_data: ClassVar[bool] = False
    template: ClassVar[str] = "fields/computed.html"

    formula: Formula
    unit: str | None = None

    @property
    def fact_type(self) -> FactType:
        """A number."""
        return FactType(FactKind.NUMBER)

    def json_schema(self) -> JsonSchema:
        """A number."""
        return {"type": "number"}

    def display(self, value: float) -> Text:
        """The number as the language writes it, with its unit; kronor as amounts are written."""
        if self.unit == "kr":
            return {language: f"{format_amount(value, language)} kr" for language in LANGUAGES}
        return with_unit(value, self.unit)
