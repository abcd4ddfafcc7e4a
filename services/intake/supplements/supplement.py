"""Supplements: the submitter sends more to a submission already received, requested or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from prometheus_client import Counter
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.intake.attachments import claim
from services.intake.forms.errors import FieldError, InvalidAnswer, SubmissionInvalid
from services.intake.forms.fields.email import EmailField
from services.intake.forms.fields.field import is_blank
from services.intake.forms.fields.file import FileField
from services.intake.forms.fields.textarea import TextAreaField
from services.intake.limits.limits import Client, Limits
from services.intake.models import Outbox
from services.intake.submissions.later import last_sequence, lock
from services.intake.submissions.models import Submission
from services.intake.supplements.models import Supplement
from services.intake.tracking.timeline import ENDED, Timeline
from shared.bus import outbox
from shared.events.intake import SubmissionSupplemented
from shared.files.file_types import KINDS
from shared.files.storage import Storage
from shared.idempotency import KeyReused

SUPPLEMENT_TEXT = TextAreaField(
    name="text", label={"sv": "Din komplettering", "en": "Your supplement"}, max_length=10_000
)
SUPPLEMENT_FILES = FileField(
    name="supplement",
    label={"sv": "Filer till din komplettering", "en": "Files to your supplement"},
    accept=tuple(KINDS),
    max_files=10,
)


@dataclass(frozen=True)
class SupplementCommand:
    """A supplement to store: text, files, or both, as they were sent."""

    text: object
    attachments: Sequence[UUID]
    idempotency_key: str | None = None
    fingerprint: str | None = None


@dataclass(frozen=True)
class SupplementReceipt:
    """The supplement was received. `repeated`: the same was received before."""

    number: int
    received_at: datetime
    repeated: bool = False


class CaseEnded(Exception):
    """The case is no longer handled; `state` is decided or closed."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


RECEIVED = Counter("intake_supplements_received", "Supplements accepted, by e-service.", ["eservice"])


def supplement(
    command: SupplementCommand,
    timeline: Timeline,
    *,
    sessions: sessionmaker[Session],
    storage: Storage,
    limits: Limits,
    client: Client,
    now: datetime,
) -> SupplementReceipt:
    """Store the supplement and its event, with the submission's next number.

    The same sent again gets its receipt whatever has changed since. Raises SubmissionInvalid when it is empty or cannot
    be read, CaseEnded when the case is no longer handled, KeyReused when its idempotency key belongs to another,
    LimitReached when too much is sent.
    """
    submission = timeline.submission
    with sessions() as session:
        if earlier := _earlier_receipt(session, submission, command):
            return earlier
    text = _text(command)
    limits.submission(client, f"{submission.municipality} {submission.eservice}", _recipients(submission), now)
    with sessions.begin() as session:
        lock(session, submission)
        if earlier := _earlier_receipt(session, submission, command):
            return earlier
        if timeline.state in ENDED:
            raise CaseEnded(timeline.state)
        row = _added(session, submission, command, text, now)
        _claim_and_publish(session, submission, row, command.attachments, storage)
    RECEIVED.labels(submission.eservice).inc()
    return SupplementReceipt(row.number, now)


def _text(command: SupplementCommand) -> str:
    if errors := [FieldError("/attachments", each.error) for each in SUPPLEMENT_FILES.errors(len(command.attachments))]:
        raise SubmissionInvalid(errors)
    if is_blank(command.text):
        if command.attachments:
            return ""
        nothing = InvalidAnswer("required", "Write something, or attach a file.")
        raise SubmissionInvalid([FieldError("/text", nothing.error)])
    try:
        return SUPPLEMENT_TEXT.read_text(command.text)
    except InvalidAnswer as invalid:
        raise SubmissionInvalid([FieldError("/text", invalid.error)]) from invalid


def _recipients(submission: Submission) -> list[str]:
    """The addresses that a message about the supplement may go to."""
    return [each["answer"] for each in submission.answers if each["type"] == EmailField.type and each["answer"]]


def _earlier_receipt(session: Session, submission: Submission, command: SupplementCommand) -> SupplementReceipt | None:
    if command.idempotency_key is None:
        return None
    earlier = session.scalar(
        select(Supplement).where(
            Supplement.municipality == submission.municipality,
            Supplement.submission_id == submission.id,
            Supplement.idempotency_key == command.idempotency_key,
        )
    )
    if earlier and earlier.fingerprint != command.fingerprint:
        raise KeyReused
    return SupplementReceipt(earlier.number, earlier.received_at, repeated=True) if earlier else None


def _added(
    session: Session, submission: Submission, command: SupplementCommand, text: str, now: datetime
) -> Supplement:
    last = select(func.max(Supplement.number)).where(
        Supplement.municipality == submission.municipality, Supplement.submission_id == submission.id
    )
    row = Supplement(
        id=uuid4(),
        municipality=submission.municipality,
        submission_id=submission.id,
        number=(session.scalar(last) or 0) + 1,
        received_at=now,
        text=text,
        idempotency_key=command.idempotency_key,
        fingerprint=command.fingerprint,
    )
    session.add(row)
    session.flush()
    return row


def _claim_and_publish(
    session: Session, submission: Submission, row: Supplement, files: Sequence[UUID], storage: Storage
) -> None:
    requested = [
        claim.RequestedFile(each, SUPPLEMENT_FILES.name, f"/attachments/{place}") for place, each in enumerate(files)
    ]
    fields = {SUPPLEMENT_FILES.name: SUPPLEMENT_FILES}
    uploads = claim.claimable(session, submission.municipality, submission.eservice, fields, requested)
    claim.claim(
        session,
        requested,
        submission_id=submission.id,
        supplement_id=row.id,
        storage=storage,
        now=row.received_at,
    )
    payload = SubmissionSupplemented(
        submission_id=submission.id,
        reference=submission.reference,
        eservice=submission.eservice,
        supplemented_at=row.received_at,
        text=row.text,
        attachments=claim.event_attachments(uploads, requested, {}),
    )
    event = payload.event(
        subject=submission.id,
        municipality=submission.municipality,
        sequence=last_sequence(session, submission),
        at=row.received_at,
    )
    outbox.record(session, Outbox, event, secret=submission.secret)
