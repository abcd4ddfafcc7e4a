"""A file that comes in a request, and one as an answer, or why it is none."""

from typing import BinaryIO
from uuid import UUID

import flask
from flask import Response
from marshmallow import Schema, fields, validate

from shared.file_viewing import is_viewable
from shared.files.integrity import Damage, FileDamaged
from shared.web import links
from shared.web.problems import Problem

LINK_SECONDS = 300  # for which a link opens a file after another service has signed it

_BINARY = {"type": "string", "format": "binary"}
FILE_BODY = {  # in OpenAPI: as a part of a form, or as the body itself
    "required": True,
    "content": {
        "multipart/form-data": {"schema": {"type": "object", "properties": {"file": _BINARY}, "required": ["file"]}},
        "application/octet-stream": {"schema": _BINARY},
    },
}

# A viewer frames the file; nothing in it may load or run anything (browsers style a PDF themselves).
_VIEWER = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; object-src 'self'; frame-ancestors 'self'"


class LinkQuery(Schema):
    """The signature of a link, and whether the browser is to show the file rather than save it."""

    signature = fields.Str(required=True, validate=validate.Length(max=500))
    view = fields.Bool(
        load_default=False, metadata={"description": "Show a picture or a PDF in the browser; others are saved."}
    )


def sent(file: BinaryIO, media_type: str, name: str, *, view: bool) -> Response:
    """The file, to be saved; with `view` shown by the browser, where it is of a kind that it shows by itself."""
    shown = view and is_viewable(media_type)
    answer = flask.send_file(file, media_type, as_attachment=not shown, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    if shown:
        answer.headers["Content-Security-Policy"] = _VIEWER
    return answer


def check_link(key: str, signature: str, file_id: UUID) -> None:
    """Raise Problem 403 where the link was not signed for this file, 410 when it is too old."""
    if links.verify(key, signature, LINK_SECONDS) != str(file_id):
        raise Problem(403, "link-invalid", detail="The link is not valid.")


def damaged(kind: str, error: FileDamaged) -> Problem:
    """The problem `<kind>-missing` or `<kind>-altered` of a file that was received and cannot be opened."""
    if error.damage is Damage.MISSING:
        return Problem(
            410,
            f"{kind}-missing",
            detail="The file was received, but it is missing now. Those who run the service can see that it is.",
        )
    return Problem(
        410,
        f"{kind}-altered",
        detail="The file is not as it was sent, so it is not opened. Those who run the service can see that it is so.",
    )
