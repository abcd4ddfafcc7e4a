"""How the API shows queues, and a page of cases."""

from marshmallow import Schema, fields

from services.routing.cases.api_fields import localized_text
from services.routing.cases.schemas import ListedCaseSchema


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
