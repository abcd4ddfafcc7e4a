"""Files of an action's form at the desk: they stay over the rounds until the form is sent.

What the page shows as here comes back with it by its id, and is sent unless its box is cleared.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from marshmallow import ValidationError
from werkzeug.datastructures import FileStorage

from services.routing.context import RoutingContext
from services.routing.documents.enclose import FIELD
from services.routing.documents.models import Document
from services.routing.documents.upload import ACCEPTED, MOST_DOCUMENTS, found, receive
from services.routing.documents.upload_limit import UploadLimitReached
from services.routing.organisation.officers import Officer
from shared.files.file_types import KINDS, names
from shared.files.receive import FileNotReceived, clean_name
from shared.i18n.errors import ErrorMessage
from shared.web.languages import gettext, text_of

KEPT = "document"

LIMITS = {
    "num": MOST_DOCUMENTS,
    "most": ACCEPTED.max_megabytes,
    "kinds": names(ACCEPTED.kinds),
    "offered": ",".join(f".{suffix}" for kind in KINDS.values() for suffix in kind.suffixes),
}


@dataclass(frozen=True)
class FormDocuments:
    """The documents that a form is sent with so far, and what is wrong with those that were not received.

    `limit`: where files were not received because the officer has sent so much.
    """

    documents: Sequence[Document] = ()
    errors: Sequence[str] = ()
    limit: UploadLimitReached | None = None

    def check(self) -> None:
        """Raise ValidationError or UploadLimitReached where a file was not received."""
        if self.limit:
            raise self.limit
        if self.errors:
            raise ValidationError({FIELD: [" ".join(self.errors)]})


def receive_documents(
    context: RoutingContext, officer: Officer, case_id: UUID, kept: Sequence[str], parts: Sequence[FileStorage]
) -> FormDocuments:
    """The documents of earlier rounds, whose ids came back, and those that came now. Raises CaseNotFound."""
    ids = [UUID(each) for each in kept[: 2 * MOST_DOCUMENTS] if _is_id(each)]
    documents = found(officer, case_id, ids, sessions=context.sessions)
    errors, limit = [], None
    if len(documents) < len(set(ids)):
        errors.append(gettext("A file is not here any more. Attach it again, or send without it."))
    for part in parts:
        if not part.filename:
            continue  # a browser sends an empty part where no file was chosen
        if len(documents) >= MOST_DOCUMENTS:
            errors.append(_one_too_many(part.filename))
            continue
        try:
            documents.append(_received(context, officer, case_id, part))
        except FileNotReceived as error:
            errors.append(file_message(error.error))
        except UploadLimitReached as error:
            limit = error
            break
    return FormDocuments(documents, errors, limit)


def file_message(error: ErrorMessage) -> str:
    """The sentence in the reader's language."""
    values = {name: text_of(value) if isinstance(value, Mapping) else value for name, value in error.values.items()}
    return gettext(error.text, **values)


def _one_too_many(name: str) -> str:
    name = clean_name(name)
    return gettext("“%(name)s” was not received: at most %(most)s files.", name=name, most=MOST_DOCUMENTS)


def _received(context: RoutingContext, officer: Officer, case_id: UUID, part: FileStorage) -> Document:
    return receive(
        officer,
        case_id,
        part.filename or "",
        part.stream,
        most_megabytes=context.upload_megabytes,
        storage=context.storage,
        scanner=context.scanner,
        **context.store_and_time(),
    )


def _is_id(text: str) -> bool:
    with suppress(ValueError):
        return bool(UUID(text))
    return False
