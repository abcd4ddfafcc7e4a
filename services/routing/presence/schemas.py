"""How the API shows what happens with a case while it is open."""

from typing import ClassVar

from marshmallow import Schema, fields, validate

from services.routing.cases.schemas import JournalEntrySchema


class OpenCaseSchema(Schema):
    """The version of the case that you have before you."""

    EXAMPLE: ClassVar = {"version": 4}

    version = fields.Int(
        required=True,
        strict=True,
        validate=validate.Range(0, 2**31 - 1),
        metadata={"description": "As in the case's ETag."},
    )


class CaseNowSchema(Schema):
    """Who else has the case open, and its journal entries since your version, the first one first, at most 20."""

    version = fields.Int(required=True, metadata={"description": "The case's version now."})
    colleagues = fields.List(fields.Str(), required=True, metadata={"description": "Their names."})
    entries = fields.List(fields.Nested(JournalEntrySchema(exclude=("data", "hash"))), required=True)
