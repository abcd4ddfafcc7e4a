"""What goes in and out of intake's API."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from shared.municipalities import LANGUAGES

REFERENCE = {
    "example": "7K3M-9QXT-2WVC-D4TA",
    "description": "The submitter's key. Whoever has it sees the submission.",
}


class TextSchema(Schema):
    """A text in Swedish and English."""

    sv = fields.Str(required=True)
    en = fields.Str()


class MunicipalitySchema(Schema):
    """A municipality that takes submissions here."""

    code = fields.Str(required=True, metadata={"description": "SCB's four digits.", "example": "2039"})
    slug = fields.Str(required=True, metadata={"description": "As it stands in addresses."})
    name = fields.Nested(TextSchema, required=True)
    languages = fields.List(fields.Str(), required=True)


class MunicipalitiesSchema(Schema):
    """All of them."""

    items = fields.List(fields.Nested(MunicipalitySchema), required=True)


class EServiceSummarySchema(Schema):
    """An e-service in the catalogue."""

    code = fields.Str(required=True)
    version = fields.Int(required=True)
    title = fields.Nested(TextSchema, required=True)
    summary = fields.Nested(TextSchema, required=True)
    identity = fields.Str(
        required=True, metadata={"description": "`anonymous`: nobody needs to say who they are; or `stated`."}
    )


class EServicesSchema(Schema):
    """What a municipality offers."""

    items = fields.List(fields.Nested(EServiceSummarySchema), required=True)


class OptionSchema(Schema):
    """An answer that may be chosen."""

    code = fields.Str(required=True)
    label = fields.Nested(TextSchema, required=True)


class FieldSchema(Schema):
    """A question."""

    name = fields.Str(required=True)
    type = fields.Str(required=True)
    label = fields.Nested(TextSchema, required=True)
    hint = fields.Nested(TextSchema, required=True, allow_none=True)
    required = fields.Bool(required=True)
    required_if = fields.Str(required=True, allow_none=True)
    options = fields.List(fields.Nested(OptionSchema), required=True)


class SectionSchema(Schema):
    """Questions that belong together."""

    heading = fields.Nested(TextSchema, required=True)
    questions = fields.List(fields.Nested(FieldSchema), required=True, attribute="fields", data_key="fields")


class DeadlineSchema(Schema):
    """How long the board has, and by what rule."""

    amount = fields.Int(required=True)
    unit = fields.Str(required=True)
    basis = fields.Nested(TextSchema, required=True)


class EServiceSchema(EServiceSummarySchema):
    """An e-service whole. The JSON Schema of what it takes is at `json-schema`."""

    intro = fields.Nested(TextSchema, required=True)
    next_steps = fields.Nested(TextSchema, required=True)
    board = fields.Str(required=True)
    legal_regime = fields.Str(required=True)
    deadline = fields.Nested(DeadlineSchema, required=True, allow_none=True)
    appeal = fields.Str(required=True, allow_none=True)
    outcomes = fields.List(fields.Nested(OptionSchema), required=True)
    sections = fields.List(fields.Nested(SectionSchema), required=True)


class AttachmentQuery(Schema):
    """What a file answers."""

    eservice = fields.Str(required=True, validate=validate.Length(max=40), metadata={"example": "bygglov"})
    field = fields.Str(
        required=True,
        validate=validate.Length(max=40),
        metadata={
            "description": "The question that the file answers; `supplement` for one that supplements a submission.",
            "example": "site_plan",
        },
    )
    name = fields.Str(
        validate=validate.Length(max=255),
        metadata={"description": "What the file is called, where it is not a part of multipart/form-data."},
    )


class LinkQuery(Schema):
    """What makes a link hold."""

    signature = fields.Str(required=True, validate=validate.Length(max=500))


class AttachmentSchema(Schema):
    """A file that was taken in; a submission claims it by its id within a day, or it is deleted."""

    id = fields.UUID(required=True)
    field = fields.Str(required=True)
    name = fields.Str(required=True)
    media_type = fields.Str(required=True)
    size = fields.Int(required=True, metadata={"description": "In bytes."})
    sha256 = fields.Str(required=True)


class _Files(fields.Dict):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        """A fault stands at the file, not at a step between (`value`) that is marshmallow's own."""
        try:
            return super()._deserialize(value, attr, data, **options)  # type: ignore[no-untyped-call]
        except ValidationError as fault:
            if isinstance(fault.messages, dict):
                fault.messages = {name: inner.get("value", inner) for name, inner in fault.messages.items()}
            raise


class SubmissionSchema(Schema):
    """A submission. What `answers` may hold is in the e-service's JSON Schema."""

    eservice = fields.Str(required=True, validate=validate.Length(min=1, max=40), metadata={"example": "felanmalan"})
    language = fields.Str(
        validate=validate.OneOf(LANGUAGES), metadata={"description": "The language to write to the submitter in."}
    )
    answers = fields.Dict(
        required=True,
        keys=fields.Str(),
        metadata={"example": {"category": "street_light", "place": {"text": "Dalgatan 3"}, "description": "Släckt."}},
    )
    attachments = _Files(
        keys=fields.Str(),
        values=fields.List(fields.UUID(), validate=validate.Length(max=100)),
        metadata={"description": "Ids of uploaded files, by the question that they answer."},
    )


class ReceiptSchema(Schema):
    """The submission was received: this is the receipt."""

    reference = fields.Str(required=True, metadata=REFERENCE)
    received_at = fields.AwareDateTime(required=True)
    page = fields.Url(required=True, metadata={"description": "Where the submitter sees how it goes."})


class EntrySchema(Schema):
    """Something that happened, told in the reader's language."""

    at = fields.AwareDateTime(required=True)
    what = fields.Str(required=True, metadata={"description": "A code, as `case.decided`."})
    heading = fields.Str(required=True)
    text = fields.Str(required=True, allow_none=True)
    quote = fields.Str(
        required=True, allow_none=True, metadata={"description": "What the officer or the submitter wrote."}
    )


class CaseSchema(Schema):
    """The case that the submission became."""

    number = fields.Str(required=True)
    board = fields.Str(required=True, allow_none=True)
    queue = fields.Str(required=True, allow_none=True)
    officer = fields.Str(required=True, allow_none=True)
    due_on = fields.Date(required=True, allow_none=True)
    due_basis = fields.Str(
        required=True, allow_none=True, metadata={"description": "By what rule the case is to be settled by then."}
    )


class RequestSchema(Schema):
    """What the submitter is asked to send."""

    text = fields.Str(required=True)
    answer_by = fields.Date(required=True)


class DecisionSchema(Schema):
    """The decision, or where `legal_regime` is `faktiskt_handlande` the reply, which is no decision.

    It stands in a case taken up again, until there is another.
    `appeal` is the authority to appeal to, null where there is no appeal.
    """

    outcome = fields.Str(required=True)
    label = fields.Str(required=True)
    reasons = fields.Str(required=True)
    decided_by = fields.Str(required=True)
    decided_on = fields.Date(required=True)
    legal_regime = fields.Str(required=True)
    appeal = fields.Str(required=True, allow_none=True)


class StatusSchema(Schema):
    """Where a submission stands, in the reader's language."""

    reference = fields.Str(required=True, metadata=REFERENCE)
    eservice = fields.Str(required=True)
    title = fields.Str(required=True)
    received_at = fields.AwareDateTime(required=True)
    state = fields.Str(
        required=True,
        metadata={"description": "`received`, `queued`, `assigned`, `awaiting_supplement`, `decided` or `closed`."},
    )
    state_name = fields.Str(required=True)
    next = fields.Str(required=True, metadata={"description": "What happens next."})
    case = fields.Nested(CaseSchema, required=True, allow_none=True)
    request = fields.Nested(RequestSchema, required=True, allow_none=True)
    decision = fields.Nested(DecisionSchema, required=True, allow_none=True)
    timeline = fields.List(fields.Nested(EntrySchema), required=True)
    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)


class SupplementSchema(Schema):
    """More to a submission already received: words, files uploaded as `supplement`, or both."""

    text = fields.Str(load_default="", validate=validate.Length(max=20_000))
    attachments = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=100))


class SupplementReceiptSchema(Schema):
    """The supplement was received."""

    number = fields.Int(required=True, metadata={"description": "Which in order, from 1."})
    received_at = fields.AwareDateTime(required=True)
