"""What goes in and out of the API's lists: queues, the cases of a queue, and the query and cursor of a page."""

from datetime import date
from uuid import UUID

from marshmallow import Schema, fields, validate

from services.routing.cases.schemas import ListedCaseSchema
from services.routing.cases.state_machine import State
from services.routing.queues.list_cases import PagePosition, Sort, Whose
from services.routing.schemas import localized_text
from shared.web import paging
from shared.web.paging import PageQuery


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


class QueueSchema(Schema):
    """A handling queue and how it stands."""

    code = fields.Str(required=True)
    name = localized_text()
    board = fields.Str(required=True)
    queued = fields.Int(required=True, metadata={"description": "Cases that wait for an officer."})
    in_hand = fields.Int(required=True, metadata={"description": "Cases that an officer has."})
    overdue = fields.Int(required=True, metadata={"description": "Open cases past their last day."})
    oldest_received_at = fields.AwareDateTime(required=True, allow_none=True)


class QueuesSchema(Schema):
    """Every queue of the officer's boards."""

    items = fields.List(fields.Nested(QueueSchema), required=True)


class CasePageSchema(Schema):
    """One page of a queue's cases."""

    items = fields.List(fields.Nested(ListedCaseSchema), required=True)
    next = fields.Str(
        required=True, allow_none=True, metadata={"description": "The next page's cursor; null on the last."}
    )


def position_of(cursor: str | None) -> PagePosition | None:
    """Where the page before ended, read from its cursor. Raises Problem 400."""
    return PagePosition(*paging.decode(cursor, date.fromisoformat, paging.moment, UUID)) if cursor else None
