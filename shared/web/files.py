"""A file as an answer."""

from typing import BinaryIO

import flask
from flask import Response

from shared.file_viewing import is_viewable

# A viewer frames the file; nothing in it may load or run anything (browsers style a PDF themselves).
_VIEWER = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; object-src 'self'; frame-ancestors 'self'"


def sent(file: BinaryIO, media_type: str, name: str, *, view: bool) -> Response:
    """The file, to be saved; with `view` shown by the browser, where it is of a kind that it shows by itself."""
    shown = view and is_viewable(media_type)
    answer = flask.send_file(file, media_type, as_attachment=not shown, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    if shown:
        answer.headers["Content-Security-Policy"] = _VIEWER
    return answer
