"""How the API and the desk's form read and show standard texts."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, fields, post_load, validate

from services.routing.actions.definition import OfficersText
from services.routing.actions.registry import WITH_STANDARD_TEXTS
from services.routing.cases.api_fields import localized_text
from services.routing.standard_texts.edit import TextContent

MOST_TEXT = 10_000
MOST_NAME = 100


class TextByLanguageSchema(Schema):
    """The text in Swedish, and in English where it differs."""

    sv = OfficersText(required=True, most=MOST_TEXT)
    en = OfficersText(most=MOST_TEXT)


class StandardTextInSchema(Schema):
    """A standard text, for one action; in every queue and e-service unless one is named."""

    EXAMPLE: ClassVar = {
        "name": "Åtgärdat",
        "action": "decide",
        "text": {"sv": "Felet i {case_number} är åtgärdat.", "en": "{case_number} is mended."},
        "eservice": "felanmalan",
        "outcome": "atgardat",
    }

    name = OfficersText(required=True, most=MOST_NAME)
    action = fields.Str(required=True, validate=validate.OneOf([str(each) for each in WITH_STANDARD_TEXTS]))
    text = fields.Nested(TextByLanguageSchema, required=True)
    queue = fields.Str(load_default=None, allow_none=True, validate=validate.Length(max=80))
    eservice = fields.Str(load_default=None, allow_none=True, validate=validate.Length(max=80))
    outcome = fields.Str(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=80),
        metadata={"description": "Chosen with the text, in a decision of an e-service that has this outcome."},
    )

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> TextContent:
        """As a dataclass."""
        return TextContent(**data)


class StandardTextSchema(Schema):
    """A standard text as it is now."""

    id = fields.UUID(required=True)
    version = fields.Int(required=True, metadata={"description": "As in the ETag."})
    name = fields.Str(required=True)
    action = fields.Str(required=True)
    text = localized_text()
    queue = fields.Str(required=True, allow_none=True)
    eservice = fields.Str(required=True, allow_none=True)
    outcome = fields.Str(required=True, allow_none=True)


class StandardTextsSchema(Schema):
    """The standard texts, by name."""

    items = fields.List(fields.Nested(StandardTextSchema), required=True)


class StandardTextVersionSchema(Schema):
    """What a standard text was from a moment on, and who made it so."""

    version = fields.Int(required=True)
    at = fields.AwareDateTime(required=True)
    by_name = fields.Str(required=True)
    content = fields.Dict(required=True)


class StandardTextWithVersionsSchema(StandardTextSchema):
    """A standard text with all its versions, the latest first."""

    versions = fields.List(fields.Nested(StandardTextVersionSchema), required=True)


class FilledTextSchema(Schema):
    """A standard text as it reads in one case. A placeholder that the case has no value for stands in it still."""

    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    action = fields.Str(required=True)
    text = fields.Str(required=True)
    outcome = fields.Str(required=True, allow_none=True)


class FilledTextsSchema(Schema):
    """The standard texts that fit a case, those for its own queue or e-service first."""

    items = fields.List(fields.Nested(FilledTextSchema), required=True)
