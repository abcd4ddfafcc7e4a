"""What goes out of the API of tracking."""

from marshmallow import Schema, fields

from services.intake.attachments.schemas import AttachmentSchema
from services.intake.submissions.schemas import REFERENCE


class DocumentSchema(Schema):
    """A file that an officer sent. `url` leads to it, for who has the reference."""

    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    media_type = fields.Str(required=True)
    size = fields.Int(required=True, metadata={"description": "In bytes."})
    sha256 = fields.Str(required=True)
    url = fields.Str(required=True)


class EntrySchema(Schema):
    """Something that happened, in the reader's language."""

    at = fields.AwareDateTime(required=True)
    what = fields.Str(required=True, metadata={"description": "A code, as `case.decided`."})
    heading = fields.Str(required=True)
    text = fields.Str(required=True, allow_none=True)
    quote = fields.Str(
        required=True, allow_none=True, metadata={"description": "What the officer or the submitter wrote."}
    )
    documents = fields.List(fields.Nested(DocumentSchema), required=True)


class CaseSchema(Schema):
    """The case that the submission became."""

    number = fields.Str(required=True)
    board = fields.Str(required=True, allow_none=True)
    queue = fields.Str(required=True, allow_none=True)
    officer = fields.Str(required=True, allow_none=True)
    due_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "Null: no deadline, or it begins when the submitter has sent what was asked for."},
    )
    due_basis = fields.Str(
        required=True, allow_none=True, metadata={"description": "By what rule the case is to be settled by then."}
    )


class RequestSchema(Schema):
    """What the submitter is requested to send, until a supplement answers it or it is withdrawn."""

    id = fields.UUID(required=True, attribute="key")
    requested_at = fields.AwareDateTime(required=True, attribute="at")
    text = fields.Str(required=True)
    answer_by = fields.Date(required=True)


class DecisionSchema(Schema):
    """The decision, or where `legal_regime` is `faktiskt_handlande` the reply, which is no decision.

    It stands in a reopened case, until there is another.
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
    received_on = fields.Date(
        required=True,
        metadata={
            "description": "The day that it reached the municipality: before `received_at` where it came by post."
        },
    )
    channel = fields.Str(
        required=True,
        allow_none=True,
        metadata={"description": "How it came where an officer has entered it; null where it was sent here."},
    )
    state = fields.Str(
        required=True,
        metadata={"description": "`received`, `queued`, `assigned`, `awaiting_supplement`, `decided` or `closed`."},
    )
    state_name = fields.Str(required=True)
    next = fields.Str(required=True, metadata={"description": "What happens next."})
    expected = fields.Str(
        required=True,
        allow_none=True,
        metadata={"description": "How long such cases take, as a sentence; null for one that has ended."},
    )
    case = fields.Nested(CaseSchema, required=True, allow_none=True)
    decision_may_be_requested = fields.Bool(
        required=True,
        metadata={"description": "Whether the submitter may request a decision now (förvaltningslagen 12 §)."},
    )
    requests = fields.List(
        fields.Nested(RequestSchema), required=True, metadata={"description": "The nearest last day first."}
    )
    decision = fields.Nested(DecisionSchema, required=True, allow_none=True)
    timeline = fields.List(fields.Nested(EntrySchema), required=True)
    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)
