"""How the API shows a deadline clock."""

from datetime import date
from typing import Any

from marshmallow import Schema, fields

from services.routing.deadlines.clock import DeadlineClock
from shared.swedish.law import OnExpiry


class RequestForDecisionSchema(Schema):
    """The submitter's request that the case be decided (förvaltningslagen 12 §)."""

    received_on = fields.Date(required=True)
    answer_by = fields.Date(required=True)
    is_open = fields.Bool(required=True)


class DeadlineClockSchema(Schema):
    """How the deadline stands, computed from the journal."""

    due_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "Null: no deadline, or the period has not begun."}
    )
    counted_from = fields.Date(required=True)
    awaits_submitter = fields.Bool(
        required=True, metadata={"description": "The period begins when the submitter has sent what was ordered."}
    )
    paused_days = fields.Int(
        required=True, metadata={"description": "Days of waiting for the submitter that are not counted."}
    )
    extensions = fields.Int(required=True)
    may_be_extended = fields.Bool(required=True)
    weeks_late = fields.Int(required=True, metadata={"description": "Weeks begun after the last day."})
    fee_reduction = fields.Int(required=True, metadata={"description": "By how many per cent the fee has fallen."})
    on_expiry = fields.Enum(OnExpiry, required=True, by_value=True)
    decision_request = fields.Nested(RequestForDecisionSchema, required=True, allow_none=True)


def shown_clock(clock: DeadlineClock, today: date) -> dict[str, Any]:
    """The clock as it stands today."""
    return {
        **vars(clock),
        "may_be_extended": clock.may_be_extended(today),
        "weeks_late": clock.weeks_late(today),
        "fee_reduction": clock.fee_reduction(today),
        "on_expiry": clock.on_expiry,
    }
