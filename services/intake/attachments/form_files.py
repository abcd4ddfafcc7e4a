"""Files of a form on a page: they stay over the rounds until the form is valid, by ids that nobody can guess."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from werkzeug.datastructures import FileStorage, MultiDict

from services.intake.attachments import upload
from services.intake.attachments.models import Attachment
from services.intake.attachments.upload import FileRejected, Upload, receive
from services.intake.context import IntakeContext
from services.intake.forms.errors import FieldError
from services.intake.forms.fields.file import FileField

LARGEST_FORM = 60_000_000  # bytes, with all files; the proxy takes a little more

Files = Mapping[str, list[Attachment]]


@dataclass(frozen=True)
class Posted:
    """What a browser posted: the inputs, and the files."""

    form: MultiDict[str, str]
    files: MultiDict[str, FileStorage]


@dataclass(frozen=True)
class FormFiles:
    """The files that answer each question so far, and the errors of those that were rejected."""

    files: Files
    rejected: list[FieldError]


def receive_files(
    context: IntakeContext, municipality: str, eservice: str, fields: Iterable[FileField], posted: Posted
) -> FormFiles:
    """The files of earlier rounds, less one that is to be removed, and those that came now."""
    _remove(context, municipality, posted.form.get("remove", ""))
    files: dict[str, list[Attachment]] = {}
    rejected: list[FieldError] = []
    for field in fields:
        received = _received_before(context, municipality, eservice, field.name, posted)
        for part in _parts(field.name, posted):
            upload = Upload(municipality, eservice, field, part.filename or "")
            try:
                received.append(_received(context, upload, part))
            except FileRejected as error:
                rejected.append(FieldError(f"/attachments/{field.name}", error.error))
        if received:
            files[field.name] = received
    return FormFiles(files, rejected)


def _remove(context: IntakeContext, municipality: str, file_id: str) -> None:
    for each in _ids([file_id]):
        upload.remove(municipality, each, storage=context.storage, sessions=context.sessions)


def _received_before(
    context: IntakeContext, municipality: str, eservice: str, name: str, posted: Posted
) -> list[Attachment]:
    ids = list(_ids(posted.form.getlist(f"{name}.kept")))
    with context.sessions() as session:
        return upload.find(session, municipality, eservice, name, ids)


def _parts(name: str, posted: Posted) -> list[FileStorage]:
    """The parts with a file in them: a browser sends an empty one where none was chosen."""
    return [part for part in posted.files.getlist(name) if part.filename]


def _received(context: IntakeContext, upload: Upload, part: FileStorage) -> Attachment:
    return receive(upload, part.stream, storage=context.storage, sessions=context.sessions, now=context.clock())


def _ids(texts: Iterable[str]) -> Iterator[UUID]:
    """Those of the texts that are ids."""
    for text in texts:
        try:
            yield UUID(text)
        except ValueError:
            continue
