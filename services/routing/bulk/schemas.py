"""How an action on many cases is requested at the API, and how a bulk job is shown."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.routing.bulk.job_state import JobPosition
from services.routing.bulk.offer import IN_BULK
from services.routing.cases.schemas import CaseInListSchema
from services.routing.cases.state_machine import Action
from services.routing.directory.schemas import AbsenceSchema, OfficerNameSchema
from services.routing.queues.list_cases import ListedCase
from services.routing.queues.schemas import CasesQuery
from services.routing.search.words import LONGEST
from shared.web import paging
from shared.web.languages import library_message

REASONS = (
    "changed (since it was chosen), not_allowed (in its state), not_found (not yours to see), invalid (see errors), "
    "journal_broken, partial (you have declared a conflict of interest), rights_over (it waited too long) or "
    "unexpected; later versions may have more."
)
_LARGEST = 2**31 - 1


class ChosenCaseSchema(Schema):
    """A case that is chosen; `version` is its ETag as you read it, without which it is the one that it has now."""

    id = fields.UUID(required=True)
    version = fields.Int(load_default=None, allow_none=True, validate=validate.Range(1, _LARGEST))


class QueueSelectionSchema(CasesQuery):
    """All cases of a queue that these filters let through: the open ones unless a state is given."""

    class Meta:
        """Without what pages a list."""

        exclude = ("limit", "cursor")

    code = fields.Str(required=True, validate=validate.Length(max=80))


class SelectionSchema(Schema):
    """Which cases: these `cases`, all of a `queue`, or all that a search for `q` finds."""

    cases = fields.List(fields.Nested(ChosenCaseSchema), validate=validate.Length(min=1))
    queue = fields.Nested(QueueSelectionSchema)
    q = fields.Str(validate=validate.Length(min=1, max=LONGEST))

    @validates_schema
    def _is_one_of_these(self, data: dict[str, Any], **_: Any) -> None:
        if len(data) != 1:
            raise ValidationError("Give one of cases, queue and q.", "cases")


class BulkRequestSchema(Schema):
    """An action for many cases, with the body that the action has on a single case."""

    EXAMPLE: ClassVar = {
        "selection": {"queue": {"code": "gata", "state": "queued"}},
        "action": "transfer",
        "data": {"queue": "park", "reason": "Felen är i parken."},
    }

    selection = fields.Nested(SelectionSchema, required=True)
    # Not an Enum, of which the API reference would list all actions.
    action = fields.Str(required=True, validate=validate.OneOf([str(each) for each in IN_BULK]), post_load=Action)
    data = fields.Dict(
        keys=fields.Str(),
        load_default=dict,
        metadata={"description": "As the body of the action on one case, such as the decision's outcome and reasons."},
    )


class FailedCaseSchema(Schema):
    """A case with which the action is not performed, and why. `case` null: it is yours to see no more."""

    case_id = fields.UUID(required=True)
    case = fields.Nested(CaseInListSchema, required=True, allow_none=True)
    reason = fields.Str(required=True, allow_none=True, metadata={"description": f"{REASONS} Null: it was stopped."})
    state = fields.Str(required=True, allow_none=True, metadata={"description": "The state that did not allow it."})
    errors = fields.Dict(
        keys=fields.Str(), values=fields.Str(), required=True, metadata={"description": "What is wrong, by field."}
    )


class RecipientsSchema(Schema):
    """How the submitters are reached: by e-mail, of which `secret` without its content; else on their page alone."""

    by_mail = fields.Int(required=True)
    secret = fields.Int(required=True)
    on_page = fields.Int(required=True)
    anonymous = fields.Int(required=True)


class AssigneeSchema(OfficerNameSchema):
    """To whom the cases would be given; `absence` is the one that the officer is on today, `deputy` whom it names."""

    id = fields.UUID(required=True, attribute="officer.id")
    name = fields.Str(required=True, attribute="officer.name")
    absence = fields.Nested(AbsenceSchema, required=True, allow_none=True)
    deputy = fields.Nested(OfficerNameSchema, required=True, allow_none=True)


class BulkPreviewSchema(Schema):
    """What would happen. `offered` is what all of the cases allow, `notified` whether submitters get a message."""

    cases = fields.Int(required=True)
    possible = fields.Int(required=True)
    offered = fields.List(fields.Enum(Action, by_value=True), required=True)
    notified = fields.Str(
        required=True, metadata={"description": "always, never, or by_eservice: as its e-service has it."}
    )
    recipients = fields.Nested(RecipientsSchema, required=True)
    assignee = fields.Nested(
        AssigneeSchema, required=True, allow_none=True, metadata={"description": "Null: they are given to nobody."}
    )
    failures = fields.List(fields.Nested(FailedCaseSchema), required=True)


class BulkJobSchema(Schema):
    """A job and how many of its cases stand how; `finished_at` null: some wait."""

    id = fields.UUID(required=True, attribute="job.id")
    action = fields.Str(required=True, attribute="job.action")
    data = fields.Dict(required=True, attribute="job.request")
    ordered_at = fields.AwareDateTime(required=True, attribute="job.ordered_at")
    finished_at = fields.AwareDateTime(required=True, allow_none=True, attribute="job.finished_at")
    cases = fields.Int(required=True, attribute="job.cases")
    waiting = fields.Int(required=True)
    performed = fields.Int(required=True)
    failed = fields.Int(required=True)
    stopped = fields.Int(required=True)


class BulkJobsSchema(paging.PageSchema):
    """One page of the jobs that you have ordered, the latest first."""

    items = fields.List(fields.Nested(BulkJobSchema), required=True)


class FailedCasesSchema(paging.PageSchema):
    """One page of the cases with which a job failed or was stopped."""

    items = fields.List(fields.Nested(FailedCaseSchema), required=True)


def job_position_of(cursor: str | None) -> JobPosition | None:
    """Where the page of jobs before ended, read from its cursor. Raises Problem 400."""
    return JobPosition(*paging.decode(cursor, paging.moment, UUID)) if cursor else None


def position_of(cursor: str | None) -> int:
    """Where the page of cases before ended, read from its cursor; 0 for the first. Raises Problem 400."""
    return int(paging.decode(cursor, _position)[0]) if cursor else 0


def _position(value: int) -> int:
    if not isinstance(value, int) or not 0 < value <= _LARGEST:
        raise ValueError("no case has that position")
    return value


def failure_fields(
    case_id: UUID, listed: ListedCase | None, reason: str | None, detail: Mapping[str, Any]
) -> dict[str, Any]:
    """What FailedCaseSchema shows of a failure, in the reader's language."""
    errors = {field: library_message(message) for field, message in detail.get("errors", {}).items()}
    return {"case_id": case_id, "case": listed, "reason": reason, "state": detail.get("state"), "errors": errors}
