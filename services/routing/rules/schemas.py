"""How the API shows why a case is where it is."""

from marshmallow import Schema, fields

from services.routing.cases.api_fields import localized_text


class DeadlineSchema(Schema):
    """How long the board has, and by what rule."""

    amount = fields.Int(required=True)
    unit = fields.Str(required=True)
    basis = localized_text()


class RuleResultSchema(Schema):
    """A rule as it was tried on the case.

    Each of `conditions` is `{fact, operator, value, seen, holds, error}` or a group, `{grouping, members, holds}`;
    `holds` is null where the condition could not be tried. A list of more than 20 values is cut short.
    """

    name = fields.Str(required=True)
    queue = fields.Str(required=True)
    matched = fields.Bool(required=True)
    conditions = fields.List(fields.Dict(), required=True)


class WinningRuleSchema(RuleResultSchema):
    """The rule that decided, with what it sets. `deadline` null: the e-service's applies."""

    because = localized_text()
    priority = fields.Str(required=True)
    tags = fields.List(fields.Str(), required=True)
    deadline = fields.Nested(DeadlineSchema, required=True, allow_none=True)


class ExplanationSchema(Schema):
    """Why the case is where it is, by `version` of the rules. `winner` null: no rule decided.

    `missing_board`: the e-service's board, where there is none such and the case is protected for that.
    """

    version = fields.Int(required=True)
    queue = fields.Str(required=True)
    queue_name = localized_text()
    winner = fields.Nested(WinningRuleSchema, required=True, allow_none=True)
    nearest_misses = fields.List(fields.Nested(RuleResultSchema), required=True)
    missing_board = fields.Str(required=True, allow_none=True)
