"""What a definition file must look like: one marshmallow schema, which finds every fault at once."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.intake.attachments.file_types import MEDIA_TYPES
from services.intake.eservices.checks import (
    WITHOUT_PERSONAL_DATA,
    check_case_title,
    check_conditions,
    check_files,
    check_submitter,
)
from services.intake.eservices.definition import EService, Field, Option, Section, SubmitterFields
from shared.events.intake import Deadline, Outcome
from shared.swedish.law import DeadlineUnit

FIELD_TYPES = (
    "text",
    "textarea",
    "email",
    "tel",
    "select",
    "radio",
    "checkbox",
    "number",
    "date",
    "property",
    "place",
    "address",
    "identity_number",
    "file",
)
APPEALS = ("forvaltningsratten", "lansstyrelsen")
LEGAL_REGIMES = ("forvaltningslagen", "laglighetsprovning", "tryckfrihetsforordningen", "faktiskt_handlande")
REGISTRATIONS = ("registreras", "halls_ordnad", "ringa")
WITH_OPTIONS = ("select", "radio")
RESERVED = ("csrf_token", "key", "remove", "supplement", "main", "faults")  # names and ids of the pages' own

_code = validate.Regexp(r"[a-z][a-z0-9_]{0,39}\Z", error="must be lower-case letters a-z, digits and _, 40 at most")
_filled = validate.Length(min=1, max=10_000, error="must not be empty")


class TextSchema(Schema):
    """A text in Swedish and English."""

    sv = fields.Str(required=True, validate=_filled)
    en = fields.Str(required=True, validate=_filled)


def _text(**options: Any) -> fields.Nested:
    return fields.Nested(TextSchema, **({"required": True} | options))


class OptionSchema(Schema):
    """An answer that may be chosen."""

    code = fields.Str(required=True, validate=_code)
    label = _text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Option:
        """As a dataclass."""
        return Option(**data)


class FieldSchema(Schema):
    """A question, with only what its type can use."""

    name = fields.Str(
        required=True, validate=[_code, validate.NoneOf(RESERVED, error="{input} is a name that the pages use")]
    )
    type = fields.Str(required=True, validate=validate.OneOf(FIELD_TYPES))
    label = _text()
    hint = _text(required=False)
    required = fields.Bool()
    required_if = fields.Str()
    fact = fields.Bool()
    public = fields.Bool()
    autocomplete = fields.Str()
    max_length = fields.Int(strict=True, validate=validate.Range(1, 20_000))
    minimum = fields.Float()
    maximum = fields.Float()
    unit = fields.Str()
    when = fields.Str(validate=validate.OneOf(("past", "future")))
    options = fields.List(fields.Nested(OptionSchema), validate=validate.Length(min=2, error="must be two or more"))
    numbers = fields.List(fields.Str(validate=validate.OneOf(("person", "organisation"))), validate=_filled)
    accept = fields.List(fields.Str(validate=validate.OneOf(tuple(MEDIA_TYPES))), validate=_filled)
    max_files = fields.Int(strict=True, validate=validate.Range(1, 20))
    max_bytes = fields.Int(strict=True, validate=validate.Range(1, 50_000_000))

    @validates_schema(skip_on_field_errors=True)
    def check(self, data: Mapping[str, Any], **_: Any) -> None:
        """Only what the type can use; facts and public answers without personal data."""
        kind = data["type"]
        for name, kinds in _ONLY_FOR.items():
            if name in data and kind not in kinds:
                raise ValidationError(f"a {kind} has no {name}", name)
        if kind in WITH_OPTIONS and "options" not in data:
            raise ValidationError(f"a {kind} needs options", "type")
        if _repeated(option.code for option in data.get("options", ())):
            raise ValidationError("two options have the same code", "options")
        if data.get("fact") and kind not in WITHOUT_PERSONAL_DATA:
            raise ValidationError(f"a {kind} may hold personal data, so it cannot be a fact", "fact")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Field:
        """As a dataclass."""
        return Field(**_with_tuples(data))


_ONLY_FOR: Mapping[str, tuple[str, ...]] = {
    "options": WITH_OPTIONS,
    "max_length": ("text", "textarea"),
    "public": ("text",),
    "minimum": ("number",),
    "maximum": ("number",),
    "unit": ("number",),
    "when": ("date",),
    "numbers": ("identity_number",),
    "accept": ("file",),
    "max_files": ("file",),
    "max_bytes": ("file",),
}


class SectionSchema(Schema):
    """A group of questions."""

    heading = _text()
    fields_ = fields.List(fields.Nested(FieldSchema), required=True, data_key="fields", validate=_filled)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Section:
        """As a dataclass."""
        return Section(data["heading"], tuple(data["fields_"]))


class DeadlineSchema(Schema):
    """How long the board has."""

    amount = fields.Int(required=True, strict=True, validate=validate.Range(1, 5_000))
    unit = fields.Str(required=True, validate=validate.OneOf(("days", "working_days", "weeks", "months")))
    basis = _text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Deadline:
        """As a dataclass."""
        return Deadline(data["amount"], DeadlineUnit(data["unit"]), data["basis"])


class OutcomeSchema(Schema):
    """A way to decide."""

    code = fields.Str(required=True, validate=_code)
    label = _text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Outcome:
        """As a dataclass."""
        return Outcome(**data)


class SubmitterSchema(Schema):
    """Which fields say who submits."""

    name = fields.Str()
    email = fields.Str()
    phone = fields.Str()
    number = fields.Str()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> SubmitterFields:
        """As a dataclass."""
        return SubmitterFields(**data)


class EServiceSchema(Schema):
    """A definition file."""

    code = fields.Str(required=True, validate=_code)
    version = fields.Int(required=True, strict=True, validate=validate.Range(1, 1_000_000))
    title = _text()
    summary = _text()
    intro = _text()
    next_steps = _text()
    case_title = _text()
    identity = fields.Str(required=True, validate=validate.OneOf(("anonymous", "stated")))
    board = fields.Str(required=True, validate=validate.Regexp(r"[A-ZÅÄÖ]{1,8}\Z", error="must be capitals"))
    legal_regime = fields.Str(required=True, validate=validate.OneOf(LEGAL_REGIMES))
    registration = fields.Str(required=True, validate=validate.OneOf(REGISTRATIONS))
    outcomes = fields.List(fields.Nested(OutcomeSchema), required=True, validate=_filled)
    sections = fields.List(fields.Nested(SectionSchema), required=True, validate=_filled)
    submitter = fields.Nested(SubmitterSchema)
    deadline = fields.Nested(DeadlineSchema)
    appeal = fields.Str(validate=validate.OneOf(APPEALS))
    secrecy = fields.Str(validate=_filled)

    @validates_schema(skip_on_field_errors=True)
    def check(self, data: Mapping[str, Any], **_: Any) -> None:
        """What one part says of another holds."""
        known = [field for section in data["sections"] for field in section.fields]
        if _repeated(field.name for field in known):
            raise ValidationError("two fields have the same name", "sections")
        if _repeated(outcome.code for outcome in data["outcomes"]):
            raise ValidationError("two outcomes have the same code", "outcomes")
        by_name = {field.name: field for field in known}
        check_conditions(by_name)
        check_files(by_name)
        check_submitter(data.get("submitter", SubmitterFields()), data["identity"], by_name)
        check_case_title(data["case_title"], by_name)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> EService:
        """As a dataclass."""
        return EService(**_with_tuples(data))


def _with_tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}


def _repeated(values: Iterable[str]) -> bool:
    seen = list(values)
    return len(seen) > len(set(seen))
