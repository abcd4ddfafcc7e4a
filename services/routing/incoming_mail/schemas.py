"""How the API shows mail that found no case, and what it takes about it."""

from marshmallow import Schema, fields, validate

from services.routing.actions.definition import OfficersText
from services.routing.incoming_mail.unplaced import LONGEST_NUMBER, LONGEST_REASON


class FileNotTakenSchema(Schema):
    """A file that came with a mail and was not taken."""

    name = fields.Str(required=True)
    media_type = fields.Str(required=True)
    size = fields.Int(required=True, metadata={"description": "In bytes."})


class UnplacedMailSchema(Schema):
    """A mail that waits. Anybody may have written it, whatever stands as its address."""

    id = fields.UUID(required=True)
    received_at = fields.AwareDateTime(required=True)
    from_address = fields.Str(required=True, attribute="content.from_address")
    subject = fields.Str(required=True, attribute="content.subject")
    text = fields.Str(required=True, attribute="content.text")
    is_cut = fields.Bool(
        required=True, attribute="content.is_cut", metadata={"description": "There was more text than this."}
    )
    is_automatic = fields.Bool(
        required=True, attribute="content.is_automatic", metadata={"description": "A program sent it."}
    )
    files_not_taken = fields.List(fields.Nested(FileNotTakenSchema), required=True, attribute="content.files_not_taken")


class UnplacedMailsSchema(Schema):
    """The mails that have waited longest, and how many wait in all."""

    mails = fields.List(fields.Nested(UnplacedMailSchema), required=True, data_key="items")
    total = fields.Int(required=True)


class PlacementSchema(Schema):
    """The case that a mail belongs in."""

    case_number = fields.Str(
        required=True,
        validate=validate.Length(min=1, max=LONGEST_NUMBER),
        metadata={"example": "BN 2026-00042", "description": "As officers write it."},
    )


class DismissalSchema(Schema):
    """Why a mail belongs in no case."""

    reason = OfficersText(required=True, most=LONGEST_REASON)


class PlacedMailSchema(Schema):
    """The case that the mail is in now."""

    case_id = fields.UUID(required=True, attribute="id")
    case_number = fields.Str(required=True, attribute="number")
