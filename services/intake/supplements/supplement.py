"""Supplements: the submitter sends more to a submission already received, asked to or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from prometheus_client import Counter
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.intake.attachments import claim
from services.intake.attachments.storage import Storage
from services.intake.attachments.upload import SUPPLEMENT
from services.intake.eservices.definition import Field
from services.intake.forms.errors import FieldError, InvalidAnswer, SubmissionInvalid
from services.intake.forms.words import is_blank, text
from services.intake.models import Outbox, Submission, Supplement
from services.intake.tracking.timeline import ENDED, Timeline
from shared.bus import outbox
from shared.events.intake import SubmissionSupplemented
from shared.idempotency import KeyReused

WORDS = Field("text", "textarea", {"sv": "Din komplettering", "en": "Your supplement"}, max_length=10_000)

_read_words = text(WORDS, lines=True)


@dataclass(frozen=True)
class Supplementing:
    """The wish to supplement a submission: words, files, or both, as they were sent."""

    text: object
    attachments: Sequence[UUID]
    idempotency_key: str | None = None
    fingerprint: str | None = None


@dataclass(frozen=True)
class Received:
    """The supplement was received. `repeated`: the same wish was granted before."""

    number: int
    received_at: datetime
    repeated: bool = False


class Ended(Exception):
    """The case is decided or closed: `state` says which."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


RECEIVED = Counter("intake_supplements_received", "Supplements accepted, by e-service.", ["eservice"])


def supplement(
    command: Supplementing,
    timeline: Timeline,
    *,
    sessions: sessionmaker[Session],
    storage: Storage,
    now: datetime,
) -> Received:
    """Store the supplement and the fact that we have it, with the submission's next number.

    Raises SubmissionInvalid when it says nothing or cannot be read, Ended when the case is no longer handled, KeyReused when its
    idempotency key belongs to another.
    """
    words = _words(command)
    submission = timeline.submission
    with sessions.begin() as session:
        _lock(session, submission)
        if earlier := _given_before(session, submission, command):
            return earlier
        if timeline.state in ENDED:
            raise Ended(timeline.state)
        row = _added(session, submission, command, words, now)
        _claim_and_tell(session, submission, row, command.attachments, storage)
    RECEIVED.labels(submission.eservice).inc()
    return Received(row.number, now)


def _words(command: Supplementing) -> str:
    if len(command.attachments) > SUPPLEMENT.max_files:
        too_many = InvalidAnswer(
            "too_many_files",
            "“%(label)s” may be at most %(most)s files.",
            label=SUPPLEMENT.label,
            most=SUPPLEMENT.max_files,
        )
        raise SubmissionInvalid([FieldError("/attachments", too_many.fault)])
    if is_blank(command.text):
        if command.attachments:
            return ""
        raise SubmissionInvalid(
            [FieldError("/text", InvalidAnswer("required", "Write something, or attach a file.").fault)]
        )
    try:
        return str(_read_words(command.text))
    except InvalidAnswer as fault:
        raise SubmissionInvalid([FieldError("/text", fault.fault)]) from fault


def _lock(session: Session, submission: Submission) -> None:
    """One supplement at a time to one submission: their numbers follow on each other."""
    session.execute(select(Submission.id).where(Submission.id == submission.id).with_for_update())


def _given_before(session: Session, submission: Submission, command: Supplementing) -> Received | None:
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
    return Received(earlier.number, earlier.received_at, repeated=True) if earlier else None


def _added(session: Session, submission: Submission, command: Supplementing, words: str, now: datetime) -> Supplement:
    last = select(func.max(Supplement.number)).where(
        Supplement.municipality == submission.municipality, Supplement.submission_id == submission.id
    )
    row = Supplement(
        id=uuid4(),
        municipality=submission.municipality,
        submission_id=submission.id,
        number=(session.scalar(last) or 0) + 1,
        received_at=now,
        text=words,
        idempotency_key=command.idempotency_key,
        fingerprint=command.fingerprint,
    )
    session.add(row)
    session.flush()
    return row


def _claim_and_tell(
    session: Session, submission: Submission, row: Supplement, files: Sequence[UUID], storage: Storage
) -> None:
    wanted = [claim.Wanted(each, SUPPLEMENT.name, f"/attachments/{place}") for place, each in enumerate(files)]
    uploads = claim.claimable(session, submission.municipality, submission.eservice, wanted)
    claim.claim(
        session,
        wanted,
        submission_id=submission.id,
        supplement_id=row.id,
        storage=storage,
        now=row.received_at,
    )
    fact = SubmissionSupplemented(
        submission_id=submission.id,
        reference=submission.reference,
        eservice=submission.eservice,
        supplemented_at=row.received_at,
        text=row.text,
        attachments=claim.told(uploads),
    )
    event = fact.event(
        subject=submission.id,
        municipality=submission.municipality,
        sequence=row.number + 1,
        at=row.received_at,
    )
    outbox.record(session, Outbox, event, secret=submission.secret)
