"""How the API shows a case and its journal."""

from marshmallow import Schema, fields

from services.routing.cases.api_fields import PriorityName, localized_text, state_field
from services.routing.cases.state_machine import Action
from services.routing.deadlines.schemas import DeadlineClockSchema
from services.routing.decisions.schemas import DecisionSchema
from services.routing.holds.schemas import HoldSchema
from services.routing.rules.schemas import ExplanationSchema
from services.routing.supplements.schemas import RequestedSupplementSchema
from shared.events.intake import ArrivalChannel


class ListedCaseSchema(Schema):
    """A case as lists show it. `undelivered`: the latest message to the submitter did not arrive."""

    id = fields.UUID(required=True, attribute="case.id")
    number = fields.Str(required=True, attribute="case.number")
    title = localized_text()
    eservice = fields.Str(required=True, attribute="case.eservice")
    eservice_title = fields.Dict(required=True, attribute="case.eservice_title")
    board = fields.Str(required=True, attribute="case.board")
    queue = fields.Str(required=True, attribute="case.queue")
    priority = PriorityName(
        required=True, attribute="case.priority", metadata={"description": "low, normal, high or urgent."}
    )
    tags = fields.List(fields.Str(), required=True, attribute="case.tags")
    state = state_field("case.state")
    officer_subject = fields.Str(required=True, allow_none=True, attribute="case.officer_subject")
    officer_name = fields.Str(required=True, allow_none=True, attribute="case.officer_name")
    received_at = fields.AwareDateTime(required=True, attribute="case.received_at")
    registered_at = fields.AwareDateTime(required=True, attribute="case.registered_at")
    due_on = fields.Date(required=True, allow_none=True, attribute="case.due_on")
    answer_by = fields.Date(
        required=True,
        allow_none=True,
        attribute="case.answer_by",
        metadata={"description": "The nearest last day of the open supplement requests."},
    )
    on_expiry = fields.Str(
        required=True, attribute="case.on_expiry", metadata={"description": "alert, or decide: it then comes first."}
    )
    on_hold_until = fields.AwareDateTime(
        required=True,
        allow_none=True,
        attribute="case.on_hold_until",
        metadata={"description": "When it comes back to the lists of cases to work with; null when it is not on hold."},
    )
    undelivered = fields.Bool(required=True, attribute="case.undelivered")
    version = fields.Int(required=True, attribute="case.sequence", metadata={"description": "As in the ETag."})


class CaseInListSchema(ListedCaseSchema):
    """A case in a list, with the place that it is about and its submitter, where that may stand in a list."""

    place = fields.Str(required=True, allow_none=True)
    submitter_name = fields.Str(
        required=True,
        allow_none=True,
        attribute="case.public_submitter",
        metadata={"description": "Null also where the case is secret."},
    )


class AttachmentSchema(Schema):
    """A file that came with the submission or later. `url` gives it for a short while, without a token.

    `label`: the question that it answers.
    """

    id = fields.UUID(required=True)
    field = fields.Str(required=True, metadata={"description": "The question's; `mail`: it came by e-mail."})
    label = fields.Dict(load_default=None, allow_none=True, metadata={"description": "By language, sv and en."})
    name = fields.Str(required=True)
    media_type = fields.Str(required=True)
    size = fields.Int(required=True)
    sha256 = fields.Str(required=True)
    url = fields.Str(required=True)
    view_url = fields.Str(
        required=True,
        allow_none=True,
        metadata={"description": "As `url`, shown by the browser; null where it can only be saved."},
    )


class ArrivalSchema(Schema):
    """How something came that an officer has entered. `received_on` is the day that it reached the municipality."""

    channel = fields.Str(
        required=True,
        metadata={"description": f"One of {', '.join(ArrivalChannel)}; later versions may have more."},
    )
    received_on = fields.Date(required=True)
    entered_by = fields.Str(required=True, allow_none=True, metadata={"description": "The officer's name."})


class SentDocumentSchema(Schema):
    """A file that an officer sent with a message, a supplement request or a decision. `url` is as an attachment's."""

    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    media_type = fields.Str(required=True)
    size = fields.Int(required=True)
    sha256 = fields.Str(required=True)
    url = fields.Str(required=True)


class CaseSchema(ListedCaseSchema):
    """The whole case. `explanation` is the rule that won and those that came nearest, `why` the same in a sentence.

    `journal_broken_at`: the first journal entry that was changed, removed or put in afterwards; null when all hold.
    """

    title = fields.Dict(required=True, attribute="content.title")
    submission_id = fields.UUID(required=True, attribute="case.submission_id")
    reference = fields.Str(required=True, attribute="case.reference")
    language = fields.Str(required=True, attribute="case.language")
    arrival = fields.Nested(
        ArrivalSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Null where its submitter sent it through the e-service."},
    )
    submitter = fields.Dict(required=True, allow_none=True, attribute="content.submitter")
    answers = fields.List(fields.Dict(), required=True, attribute="content.answers")
    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)
    documents = fields.List(fields.Nested(SentDocumentSchema), required=True)
    handling = fields.Dict(required=True, attribute="content.handling")
    explanation = fields.Nested(ExplanationSchema, required=True, attribute="content.explanation")
    why = localized_text()
    decisions = fields.List(fields.Nested(DecisionSchema), required=True)
    supplement_requests = fields.List(fields.Nested(RequestedSupplementSchema), required=True)
    holds = fields.List(fields.Nested(HoldSchema), required=True)
    deadline = fields.Nested(DeadlineClockSchema, required=True)
    allowed = fields.List(fields.Enum(Action, by_value=True), required=True)
    journal_broken_at = fields.Int(required=True, allow_none=True)


class JournalEntrySchema(Schema):
    """A line of the journal. `hash` is chained to the line before."""

    sequence = fields.Int(required=True)
    at = fields.AwareDateTime(required=True)
    action = fields.Str(required=True)
    state = state_field()
    actor_name = fields.Str(required=True, allow_none=True)
    data = fields.Dict(required=True)
    hash = fields.Str(required=True)


class JournalSchema(Schema):
    """The journal, in order. `broken_at`: the first entry that does not hold, as a case's `journal_broken_at`."""

    items = fields.List(fields.Nested(JournalEntrySchema), required=True)
    broken_at = fields.Int(required=True, allow_none=True)
