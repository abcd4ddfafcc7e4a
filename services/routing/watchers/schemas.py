"""How the API shows who follows a case."""

from marshmallow import Schema, fields


class WatcherSchema(Schema):
    """An officer who follows the case."""

    subject = fields.Str(required=True)
    name = fields.Str(required=True)
    since = fields.AwareDateTime(required=True)


class WatchersSchema(Schema):
    """Everybody who follows the case, the longest first."""

    items = fields.List(fields.Nested(WatcherSchema), required=True)
