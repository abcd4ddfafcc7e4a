"""What goes in and out of the API of arrival permits."""

from marshmallow import Schema, fields, validate


class PermitRequestSchema(Schema):
    """For which e-service."""

    eservice = fields.Str(required=True, validate=validate.Length(min=1, max=40), metadata={"example": "bygglov"})


class PermitSchema(Schema):
    """A permit. Send it as `Arrival-Permit` with a submission that has `arrival`, to `submissions`."""

    permit = fields.Str(required=True)
    expires_at = fields.AwareDateTime(required=True)
    submissions = fields.Url(required=True, metadata={"description": "Where intake takes the submission."})
