"""What a definition file must look like: one marshmallow schema, which finds every error at once."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.intake.eservices.checks import check_case_title, check_conditions, check_files, check_submitter
from services.intake.eservices.definition import EService, Section, SubmitterFields
from services.intake.forms.fields import keys
from services.intake.forms.fields.registry import FieldDefinition
from shared.events.intake import Deadline, Outcome
from shared.swedish.law import AppealAuthority, DeadlineUnit, LegalRegime, Registration


class SectionSchema(Schema):
    """A group of questions."""

    heading = keys.text()
    fields_ = fields.List(FieldDefinition(), required=True, data_key="fields", validate=keys.filled)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Section:
        """As a dataclass."""
        return Section(data["heading"], tuple(data["fields_"]))


class DeadlineSchema(Schema):
    """How long the board has."""

    amount = fields.Int(required=True, strict=True, validate=validate.Range(1, 5_000))
    unit = fields.Str(required=True, validate=validate.OneOf(("days", "working_days", "weeks", "months")))
    basis = keys.text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Deadline:
        """As a dataclass."""
        return Deadline(data["amount"], DeadlineUnit(data["unit"]), data["basis"])


class OutcomeSchema(Schema):
    """A way to decide."""

    code = fields.Str(required=True, validate=keys.code)
    label = keys.text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Outcome:
        """As a dataclass."""
        return Outcome(**data)


class SubmitterSchema(Schema):
    """Which fields have the submitter's details."""

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

    code = fields.Str(required=True, validate=keys.code)
    version = fields.Int(required=True, strict=True, validate=validate.Range(1, 1_000_000))
    title = keys.text()
    summary = keys.text()
    intro = keys.text()
    next_steps = keys.text()
    case_title = keys.text()
    identity = fields.Str(required=True, validate=validate.OneOf(("anonymous", "stated")))
    board = fields.Str(required=True, validate=validate.Regexp(r"[A-ZÅÄÖ]{1,8}\Z", error="must be capitals"))
    legal_regime = fields.Enum(LegalRegime, by_value=True, required=True)
    registration = fields.Enum(Registration, by_value=True, required=True)
    outcomes = fields.List(fields.Nested(OutcomeSchema), required=True, validate=keys.filled)
    sections = fields.List(fields.Nested(SectionSchema), required=True, validate=keys.filled)
    submitter = fields.Nested(SubmitterSchema)
    deadline = fields.Nested(DeadlineSchema)
    appeal = fields.Enum(AppealAuthority, by_value=True)
    secrecy = fields.Str(validate=keys.filled)

    @validates_schema(skip_on_field_errors=True)
    def check(self, data: Mapping[str, Any], **_: Any) -> None:
        """The parts agree with each other."""
        known = [field for section in data["sections"] for field in section.fields]
        if keys.repeated(field.name for field in known):
            raise ValidationError("two fields have the same name", "sections")
        if keys.repeated(outcome.code for outcome in data["outcomes"]):
            raise ValidationError("two outcomes have the same code", "outcomes")
        by_name = {field.name: field for field in known}
        check_conditions(by_name)
        check_files(by_name)
        check_submitter(data.get("submitter", SubmitterFields()), data["identity"], by_name)
        check_case_title(data["case_title"], by_name)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> EService:
        """As a dataclass."""
        return EService(**keys.with_tuples(data))
