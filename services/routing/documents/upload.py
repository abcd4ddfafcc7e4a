"""Documents received one at a time, before an action is performed with them, and purged when none is."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from prometheus_client import Counter
from sqlalchemy import and_, select
from sqlalchemy.orm import Session, sessionmaker

from services.routing.cases.errors import CaseNotFound
from services.routing.cases.find_case import may_see
from services.routing.documents.models import Document
from services.routing.documents.upload_limit import check_upload_limit
from services.routing.organisation.officers import Officer
from shared.files import receive as files
from shared.files import rows
from shared.files.file_types import KINDS
from shared.files.integrity import KeptFiles
from shared.files.receive import Accepted
from shared.files.storage import MB, Source, Storage
from shared.files.virus_scanner import VirusScanner

MOST_DOCUMENTS = 10  # with one action
MOST_MEGABYTES = 25  # of one
MOST_MEGABYTES_AN_HOUR = 2000  # of one officer, unless the settings have another figure
LARGEST_UPLOAD = (MOST_MEGABYTES + 1) * MB  # and what multipart puts around it
LARGEST_FORM = 100 * MB  # with all files; the proxy takes a little more (deploy/proxy/nginx.conf)
ACCEPTED = Accepted(tuple(KINDS), MOST_MEGABYTES)
LIFE = timedelta(hours=24)  # of what no action is performed with

RECEIVED = Counter("routing_documents_received", "Files received of officers.")


def receive(
    officer: Officer,
    case_id: UUID,
    name: str,
    source: Source,
    *,
    most_megabytes: int = MOST_MEGABYTES_AN_HOUR,
    storage: Storage,
    scanner: VirusScanner | None,
    sessions: sessionmaker[Session],
    now: datetime,
) -> Document:
    """Receive a file for a case, for an action to come; `most_megabytes` from one officer within an hour.

    Raises CaseNotFound, UploadLimitReached, FileNotReceived; then nothing is stored.
    """
    if not may_see(officer, case_id, sessions=sessions):
        raise CaseNotFound
    check_upload_limit(officer, most_megabytes, sessions=sessions, now=now)
    received = files.receive(uuid4(), name, source, ACCEPTED, storage=storage, scanner=scanner)
    document = Document(
        municipality=officer.municipality,
        case_id=case_id,
        uploaded_by=officer.subject,
        received_at=now,
        **asdict(received),
    )
    rows.add_row(document, storage=storage, sessions=sessions)
    RECEIVED.inc()
    return document


def found(officer: Officer, case_id: UUID, ids: Sequence[UUID], *, sessions: sessionmaker[Session]) -> list[Document]:
    """Those of the documents that the officer uploaded for the case, in the order of the ids."""
    theirs = select(Document).where(
        Document.municipality == officer.municipality,
        Document.case_id == case_id,
        Document.uploaded_by == officer.subject,
        Document.id.in_(ids),
    )
    with sessions() as session:
        documents = {each.id: each for each in session.scalars(theirs)} if ids else {}
    return [documents[each] for each in dict.fromkeys(ids) if each in documents]


def purge(*, storage: Storage, sessions: sessionmaker[Session], now: datetime) -> None:
    """Delete documents that no action was performed with in their time, row and file."""
    over = and_(Document.sequence.is_(None), Document.received_at <= now - LIFE)
    rows.purge(Document, over, storage=storage, sessions=sessions)
    storage.sweep(now - LIFE, whole_before=now - LIFE)


def kept_documents(storage: Storage, sessions: sessionmaker[Session]) -> KeptFiles:
    """The documents that were sent, to open and to compare with what was received."""
    return KeptFiles("routing", Document, Document.sequence.is_not(None), storage, sessions)
