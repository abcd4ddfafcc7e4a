"""Whether every submission has its case, its receipt and its files, and every case and receipt its submission."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session, sessionmaker

from services.intake.attachments.models import Attachment
from services.intake.submissions.models import Submission
from services.notify.delivery.models import Notification
from services.notify.mail_files.models import MailFile
from services.operations.stores import Stores
from services.routing.cases.models import Case
from services.routing.documents.models import Document

BATCH = 1000
PAIRS = (("submission", "case"), ("submission", "receipt"), ("case", "submission"), ("receipt", "submission"))

_ALL = true()


@dataclass(frozen=True)
class Missing:
    """A record, `kind`, that lacks its counterpart."""

    submission_id: UUID
    kind: str
    counterpart: str


@dataclass(frozen=True)
class Records:
    """One kind of record of a service: `submission_id` is the submission it belongs to, `at` when that was received."""

    sessions: sessionmaker[Session]
    submission_id: Any
    at: Any
    chosen: ColumnElement[bool] = _ALL

    def ids(self, condition: ColumnElement[bool] = _ALL) -> Iterator[UUID]:
        """Their submissions' ids, ascending, read a batch at a time so that no transaction lasts long."""
        last: UUID | None = None
        while True:
            further = self.submission_id > last if last else _ALL
            batch = select(self.submission_id).where(self.chosen, condition, further)
            with self.sessions() as session:
                ids = session.scalars(batch.order_by(self.submission_id).limit(BATCH)).all()
            yield from ids
            if len(ids) < BATCH:
                return
            last = ids[-1]


def missing(stores: Stores, *, before: datetime) -> Iterator[Missing]:
    """Whatever came in before then and lacks a counterpart."""
    records = {
        "submission": Records(stores["intake"].database.sessions, Submission.id, Submission.received_at),
        "case": Records(stores["routing"].database.sessions, Case.submission_id, Case.received_at),
        "receipt": Records(
            stores["notify"].database.sessions,
            Notification.submission_id,
            Notification.occurred_at,
            Notification.message == "receipt",
        ),
    }
    for kind, counterpart in PAIRS:
        old = records[kind].ids(records[kind].at < before)
        for submission_id in _without(old, records[counterpart].ids()):
            yield Missing(submission_id, kind, counterpart)


def damaged_attachments(stores: Stores) -> Sequence[Attachment]:
    """The attachments that intake has found missing or altered."""
    return _damaged(stores, "intake", Attachment)


def damaged_documents(stores: Stores) -> Sequence[Document]:
    """The documents that routing has found missing or altered."""
    return _damaged(stores, "routing", Document)


def damaged_mail_files(stores: Stores) -> Sequence[MailFile]:
    """The files of mails that notify has found missing or altered."""
    return _damaged(stores, "notify", MailFile)


def _damaged(stores: Stores, service: str, table: Any) -> Sequence[Any]:
    with stores[service].database.sessions() as session:
        return session.scalars(select(table).where(table.damage.is_not(None))).all()


def _without(these: Iterator[UUID], those: Iterator[UUID]) -> Iterator[UUID]:
    """Those of the first that are not in the second; both ascend."""
    other = next(those, None)
    for one in these:
        while other is not None and other < one:
            other = next(those, None)
        if one != other:
            yield one
