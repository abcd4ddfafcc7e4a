"""Submitting: the submission and its event are stored in one commit, and only then is the receipt given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

from prometheus_client import Counter, Histogram
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from services.intake.attachments import claim
from services.intake.eservices.opening import EServiceClosed, check_open
from services.intake.forms.answers import (
    LabelledAnswer,
    case_title,
    facts,
    files_label,
    has_place_outside,
    labelled_answers,
    submitter,
)
from services.intake.forms.entries import file_question, pointer_to_files
from services.intake.forms.errors import SubmissionInvalid
from services.intake.forms.fields.file import FileField
from services.intake.forms.form import Answers, Form, Reading
from services.intake.limits.limits import Client, LimitReached, Limits
from services.intake.models import Outbox
from services.intake.submissions import reference
from services.intake.submissions.models import Submission
from services.intake.submissions.receipt import Receipt
from shared.borders import Border
from shared.bus import outbox
from shared.events.encryption import Keyring
from shared.events.intake import AnswerSource, Arrival, Attachment, SubmissionReceived
from shared.events.payloads import plain
from shared.files.storage import Storage
from shared.idempotency import KeyReused


@dataclass(frozen=True)
class SubmitCommand:
    """A submission to store: answers, and the uploads for each field by its name on the page, as they were sent.

    `sources` has where answers were prefilled from, by question. `idempotency_key` and `fingerprint`: the same
    submission sent twice is recognised by them. `client`: whom the limits count it for. `border`: the
    municipality's, where it is known. `arrival`: how it came, where an officer has entered it; then no limit holds it,
    nor that the e-service is closed: what came in is to be registered.
    """

    municipality: str
    form: Form
    language: str
    answers: Mapping[str, Any]
    attachments: Mapping[str, Sequence[UUID]]
    client: Client
    border: Border | None = None
    arrival: Arrival | None = None
    sources: Mapping[str, AnswerSource] = field(default_factory=dict)
    idempotency_key: str | None = None
    fingerprint: str | None = None


@dataclass(frozen=True)
class SubmissionStore:
    """Where submissions are kept: the database, the files, and the keys that encrypt what their events say."""

    sessions: sessionmaker[Session]
    storage: Storage
    keyring: Keyring


RECEIVED = Counter("intake_submissions_received", "Submissions accepted, by e-service.", ["eservice"])
REJECTED = Counter("intake_submissions_rejected", "Submissions rejected, by each kind of error in them.", ["error"])
ACCEPTING = Histogram(
    "intake_accept_seconds",
    "From the request to the commit, by e-service.",
    ["eservice"],
    buckets=(0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
)


def submit(command: SubmitCommand, *, store: SubmissionStore, limits: Limits, now: datetime) -> Receipt:
    """Store the submission and its event; return the submitter's receipt.

    `now` is when it reached us: that is when it was received (FL 22 §). The same sent again gets its receipt whatever
    has changed since. Raises SubmissionInvalid when something in it is not valid, EServiceClosed, KeyReused when its
    idempotency key belongs to another, LimitReached when too much is sent.
    """
    began, eservice = perf_counter(), command.form.eservice.code
    try:
        if command.arrival is None:
            check_open(command.form.eservice, now)
        reading = command.form.checked(command.answers, command.attachments)
        if command.arrival is None:
            _count(command, reading.answers, limits, now)
        receipt = _stored(command, reading, store, now)
    except (IntegrityError, LimitReached, EServiceClosed, SubmissionInvalid) as rejected:
        if earlier := earlier_receipt(
            command.municipality, command.idempotency_key, command.fingerprint, store.sessions
        ):
            return earlier
        if isinstance(rejected, SubmissionInvalid):
            _count_errors(rejected)
        raise
    RECEIVED.labels(eservice).inc()
    ACCEPTING.labels(eservice).observe(perf_counter() - began)
    return receipt


def earlier_receipt(
    municipality: str, key: str | None, fingerprint: str | None, sessions: sessionmaker[Session]
) -> Receipt | None:
    """The receipt of the same submission, if it was received before. Raises KeyReused.

    It is looked for only where a submission cannot be stored: those that are new, nearly all, need no query.
    """
    if key is None:
        return None
    earlier = select(Submission.reference, Submission.received_at, Submission.fingerprint).where(
        Submission.municipality == municipality, Submission.idempotency_key == key
    )
    with sessions() as session:
        found = session.execute(earlier).one_or_none()
    if found is None:
        return None
    reference, received_at, fingerprint_before = found
    if fingerprint_before != fingerprint:
        raise KeyReused
    return Receipt(reference, received_at, repeated=True)


def _count_errors(invalid: SubmissionInvalid) -> None:
    for code in {each.error.code for each in invalid.errors}:
        REJECTED.labels(code).inc()


def _count(command: SubmitCommand, answers: Answers, limits: Limits, now: datetime) -> None:
    eservice = command.form.eservice
    email = answers.get(eservice.submitter.email) if eservice.submitter.email else None
    limits.submission(command.client, f"{command.municipality} {eservice.code}", [email] if email else [], now)


def _stored(command: SubmitCommand, reading: Reading, store: SubmissionStore, now: datetime) -> Receipt:
    """Most submissions have no files: these are stored with a single statement."""
    if any(command.attachments.values()):
        return _stored_with_files(command, reading, store, now)
    labelled = _labelled(command, reading)
    received = _received(command, reading.answers, labelled, [], now)
    row, event_row = _row(command, labelled, received), _event_row(command, received, store.keyring)
    outbox.insert_and_record(store.sessions, Submission, row, Outbox, event_row)
    return Receipt(received.reference, now)


def _stored_with_files(command: SubmitCommand, reading: Reading, store: SubmissionStore, now: datetime) -> Receipt:
    requested = [
        claim.RequestedFile(each, field, f"{pointer_to_files(field)}/{place}")
        for field, several in command.attachments.items()
        for place, each in enumerate(several)
    ]
    labelled, eservice, answers = _labelled(command, reading), command.form.eservice, reading.answers
    fields = {each.field: question for each in requested if (question := file_question(eservice, each.field))}
    labels = {name: files_label(eservice, name, answers) for name in fields}
    with store.sessions.begin() as session:
        uploads = claim.claimable(session, command.municipality, eservice.code, fields, requested)
        files = claim.event_attachments(uploads, requested, labels)
        received = _received(command, answers, labelled, files, now)
        session.execute(insert(Submission).values(_row(command, labelled, received)))
        session.execute(insert(Outbox).values(_event_row(command, received, store.keyring)))
        claim.claim(session, requested, submission_id=received.submission_id, storage=store.storage, now=now)
    return Receipt(received.reference, now)


def _labelled(command: SubmitCommand, reading: Reading) -> list[LabelledAnswer]:
    labelled = labelled_answers(command.form.eservice, reading.answers, reading.not_stated)
    return [replace(each, source=command.sources.get(each.name)) for each in labelled]


def _received(
    command: SubmitCommand, answers: Answers, labelled: Sequence[LabelledAnswer], files: list[Any], now: datetime
) -> SubmissionReceived:
    eservice = command.form.eservice
    return SubmissionReceived(
        submission_id=uuid4(),
        reference=reference.new(),
        eservice=eservice.code,
        eservice_version=eservice.version,
        eservice_title=dict(eservice.title),
        received_at=now,
        language=command.language,
        title=case_title(eservice, labelled),
        handling=eservice.handling,
        facts=facts(eservice, answers),
        answers=[each.for_event() for each in labelled],
        attachments=files,
        submitter=submitter(eservice, answers),
        outside_municipality=command.border is not None and has_place_outside(labelled, command.border),
        arrival=command.arrival,
    )


def _event_row(command: SubmitCommand, received: SubmissionReceived, keyring: Keyring) -> dict[str, Any]:
    event = received.event(
        subject=received.submission_id, municipality=command.municipality, sequence=1, at=received.received_at
    )
    return outbox.row(event, secret=received.handling.secrecy is not None, keyring=keyring)


def _row(command: SubmitCommand, labelled: Sequence[LabelledAnswer], received: SubmissionReceived) -> dict[str, Any]:
    return {
        "id": received.submission_id,
        "municipality": command.municipality,
        "reference": received.reference,
        "eservice": received.eservice,
        "eservice_version": received.eservice_version,
        "received_at": received.received_at,
        "language": received.language,
        "eservice_title": received.eservice_title,
        "legal_regime": str(received.handling.legal_regime),
        "secret": received.handling.secrecy is not None,
        "submitter_is_party": received.handling.submitter_is_party,
        "title": received.title,
        "answers": _stored_answers(labelled, received.attachments),
        "channel": str(received.arrival.channel) if received.arrival else None,
        "arrived_on": received.arrival.received_on if received.arrival else None,
        "idempotency_key": command.idempotency_key,
        "fingerprint": command.fingerprint,
    }


def _stored_answers(labelled: Sequence[LabelledAnswer], files: Sequence[Attachment]) -> list[dict[str, Any]]:
    """The answers, and each question that files answer: after the answers of its entry, else at the end."""
    rows = [_stored_answer(each) for each in labelled]
    labels = {each.field: each.label for each in files}
    for name, label in labels.items():
        names = {"sv": ", ".join(each.name for each in files if each.field == name)}
        row = {"field": name, "type": FileField.type, "label": label, "value": names, "answer": None}
        rows.insert(_after_entry(rows, name), row)
    return rows


def _after_entry(rows: Sequence[Mapping[str, Any]], name: str) -> int:
    entry = name.rpartition(".")[0]
    of_entry = [number for number, row in enumerate(rows) if entry and row["field"].rpartition(".")[0] == entry]
    return of_entry[-1] + 1 if of_entry else len(rows)


def _stored_answer(labelled: LabelledAnswer) -> dict[str, Any]:
    answer = {
        "field": labelled.name,
        "type": labelled.question.type,
        "label": labelled.label,
        "value": labelled.value,
        "answer": labelled.answer,
    }
    if labelled.choices:
        answer["choices"] = labelled.choices
    return {**answer, "source": plain(labelled.source)} if labelled.source else answer
