"""What goes in and out of the API of documents."""

from marshmallow import Schema, fields, validate


class DocumentQuery(Schema):
    """What the file is called, where it is not a part of multipart/form-data."""

    name = fields.Str(validate=validate.Length(max=255))


class DocumentSchema(Schema):
    """A received file; an action is performed with it by its id within a day, or it is deleted."""

    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    media_type = fields.Str(required=True)
    size = fields.Int(required=True, metadata={"description": "In bytes."})
    sha256 = fields.Str(required=True, metadata={"description": "Of the file as it is kept."})
    position_removed = fields.Bool(
        required=True, metadata={"description": "Whether the picture said where it was taken, which was removed."}
    )
