"""How the API shows a decision."""

from marshmallow import Schema, fields

from services.routing.cases.api_fields import localized_text


class AuthoritySchema(Schema):
    """Whom a decision is appealed to; `address` where appeals are sent to it and not to the board."""

    name = localized_text()
    address = fields.Str(required=True, allow_none=True)


class DecisionSchema(Schema):
    """A decision as it was made; the highest version is the one that holds."""

    version = fields.Int(required=True)
    outcome = fields.Str(required=True)
    outcome_label = localized_text()
    reasons = fields.Str(required=True)
    decided_on = fields.Date(required=True)
    decided_by = fields.Str(required=True)
    presenter = fields.Str(required=True, allow_none=True)
    appeal = fields.Nested(AuthoritySchema, required=True, allow_none=True)
