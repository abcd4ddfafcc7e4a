"""What goes out of the API of e-services."""

from typing import Any

from marshmallow import Schema, fields, validate

from services.intake.eservices.identity import Identity
from services.intake.eservices.opening import State
from services.intake.eservices.search import LONGEST_QUERY
from shared.conditions.condition import as_written


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


class OpeningSchema(Schema):
    """Whether an e-service takes submissions now, from `opens_at`, until `closes_at`, and why it is paused."""

    state = fields.Str(required=True, metadata={"enum": [*State]})
    opens_at = fields.DateTime(required=True, allow_none=True)
    closes_at = fields.DateTime(required=True, allow_none=True)
    paused = fields.Nested(TextSchema, required=True, allow_none=True)


class EServiceSummarySchema(Schema):
    """An e-service in the catalogue."""

    code = fields.Str(required=True)
    version = fields.Int(required=True)
    title = fields.Nested(TextSchema, required=True)
    summary = fields.Nested(TextSchema, required=True)
    identity = fields.Enum(
        Identity,
        by_value=fields.Str,
        required=True,
        metadata={
            "description": "`anonymous`: nobody needs to give a name; `stated`: name and e-mail are required; "
            "`substantial`, `high`: and an e-ID of assurance level 3 or 4."
        },
    )
    opening = fields.Nested(OpeningSchema, required=True)
    topics = fields.List(
        fields.Str(), required=True, metadata={"description": "What it is about, the most fitting first."}
    )
    life_situations = fields.List(
        fields.Str(), required=True, metadata={"description": "What may happen in a life that leads to it."}
    )


class OptionSchema(Schema):
    """An answer that may be chosen, or a term of the catalogue."""

    code = fields.Str(required=True)
    label = fields.Nested(TextSchema, required=True)


class EServicesSchema(Schema):
    """What a municipality offers, and the terms that lead to any of it."""

    items = fields.List(fields.Nested(EServiceSummarySchema), required=True)
    topics = fields.List(fields.Nested(OptionSchema), required=True)
    life_situations = fields.List(fields.Nested(OptionSchema), required=True)


class EServicesQuery(Schema):
    """What of the catalogue is wanted."""

    q = fields.Str(
        load_default="",
        validate=validate.Length(max=LONGEST_QUERY),
        metadata={"description": "Words to search for; the most fitting e-service comes first."},
    )
    topic = fields.Str(load_default="", metadata={"description": "The code of a topic."})
    life_situation = fields.Str(load_default="", metadata={"description": "The code of a life situation."})


class ConditionField(fields.Raw):
    """A condition as it is written: a fact compared with a value, or `all`, `any` or `none` of several."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return None if value is None else as_written(value)


def _condition() -> ConditionField:
    return ConditionField(
        required=True,
        allow_none=True,
        metadata={"type": "object", "description": "It is asked only where this holds; null: always."},
    )


class FieldSchema(Schema):
    """A question, or a value that is computed from other answers."""

    name = fields.Str(required=True)
    type = fields.Str(required=True)
    label = fields.Nested(TextSchema, required=True)
    hint = fields.Nested(TextSchema, required=True, allow_none=True)
    required = fields.Bool(required=True)
    show_if = _condition()
    require_if = _condition()
    options = fields.List(
        fields.Nested(OptionSchema),
        required=True,
        dump_default=[],
        metadata={"description": "Empty for types without options."},
    )


class RepeatSchema(Schema):
    """How a section is answered several times."""

    name = fields.Str(required=True, metadata={"description": "The answers to all entries are a list of this name."})
    entry = fields.Nested(TextSchema, required=True)
    least = fields.Int(required=True)
    most = fields.Int(required=True)


class SectionSchema(Schema):
    """Questions that belong together."""

    heading = fields.Nested(TextSchema, required=True, allow_none=True)
    show_if = _condition()
    repeat = fields.Nested(RepeatSchema, required=True, allow_none=True)
    questions = fields.List(fields.Nested(FieldSchema), required=True, attribute="fields", data_key="fields")


class PageSchema(Schema):
    """A page of the form."""

    code = fields.Str(required=True)
    title = fields.Nested(TextSchema, required=True)
    show_if = _condition()
    exit = fields.Bool(required=True, attribute="is_exit", metadata={"description": "Who comes to it is turned away."})
    sections = fields.List(fields.Nested(SectionSchema), required=True)


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
    pages = fields.List(fields.Nested(PageSchema), required=True)
