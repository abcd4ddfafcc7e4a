"""What goes out of the API of decision requests."""

from marshmallow import Schema, fields


class DecisionRequestReceiptSchema(Schema):
    """The request for a decision was received."""

    requested_at = fields.AwareDateTime(required=True)
