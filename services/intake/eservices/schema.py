"""What a definition file must look like: one marshmallow schema, which finds every error at once."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from services.intake.eservices.checks import check_case_title, check_conditions, check_files, check_submitter
from services.intake.eservices.definition import EService, Section, SubmitterFields
from services.intake.forms.fields import keys
from services.intake.forms.fields.registry import FieldDefinition
from shared.events.intake import Deadline, Outcome
from shared.file_schema import EnumValue, FileSchema, OneOf
from shared.swedish.law import AppealAuthority, DeadlineUnit, LegalRegime, Registration
from shared.validation import described


class SectionSchema(FileSchema):
    """A group of questions."""

    heading = keys.text()
    fields_ = fields.List(
        FieldDefinition(),
        required=True,
        data_key="fields",
        validate=keys.filled,
        metadata=described("The questions, in the order of the form."),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Section:
        """As a dataclass."""
        return Section(data["heading"], tuple(data["fields_"]))


class DeadlineSchema(FileSchema):
    """How long the board has, counted from receipt."""

    amount = fields.Int(required=True, strict=True, validate=validate.Range(1, 5_000))
    unit = EnumValue(DeadlineUnit, required=True)
    basis = keys.text(metadata=described("The rule and how firm it is; shown beside the last day."))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Deadline:
        """As a dataclass."""
        return Deadline(**data)


class OutcomeSchema(FileSchema):
    """A way to decide."""

    code = fields.Str(required=True, validate=keys.code)
    label = keys.text()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Outcome:
        """As a dataclass."""
        return Outcome(**data)


class SubmitterSchema(FileSchema):
    """Which fields have the submitter's details."""

    name = fields.Str(metadata=described("The name of a `text` field."))
    email = fields.Str(metadata=described("The name of an `email` field."))
    phone = fields.Str(metadata=described("The name of a `tel` field."))
    number = fields.Str(metadata=described("The name of an `identity_number` field."))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> SubmitterFields:
        """As a dataclass."""
        return SubmitterFields(**data)


class EServiceSchema(FileSchema):
    """The definition of an e-service: docs/adding-an-eservice.md has the meaning of each key."""

    code = fields.Str(required=True, validate=keys.code, metadata=described("The name of the file without `.yaml`."))
    version = fields.Int(
        required=True,
        strict=True,
        validate=validate.Range(1, 1_000_000),
        metadata=described("Raised when the form's questions change."),
    )
    title = keys.text(metadata=described("The e-service's name."))
    summary = keys.text(metadata=described("A sentence for the catalogue."))
    intro = keys.text(metadata=described("Above the form; a blank line begins a new paragraph."))
    next_steps = keys.text(metadata=described("On the receipt: what happens now."))
    case_title = keys.text(
        metadata=described(
            "The case's title, with `{field}` for answers of required fields that are public "
            "or cannot hold personal data."
        )
    )
    identity = fields.Str(
        required=True,
        validate=OneOf(("anonymous", "stated")),
        metadata=described("`anonymous`: nobody needs to give a name; `stated`: name and e-mail are required."),
    )
    board = fields.Str(
        required=True,
        validate=validate.Regexp(r"[A-ZÅÄÖ]{1,8}\Z", error="must be capitals"),
        metadata=described("The code of the board that handles it."),
    )
    legal_regime = EnumValue(
        LegalRegime,
        required=True,
        metadata=described("Which timers, reasons and appeal texts apply (FL 2 §)."),
    )
    registration = EnumValue(
        Registration,
        required=True,
        metadata=described("How an incoming document is kept (OSL 5 kap. 1 §)."),
    )
    outcomes = fields.List(
        fields.Nested(OutcomeSchema),
        required=True,
        validate=keys.filled,
        metadata=described("The ways to decide."),
    )
    sections = fields.List(
        fields.Nested(SectionSchema),
        required=True,
        validate=keys.filled,
        metadata=described("Groups of questions, in the order of the form."),
    )
    submitter = fields.Nested(SubmitterSchema)
    deadline = fields.Nested(DeadlineSchema)
    appeal = EnumValue(
        AppealAuthority,
        metadata=described("The kind of authority that a decision is appealed to; left out where none is."),
    )
    secrecy = fields.Str(
        validate=keys.filled,
        metadata=described("The provision of OSL: a submission is then encrypted on the bus and its title protected."),
    )

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
