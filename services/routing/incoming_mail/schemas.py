"""How the API shows mail that found no case, and what it takes about it."""

from typing import ClassVar

from marshmallow import Schema, fields, validate

from services.routing.actions.definition import OfficersText
from services.routing.cases.schemas import AttachmentSchema
from services.routing.incoming_mail.unplaced import LONGEST_NUMBER, LONGEST_REASON
from shared.files.not_taken import TEXTS


class FileNotTakenSchema(Schema):
    """A file that came with a mail and was not taken."""

    name = fields.Str(required=True)
    media_type = fields.Str(required=True)
    size = fields.Int(required=True, metadata={"description": "In bytes."})
    reason = fields.Str(
        load_default="",
        metadata={"description": f"One of {', '.join(TEXTS)}; later versions may have more. Empty: of an older mail."},
    )


class UnplacedMailSchema(Schema):
    """A mail that waits. Anybody may have written it, whatever stands as its address."""

    id = fields.UUID(required=True, attribute="mail.id")
    received_at = fields.AwareDateTime(required=True, attribute="mail.received_at")
    from_address = fields.Str(required=True, attribute="mail.content.from_address")
    subject = fields.Str(required=True, attribute="mail.content.subject")
    text = fields.Str(required=True, attribute="mail.content.text")
    is_cut = fields.Bool(
        required=True, attribute="mail.content.is_cut", metadata={"description": "There was more text than this."}
    )
    is_automatic = fields.Bool(
        required=True, attribute="mail.content.is_automatic", metadata={"description": "A program sent it."}
    )
    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)
    files_not_taken = fields.List(
        fields.Nested(FileNotTakenSchema), required=True, attribute="mail.content.files_not_taken"
    )


class UnplacedMailsSchema(Schema):
    """The mails that have waited longest, and how many wait in all."""

    items = fields.List(fields.Nested(UnplacedMailSchema), required=True)
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

    EXAMPLE: ClassVar = {"reason": "Reklam."}

    reason = OfficersText(required=True, most=LONGEST_REASON)


class PlacedMailSchema(Schema):
    """The case that the mail is in now."""

    case_id = fields.UUID(required=True, attribute="id")
    case_number = fields.Str(required=True, attribute="number")
