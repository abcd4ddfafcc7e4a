"""What goes out of the API of e-services."""

from marshmallow import Schema, fields


class TextSchema(Schema):
    """A text in Swedish and English."""

    sv = fields.Str(required=True)
    en = fields.Str()


class MunicipalitySchema(Schema):
    """A municipality that takes submissions here."""

    code = fields.Str(required=True, metadata={"description": "SCB's four digits.", "example": "2039"})
    slug = fields.Str(required=True, metadata={"description": "As it stands in addresses."})
    name = fields.Nested(TextSchema, required=True)
    languages = fields.List(fields.Str(), required=True)


class MunicipalitiesSchema(Schema):
    """All of them."""

    items = fields.List(fields.Nested(MunicipalitySchema), required=True)


class EServiceSummarySchema(Schema):
    """An e-service in the catalogue."""

    code = fields.Str(required=True)
    version = fields.Int(required=True)
    title = fields.Nested(TextSchema, required=True)
    summary = fields.Nested(TextSchema, required=True)
    identity = fields.Str(
        required=True, metadata={"description": "`anonymous`: nobody needs to give a name; or `stated`."}
    )


class EServicesSchema(Schema):
    """What a municipality offers."""

    items = fields.List(fields.Nested(EServiceSummarySchema), required=True)


class OptionSchema(Schema):
    """An answer that may be chosen."""

    code = fields.Str(required=True)
    label = fields.Nested(TextSchema, required=True)


class FieldSchema(Schema):
    """A question."""

    name = fields.Str(required=True)
    type = fields.Str(required=True)
    label = fields.Nested(TextSchema, required=True)
    hint = fields.Nested(TextSchema, required=True, allow_none=True)
    required = fields.Bool(required=True)
    required_if = fields.Str(required=True, allow_none=True)
    options = fields.List(
        fields.Nested(OptionSchema),
        required=True,
        dump_default=[],
        metadata={"description": "Empty for types without options."},
    )


class SectionSchema(Schema):
    """Questions that belong together."""

    heading = fields.Nested(TextSchema, required=True)
    questions = fields.List(fields.Nested(FieldSchema), required=True, attribute="fields", data_key="fields")


class DeadlineSchema(Schema):
    """How long the board has, and by what rule."""

    amount = fields.Int(required=True)
    unit = fields.Str(required=True)
    basis = fields.Nested(TextSchema, required=True)


class EServiceSchema(EServiceSummarySchema):
    """An e-service whole. The JSON Schema of what it takes is at `json-schema`."""

    intro = fields.Nested(TextSchema, required=True)
    next_steps = fields.Nested(TextSchema, required=True)
    board = fields.Str(required=True)
    legal_regime = fields.Str(required=True)
    deadline = fields.Nested(DeadlineSchema, required=True, allow_none=True)
    appeal = fields.Str(required=True, allow_none=True)
    outcomes = fields.List(fields.Nested(OptionSchema), required=True)
    sections = fields.List(fields.Nested(SectionSchema), required=True)
