"""Files that a page's form holds: kept over the rounds until the form is right, by ids that nobody can guess."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Response, make_response, request
from werkzeug.datastructures import FileStorage

from services.intake import uploads
from services.intake.definitions.definition import Field
from services.intake.forms.faults import Misplaced
from services.intake.models import Attachment
from services.intake.reception import Reception
from services.intake.uploads import Upload

Files = Mapping[str, list[Attachment]]


@dataclass(frozen=True)
class Sent:
    """The files that are here for each question, and what was wrong with those that were not taken."""

    files: Files
    refused: list[Misplaced]


def files_sent(reception: Reception, municipality: str, eservice: str, questions: Iterable[Field]) -> Sent:
    """The files of earlier rounds, less one that is to be removed, and those that came now."""
    _remove(reception, municipality, request.form.get("remove", ""))
    files: dict[str, list[Attachment]] = {}
    refused: list[Misplaced] = []
    for question in questions:
        taken = _kept(reception, municipality, eservice, question.name)
        for part in _parts(question.name):
            upload = Upload(municipality, eservice, question, part.filename or "")
            try:
                taken.append(_received(reception, upload, part))
            except uploads.FileRefused as fault:
                refused.append(Misplaced(f"/attachments/{question.name}", fault.fault))
        if taken:
            files[question.name] = taken
    return Sent(files, refused)


def private(page: str, status: int = 200) -> Response:
    """A page whose address is a key: no search engine may keep it."""
    response = make_response(page, status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _remove(reception: Reception, municipality: str, written_id: str) -> None:
    for file_id in _ids([written_id]):
        uploads.remove(municipality, file_id, storage=reception.storage, sessions=reception.sessions)


def _kept(reception: Reception, municipality: str, eservice: str, name: str) -> list[Attachment]:
    ids = list(_ids(request.form.getlist(f"{name}.kept")))
    with reception.sessions() as session:
        return uploads.find(session, municipality, eservice, name, ids)


def _parts(name: str) -> list[FileStorage]:
    """The parts with a file in them: a browser sends an empty one where none was chosen."""
    return [part for part in request.files.getlist(name) if part.filename]


def _received(reception: Reception, upload: Upload, part: FileStorage) -> Attachment:
    return uploads.receive(
        upload, part.stream, storage=reception.storage, sessions=reception.sessions, now=reception.clock()
    )


def _ids(written: Iterable[str]) -> Iterator[UUID]:
    """Those that are ids at all."""
    for each in written:
        try:
            yield UUID(each)
        except ValueError:
            continue
