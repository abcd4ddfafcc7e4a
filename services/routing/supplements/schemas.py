"""How the API shows a supplement request."""

from marshmallow import Schema, fields


class RequestedSupplementSchema(Schema):
    """What the submitter has been requested to send. Open while `ended_at` is null."""

    id = fields.UUID(required=True)
    text = fields.Str(required=True)
    requested_at = fields.AwareDateTime(required=True)
    requested_by = fields.Str(required=True, allow_none=True)
    answer_by = fields.Date(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    outcome = fields.Str(
        required=True,
        allow_none=True,
        metadata={"description": "answered, withdrawn or lapsed (decided without it); later versions may have more."},
    )
