"""What goes in and out of the API of supplements."""

from marshmallow import Schema, fields, validate


class SupplementSchema(Schema):
    """More to a submission already received: text, files uploaded as `supplement`, or both."""

    text = fields.Str(
        load_default="", validate=validate.Length(max=20_000), metadata={"example": "Lampan är vid busshållplatsen."}
    )
    attachments = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=100))


class SupplementReceiptSchema(Schema):
    """The supplement was received."""

    number = fields.Int(required=True, metadata={"description": "Which in order, from 1."})
    received_at = fields.AwareDateTime(required=True)
