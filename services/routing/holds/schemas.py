"""How the API shows a hold."""

from marshmallow import Schema, fields


class HoldSchema(Schema):
    """A case is out of the working lists until `until`. Open while `ended_at` is null."""

    id = fields.UUID(required=True)
    reason = fields.Str(required=True)
    until = fields.AwareDateTime(required=True)
    begun_at = fields.AwareDateTime(required=True)
    begun_by = fields.Str(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    outcome = fields.Str(
        required=True,
        allow_none=True,
        metadata={
            "description": "returned (at its time), ended (by an officer), supplemented, replaced (by a new hold) or "
            "taken (the case was claimed or reopened); later versions may have more."
        },
    )
