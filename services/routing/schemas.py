"""What goes in and out of routing's API."""

from datetime import date, timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates

from services.routing.cases.state_machine import Action, State
from services.routing.queues.queues import Sort, Whose
from shared.clock import Clock
from shared.swedish.time import local_date
from shared.web.paging import PageQuery
from shared.web.problems import ProblemSchema

MOST_TEXT = 20_000
LONGEST_WAIT = timedelta(days=366)
STATES = tuple(str(state) for state in State)


class Words(fields.Str):
    """Text that an officer writes: not only blanks, at most MOST_TEXT characters unless `most` says otherwise."""

    def __init__(self, *, most: int = MOST_TEXT, least: int = 1, **options: Any) -> None:
        options["metadata"] = {"pattern": r"\S"} if least else {}
        super().__init__(validate=validate.Length(min=least, max=most), **options)

    def _deserialize(self, value: Any, *arguments: Any, **named: Any) -> str:
        return str(super()._deserialize(value, *arguments, **named)).strip()


def _texts() -> fields.Dict:
    return fields.Dict(
        keys=fields.Str(), values=fields.Str(), required=True, metadata={"description": "By language, sv and en."}
    )


# In


class CasesQuery(PageQuery):
    """Which of a queue's cases to list, and in which order."""

    state = fields.Enum(
        State, by_value=True, load_default=None, metadata={"description": "Leave out for all open ones."}
    )
    officer = fields.Enum(Whose, by_value=True, load_default=None, metadata={"description": "Your own, or nobody's."})
    eservice = fields.Str(load_default=None, validate=validate.Length(max=80))
    number = fields.Str(
        load_default=None, validate=validate.Length(max=80), metadata={"description": "A part of the case number."}
    )
    sort = fields.Enum(Sort, by_value=True, load_default=Sort.DEADLINE)


class ActSchema(Schema):
    """What an officer says with an act; `clock` tells which day it is."""

    def __init__(self, clock: Clock, **options: Any) -> None:
        super().__init__(**options)
        self.clock = clock


class NothingSchema(ActSchema):
    """No more needs to be said."""


class AssignmentSchema(ActSchema):
    """Who is to handle the case: the subject that their tokens have, and their name."""

    officer_subject = Words(required=True, most=200)
    officer_name = Words(required=True, most=200)


class TransferSchema(ActSchema):
    """Where the case is to go, and why."""

    queue = fields.Str(required=True, validate=validate.Length(max=80))
    reason = Words(required=True)


class SupplementRequestSchema(ActSchema):
    """What is missing, and the last day to send it."""

    text = Words(required=True)
    answer_by = fields.Date(required=True)

    @validates("answer_by")
    def _leaves_time_to_answer(self, day: date, **_: Any) -> None:
        if not timedelta(0) < day - local_date(self.clock()) <= LONGEST_WAIT:
            raise ValidationError("The last day to answer must be after today and within a year.")


class SupplementSchema(ActSchema):
    """What came in by post or over the counter, and the day that it reached the authority."""

    text = Words(required=True)
    received_on = fields.Date(required=True)

    @validates("received_on")
    def _has_come(self, day: date, **_: Any) -> None:
        if day > local_date(self.clock()):
            raise ValidationError("What has come in cannot have come in after today.")


class TextSchema(ActSchema):
    """A note, or a message."""

    text = Words(required=True)


class DecisionInSchema(ActSchema):
    """One of the e-service's outcomes, the reasons (required under förvaltningslagen), the presenter if any.

    Who decided and when, where it is not the officer today: a board, the council.
    """

    outcome = fields.Str(required=True, validate=validate.Length(max=80))
    reasons = Words(load_default="", least=0)
    presenter = Words(load_default=None, allow_none=True, most=200)
    decided_by = Words(load_default=None, allow_none=True, most=200)
    decided_on = fields.Date(load_default=None, allow_none=True)


class ReopeningSchema(ActSchema):
    """Why the case is taken up again."""

    reason = Words(required=True)


# Out


class QueueSchema(Schema):
    """A handling queue and how it stands."""

    code = fields.Str(required=True)
    name = _texts()
    board = fields.Str(required=True)
    queued = fields.Int(required=True, metadata={"description": "Cases that wait for an officer."})
    in_hand = fields.Int(required=True, metadata={"description": "Cases that an officer has."})
    overdue = fields.Int(required=True, metadata={"description": "Open cases past their last day."})
    oldest_received_at = fields.AwareDateTime(required=True, allow_none=True)


class QueuesSchema(Schema):
    """Every queue of the officer's boards."""

    items = fields.List(fields.Nested(QueueSchema), required=True)


class ListedCaseSchema(Schema):
    """A case as lists show it. `unreached`: the latest message to the submitter did not arrive."""

    id = fields.UUID(required=True, attribute="case.id")
    number = fields.Str(required=True, attribute="case.number")
    title = _texts()
    eservice = fields.Str(required=True, attribute="case.eservice")
    eservice_title = fields.Dict(required=True, attribute="case.eservice_title")
    board = fields.Str(required=True, attribute="case.board")
    queue = fields.Str(required=True, attribute="case.queue")
    priority = fields.Int(
        required=True, attribute="case.priority", metadata={"description": "-1 low, 0 normal, 1 high, 2 urgent."}
    )
    tags = fields.List(fields.Str(), required=True, attribute="case.tags")
    state = fields.Str(required=True, attribute="case.state", validate=validate.OneOf(STATES))
    officer_subject = fields.Str(required=True, allow_none=True, attribute="case.officer_subject")
    officer_name = fields.Str(required=True, allow_none=True, attribute="case.officer_name")
    received_at = fields.AwareDateTime(required=True, attribute="case.received_at")
    registered_at = fields.AwareDateTime(required=True, attribute="case.registered_at")
    due_on = fields.Date(required=True, allow_none=True, attribute="case.due_on")
    answer_by = fields.Date(required=True, allow_none=True, attribute="case.answer_by")
    unreached = fields.Bool(required=True, attribute="case.unreached")
    version = fields.Int(required=True, attribute="case.sequence", metadata={"description": "As in the ETag."})


class CasePageSchema(Schema):
    """One page of a queue's cases."""

    items = fields.List(fields.Nested(ListedCaseSchema), required=True)
    next = fields.Str(
        required=True, allow_none=True, metadata={"description": "The next page's cursor; null on the last."}
    )


class AttachmentSchema(Schema):
    """A file that came with the submission or later. `url` gives it for a short while, without more ado."""

    id = fields.UUID(required=True)
    field = fields.Str(required=True)
    name = fields.Str(required=True)
    media_type = fields.Str(required=True)
    size = fields.Int(required=True)
    sha256 = fields.Str(required=True)
    url = fields.Str(required=True)


class AuthoritySchema(Schema):
    """Whom a decision is appealed to; `address` where appeals are sent to it and not to the board."""

    name = _texts()
    address = fields.Str(required=True, allow_none=True)


class DecisionSchema(Schema):
    """A decision as it was made; the highest version is the one that holds."""

    version = fields.Int(required=True)
    outcome = fields.Str(required=True)
    outcome_label = _texts()
    reasons = fields.Str(required=True)
    decided_on = fields.Date(required=True)
    decided_by = fields.Str(required=True)
    presenter = fields.Str(required=True, allow_none=True)
    appeal = fields.Nested(AuthoritySchema, required=True, allow_none=True)


class DeadlineSchema(Schema):
    """How long the board has, and by what rule."""

    amount = fields.Int(required=True)
    unit = fields.Str(required=True)
    basis = _texts()


class RuleResultSchema(Schema):
    """A rule as it was tried on the case.

    Each of `conditions` is `{fact, operator, value, seen, holds, error}` or a group, `{grouping, members, holds}`;
    `holds` is null where the condition could not be tried. A list of more than 20 values is cut short.
    """

    name = fields.Str(required=True)
    queue = fields.Str(required=True)
    matched = fields.Bool(required=True)
    conditions = fields.List(fields.Dict(), required=True)


class WinningRuleSchema(RuleResultSchema):
    """The rule that decided, with what it sets. `deadline` null: the e-service's applies."""

    because = _texts()
    priority = fields.Str(required=True)
    tags = fields.List(fields.Str(), required=True)
    deadline = fields.Nested(DeadlineSchema, required=True, allow_none=True)


class ExplanationSchema(Schema):
    """Why the case is where it is, by `version` of the rules. `winner` null: no rule decided.

    `missing_board`: the e-service's board, where there is none such and the case is protected for that.
    """

    version = fields.Int(required=True)
    queue = fields.Str(required=True)
    queue_name = _texts()
    winner = fields.Nested(WinningRuleSchema, required=True, allow_none=True)
    nearest_misses = fields.List(fields.Nested(RuleResultSchema), required=True)
    missing_board = fields.Str(required=True, allow_none=True)


class CaseSchema(ListedCaseSchema):
    """The whole case. `explanation` is the rule that won and those that came nearest, `why` the same in a sentence.

    `journal_broken_at`: the first journal entry that was changed, removed or put in afterwards; null when all hold.
    """

    title = fields.Dict(required=True, attribute="content.title")
    submission_id = fields.UUID(required=True, attribute="case.submission_id")
    reference = fields.Str(required=True, attribute="case.reference")
    language = fields.Str(required=True, attribute="case.language")
    submitter = fields.Dict(required=True, allow_none=True, attribute="content.submitter")
    answers = fields.List(fields.Dict(), required=True, attribute="content.answers")
    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)
    handling = fields.Dict(required=True, attribute="content.handling")
    explanation = fields.Nested(ExplanationSchema, required=True, attribute="content.explanation")
    why = _texts()
    decisions = fields.List(fields.Nested(DecisionSchema), required=True)
    allowed = fields.List(fields.Enum(Action, by_value=True), required=True)
    journal_broken_at = fields.Int(required=True, allow_none=True)


class EntrySchema(Schema):
    """A line of the journal. `hash` is chained to the line before."""

    sequence = fields.Int(required=True)
    at = fields.AwareDateTime(required=True)
    act = fields.Str(required=True)
    state = fields.Str(required=True, validate=validate.OneOf(STATES))
    actor_name = fields.Str(required=True, allow_none=True)
    data = fields.Dict(required=True)
    hash = fields.Str(required=True)


class JournalSchema(Schema):
    """The journal, in order. `broken_at`: the first entry that does not hold, as a case's `journal_broken_at`."""

    items = fields.List(fields.Nested(EntrySchema), required=True)
    broken_at = fields.Int(required=True, allow_none=True)


class DoneSchema(Schema):
    """Where the case stands after the act, and what may be done next."""

    case_id = fields.UUID(required=True)
    number = fields.Str(required=True)
    state = fields.Str(required=True, validate=validate.OneOf(STATES))
    version = fields.Int(required=True, attribute="sequence", metadata={"description": "As in the ETag."})
    allowed = fields.List(fields.Enum(Action, by_value=True), required=True)


class NotAllowedSchema(ProblemSchema):
    """The case's state, and what it does allow."""

    state = fields.Str(required=True, validate=validate.OneOf(STATES))
    allowed = fields.List(fields.Enum(Action, by_value=True), required=True)
