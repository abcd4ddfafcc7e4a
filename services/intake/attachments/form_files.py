"""Files that a page's form holds: kept over the rounds until the form is right, by ids that nobody can guess."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Response, make_response, request
from werkzeug.datastructures import FileStorage

from services.intake.attachments import upload
from services.intake.attachments.upload import FileRefused, Upload, receive
from services.intake.context import IntakeContext
from services.intake.eservices.definition import Field
from services.intake.forms.errors import FieldError
from services.intake.models import Attachment

Files = Mapping[str, list[Attachment]]


@dataclass(frozen=True)
class Sent:
    """The files that are here for each question, and what was wrong with those that were not taken."""

    files: Files
    refused: list[FieldError]


def files_sent(context: IntakeContext, municipality: str, eservice: str, questions: Iterable[Field]) -> Sent:
    """The files of earlier rounds, less one that is to be removed, and those that came now."""
    _remove(context, municipality, request.form.get("remove", ""))
    files: dict[str, list[Attachment]] = {}
    refused: list[FieldError] = []
    for question in questions:
        taken = _kept(context, municipality, eservice, question.name)
        for part in _parts(question.name):
            upload = Upload(municipality, eservice, question, part.filename or "")
            try:
                taken.append(_received(context, upload, part))
            except FileRefused as fault:
                refused.append(FieldError(f"/attachments/{question.name}", fault.fault))
        if taken:
            files[question.name] = taken
    return Sent(files, refused)


def private(page: str, status: int = 200) -> Response:
    """A page whose address is a key: no search engine may keep it."""
    response = make_response(page, status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _remove(context: IntakeContext, municipality: str, written_id: str) -> None:
    for file_id in _ids([written_id]):
        upload.remove(municipality, file_id, storage=context.storage, sessions=context.sessions)


def _kept(context: IntakeContext, municipality: str, eservice: str, name: str) -> list[Attachment]:
    ids = list(_ids(request.form.getlist(f"{name}.kept")))
    with context.sessions() as session:
        return upload.find(session, municipality, eservice, name, ids)


def _parts(name: str) -> list[FileStorage]:
    """The parts with a file in them: a browser sends an empty one where none was chosen."""
    return [part for part in request.files.getlist(name) if part.filename]


def _received(context: IntakeContext, upload: Upload, part: FileStorage) -> Attachment:
    return receive(upload, part.stream, storage=context.storage, sessions=context.sessions, now=context.clock())


def _ids(written: Iterable[str]) -> Iterator[UUID]:
    """Those that are ids at all."""
    for each in written:
        try:
            yield UUID(each)
        except ValueError:
            continue
