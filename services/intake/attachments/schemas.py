"""What goes in and out of the API of attachments."""

from marshmallow import Schema, fields, validate


class AttachmentQuery(Schema):
    """What a file answers."""

    eservice = fields.Str(required=True, validate=validate.Length(max=40), metadata={"example": "bygglov"})
    field = fields.Str(
        required=True,
        validate=validate.Length(max=40),
        metadata={
            "description": "The question that the file answers; `supplement` for one that supplements a submission, "
            "`_original` for what came in that an officer enters.",
            "example": "site_plan",
        },
    )
    name = fields.Str(
        validate=validate.Length(max=255),
        metadata={"description": "What the file is called, where it is not a part of multipart/form-data."},
    )


class AttachmentSchema(Schema):
    """A received file; a submission claims it by its id within a day, or it is deleted."""

    id = fields.UUID(required=True)
    field = fields.Str(required=True)
    name = fields.Str(required=True)
    media_type = fields.Str(required=True)
    size = fields.Int(required=True, metadata={"description": "In bytes."})
    sha256 = fields.Str(required=True, metadata={"description": "Of the file as it is kept."})
    position_removed = fields.Bool(
        required=True, metadata={"description": "Whether the picture said where it was taken, which was removed."}
    )
