"""Enclosing documents: an action takes over files that its officer has uploaded, in its transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.routing.actions.command import Command
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import Case
from services.routing.context import RoutingContext
from services.routing.documents.models import Document
from services.routing.documents.upload import found
from shared.events.payloads import plain
from shared.events.routing import SentDocument
from shared.files.rows import kept
from shared.files.storage import Storage

FIELD = "documents"
_GONE = "A file is not here any more. Attach it again, or send without it."


@dataclass(frozen=True)
class Enclosed:
    """The documents that an action is performed with, and where their files are. None: there are none."""

    documents: Sequence[Document] = ()
    storage: Storage | None = None

    @property
    def sent(self) -> list[SentDocument]:
        """As events have them."""
        return [SentDocument(each.id, each.name, each.media_type, each.size, each.sha256) for each in self.documents]

    @property
    def noted(self) -> dict[str, Any]:
        """As the journal has them; nothing where there are none."""
        return {FIELD: plain(self.sent)} if self.documents else {}

    @property
    def requested(self) -> dict[str, Any]:
        """By what the same request is recognised when a browser sends it, and the files, again."""
        same = [[each.name, each.sha256] for each in self.documents]
        return {FIELD: same} if self.documents else {}

    def take_over(self, session: Session, case: Case, sequence: int) -> None:
        """Let them belong to the case's journal entry of that number. InvalidInput where one is not here any more."""
        if not self.documents or self.storage is None:
            return
        ids = [each.id for each in self.documents]
        waiting = update(Document).where(
            Document.municipality == case.municipality,
            Document.case_id == case.id,
            Document.sequence.is_(None),
            Document.id.in_(ids),
        )
        taken = session.scalars(waiting.values(sequence=sequence).returning(Document.id)).all()
        if len(taken) < len(ids) or not all(kept(each, self.storage) for each in ids):
            raise InvalidInput(FIELD, _GONE)


NOTHING_ENCLOSED = Enclosed()


def enclosed(context: RoutingContext, command: Command, data: Mapping[str, Any]) -> Enclosed:
    """The documents whose ids an action is requested with. InvalidInput where one is not here."""
    ids: Sequence[UUID] = data.get(FIELD, ())
    if not ids:
        return NOTHING_ENCLOSED
    documents = found(command.officer, command.target, ids, sessions=context.sessions)
    if len(documents) < len(set(ids)):
        raise InvalidInput(FIELD, _GONE)
    return Enclosed(documents, context.storage)
