"""How the API shows what is new for an officer, and what it is sent."""

from typing import ClassVar

from marshmallow import Schema, fields, validate

from services.routing.cases.schemas import CaseInListSchema
from services.routing.updates.models import UpdateMail


class NewItemSchema(Schema):
    """A journal entry by somebody else; or, where `due_on` is a day, that the case's last day is near."""

    sequence = fields.Int(required=True, allow_none=True, metadata={"description": "The journal entry's number."})
    action = fields.Str(required=True, allow_none=True, metadata={"description": "As in the journal."})
    actor_name = fields.Str(required=True, allow_none=True)
    due_on = fields.Date(required=True, allow_none=True)
    at = fields.AwareDateTime(required=True)


class NewInCaseSchema(Schema):
    """A case, and what is new in it, the latest first."""

    listed = fields.Nested(CaseInListSchema, required=True, data_key="case")
    items = fields.List(fields.Nested(NewItemSchema), required=True, data_key="new")


class UpdatesSchema(Schema):
    """The cases with something new for you, the one with the latest first."""

    items = fields.List(fields.Nested(NewInCaseSchema), required=True)
    is_all = fields.Bool(required=True, metadata={"description": "False: there is more, further back."})


class SeenSchema(Schema):
    """The version of the case that the officer has before them."""

    EXAMPLE: ClassVar = {"version": 4}

    version = fields.Int(
        required=True,
        strict=True,
        validate=validate.Range(0, 2**31 - 1),
        metadata={"description": "As in the case's ETag."},
    )


class UpdateMailSchema(Schema):
    """When you get a mail about what is new: never, as it comes, or once each morning."""

    EXAMPLE: ClassVar = {"mail": "daily"}

    mail = fields.Enum(UpdateMail, by_value=True, required=True)
