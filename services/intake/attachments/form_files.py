"""Files of a form on a page: they stay over the rounds until the form is valid, by ids that nobody can guess.

What a page shows as attached comes back with it, id and name, so that a file that is gone meanwhile is missed.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

from werkzeug.datastructures import FileStorage, MultiDict

from services.intake.attachments import claim, upload
from services.intake.attachments.models import Attachment
from services.intake.attachments.shown_file import ShownFile
from services.intake.attachments.size_limits import Room
from services.intake.attachments.upload import FileRejected, Upload, receive
from services.intake.context import IntakeContext
from services.intake.forms.entries import pointer_to_files
from services.intake.forms.errors import FieldError, InvalidAnswer
from services.intake.forms.fields.file import FORM_MEGABYTES, FileField
from shared.files.receive import clean_name, not_scanned
from shared.files.storage import MB

# Bytes, with all files. Twice what the files may be, so that of too many those that fit are kept and the others named;
# the proxy takes a little more (deploy/proxy/nginx.conf).
LARGEST_FORM = 2 * FORM_MEGABYTES * MB
SCANNING_SECONDS = 20.0  # for the files of a form together; the proxy waits 35 s for all of it

Files = Mapping[str, list[Attachment]]


@dataclass(frozen=True)
class Posted:
    """What a browser posted: the inputs, and the files."""

    form: MultiDict[str, str]
    files: MultiDict[str, FileStorage]


@dataclass(frozen=True)
class FormFiles:
    """The files that answer each question so far, and the errors of those that were rejected or are gone.

    `gone` has, by question, those that a page has shown as attached and that are not here any more: they are errors
    until the person removes each or attaches another. `removed` is what was removed now, by its question.
    """

    files: Files
    rejected: list[FieldError]
    gone: Mapping[str, list[ShownFile]]
    removed: Mapping[str, str]

    def shown(self, name: str) -> list[ShownFile]:
        """The files of a question as the page shows them, those that are gone as well."""
        return [*(ShownFile(each.id, each.name) for each in self.files.get(name, ())), *self.gone.get(name, ())]


def receive_files(
    context: IntakeContext,
    municipality: str,
    eservice: str,
    fields: Iterable[FileField],
    posted: Posted,
    *,
    elsewhere: Iterable[tuple[FileField, int]] = (),
) -> FormFiles:
    """The files of earlier rounds, less one that is to be removed, and those that came now.

    `elsewhere` has the files of the form's other pages, each as its question and its bytes: all share the form's room.
    """
    receiving = _Receiving(context, municipality, eservice, posted)
    for field, size in elsewhere:
        receiving.room.take(field, size)
    for field in fields:
        receiving.receive(field)
    return FormFiles(receiving.files, receiving.rejected, receiving.gone, receiving.removed)


class _Receiving:
    """The files of one form, as they are found and received question by question."""

    def __init__(self, context: IntakeContext, municipality: str, eservice: str, posted: Posted) -> None:
        self._context, self._municipality, self._eservice, self._posted = context, municipality, eservice, posted
        self.room = Room()
        self._began = monotonic()
        self.files: dict[str, list[Attachment]] = {}
        self.rejected: list[FieldError] = []
        self.gone: dict[str, list[ShownFile]] = {}
        self.removed: dict[str, str] = {}

    def receive(self, field: FileField) -> None:
        """Those of one question."""
        shown = self._less_removed(field, self._shown(f"{field.name}.kept"))
        known_gone = self._less_removed(field, self._shown(f"{field.name}.gone"))
        here = self._here(field, shown)
        for each in here:
            self.room.take(field, each.size)
        received = list(self._received(field))
        ids = {each.id for each in here}
        gone = [*known_gone[len(received) :], *(each for each in shown if each.id not in ids)]
        for missing in gone:
            self._reject(field, claim.gone(missing.name))
        if here or received:
            self.files[field.name] = [*here, *received]
        if gone:
            self.gone[field.name] = gone

    def _shown(self, name: str) -> list[ShownFile]:
        return list(shown_files(self._posted.form.getlist(name)))

    def _less_removed(self, field: FileField, shown: Sequence[ShownFile]) -> list[ShownFile]:
        """Without the one that is to be removed, which is deleted unless a submission has claimed it."""
        chosen = self._posted.form.get("remove", "")
        kept = []
        for each in shown:
            if str(each.id) != chosen:
                kept.append(each)
                continue
            context = self._context
            upload.remove(self._municipality, each.id, storage=context.storage, sessions=context.sessions)
            self.removed[field.name] = each.name
        return kept

    def _here(self, field: FileField, shown: Sequence[ShownFile]) -> list[Attachment]:
        ids = {field.name: [each.id for each in shown]}
        context = self._context
        with context.sessions() as session:
            found = upload.find(
                session, self._municipality, self._eservice, ids, storage=context.storage, now=context.clock()
            )
        return found[field.name]

    def _received(self, field: FileField) -> Iterator[Attachment]:
        """What came now, each with its own error where it cannot be received."""
        for part in _parts(field.name, self._posted):
            name = part.filename or ""
            try:
                self.room.check(field, clean_name(name), _size(part))
                attachment = self._stored(Upload(self._municipality, self._eservice, field, name), part)
            except (FileRejected, InvalidAnswer) as invalid:
                self._reject(field, invalid)
            else:
                self.room.take(field, attachment.size)
                yield attachment

    def _stored(self, file: Upload, part: FileStorage) -> Attachment:
        context = self._context
        if context.scanner and monotonic() - self._began > SCANNING_SECONDS:
            raise FileRejected.of(file.field, not_scanned(clean_name(file.name)))
        return receive(
            file,
            part.stream,
            storage=context.storage,
            scanner=context.scanner,
            sessions=context.sessions,
            now=context.clock(),
        )

    def _reject(self, field: FileField, invalid: FileRejected | InvalidAnswer) -> None:
        self.rejected.append(FieldError(pointer_to_files(field.name), invalid.error))


def _parts(name: str, posted: Posted) -> list[FileStorage]:
    """The parts with a file in them: a browser sends an empty one where none was chosen."""
    return [part for part in posted.files.getlist(name) if part.filename]


def _size(part: FileStorage) -> int:
    size = part.stream.seek(0, os.SEEK_END)
    part.stream.seek(0)
    return size


def shown_files(texts: Iterable[str]) -> Iterator[ShownFile]:
    """The files that a page names, each as its id and name."""
    for text in texts:
        with suppress(ValueError):
            yield ShownFile.read(text)
