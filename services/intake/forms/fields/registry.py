"""The field types by the name that definition files call them, and how a definition of a field is read."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import marshmallow
from marshmallow import EXCLUDE, Schema, ValidationError, post_load, validates_schema

from services.intake.forms.fields import keys
from services.intake.forms.fields.address import AddressField
from services.intake.forms.fields.bank_account import BankAccountField
from services.intake.forms.fields.checkbox import CheckboxField
from services.intake.forms.fields.checkboxes import CheckboxesField
from services.intake.forms.fields.computed import ComputedField
from services.intake.forms.fields.date import DateField
from services.intake.forms.fields.email import EmailField
from services.intake.forms.fields.field import AnswerField, Field, Reuse
from services.intake.forms.fields.file import FileField
from services.intake.forms.fields.identity_number import IdentityNumberField
from services.intake.forms.fields.money import MoneyField
from services.intake.forms.fields.month import MonthField
from services.intake.forms.fields.number import NumberField
from services.intake.forms.fields.place import PlaceField
from services.intake.forms.fields.property import PropertyField
from services.intake.forms.fields.radio import RadioField
from services.intake.forms.fields.select import SelectField
from services.intake.forms.fields.tel import TelField
from services.intake.forms.fields.text import TextField
from services.intake.forms.fields.textarea import TextAreaField
from services.intake.forms.fields.time import TimeField
from services.intake.forms.fields.url import UrlField
from services.intake.forms.fields.yes_no import YesNoField
from shared.file_schema import EnumValue, FileSchema, OneOf
from shared.validation import described

FIELD_TYPES: dict[str, type[Field]] = {
    kind.type: kind
    for kind in (
        TextField,
        TextAreaField,
        EmailField,
        TelField,
        UrlField,
        SelectField,
        RadioField,
        CheckboxesField,
        CheckboxField,
        YesNoField,
        NumberField,
        MoneyField,
        DateField,
        MonthField,
        TimeField,
        PropertyField,
        PlaceField,
        AddressField,
        IdentityNumberField,
        BankAccountField,
        FileField,
        ComputedField,
    )
}


class FieldSchema(FileSchema):
    """A field's definition: the keys that all types take."""

    name = keys.name(metadata=described("Unique in the form."))
    type = marshmallow.fields.Str(required=True, metadata=described("One of the types below."))
    label = keys.text(metadata=described("The question."))
    hint = keys.text(required=False, metadata=described("How to answer it."))
    required = marshmallow.fields.Bool(metadata=described("An answer is needed; a box must be ticked."))
    show_if = keys.Conditions(
        metadata=described("The question is asked only where this holds; facts are the names of earlier questions.")
    )
    require_if = keys.Conditions(
        metadata=described("An answer is needed where this holds. Not together with `required`.")
    )
    reuse = EnumValue(
        Reuse, metadata=described("`never`: it is not prefilled, as it is a consent or holds for one period only.")
    )
    fact = marshmallow.fields.Bool(
        metadata=described("Routing rules may use the answer. Only of types that cannot hold personal data.")
    )


class _NoTypeSchema(FieldSchema):
    """Finds what is wrong with a definition of an unknown type; keys that only some types take are not checked."""

    class Meta:
        """Options of marshmallow."""

        unknown = EXCLUDE

    type = marshmallow.fields.Str(required=True, validate=OneOf(FIELD_TYPES))


class FieldDefinition(marshmallow.fields.Field[Field]):
    """A field in a definition file, read with the keys that its type takes."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> Field:
        kind = FIELD_TYPES.get(value["type"]) if _names_a_type(value) else None
        if kind is None:
            raise ValidationError(_NoTypeSchema().validate(value))
        field: Field = schema_of(kind).load(value)
        return field


@cache
def schema_of(kind: type[Field]) -> Schema:
    """The schema of a type's definitions: the keys of all types, and its own."""

    def check(_: Schema, data: Mapping[str, Any], **__: Any) -> None:
        if data.get("fact") and kind.may_hold_personal_data:
            raise ValidationError(f"a {kind.type} may hold personal data, so it cannot be a fact", "fact")

    def make(_: Schema, data: dict[str, Any], **__: Any) -> Field:
        field = kind(**keys.with_tuples({name: value for name, value in data.items() if name != "type"}))
        if errors := field.definition_errors():
            raise ValidationError(errors)
        return field

    members = {
        **kind.KEYS,
        "error_messages": {"unknown": f"a {kind.type} has no such key"},
        "check": validates_schema(skip_on_field_errors=True)(check),
        "make": post_load(make),
        "__doc__": kind.__doc__,
    }
    schema: type[Schema] = type(f"{kind.__name__}Schema", (FieldSchema,), members)
    return schema()


def masked(type_name: str, text: str) -> str:
    """A stored answer as it is shown to the person who gave it: without its last characters where its type hides them.

    The same holds for a type that only a newer version knows.
    """
    kind = FIELD_TYPES.get(type_name)
    if kind is not None and not (issubclass(kind, AnswerField) and kind.masked):
        return text
    return f"{text[:-4]}****"


def _names_a_type(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("type"), str)
