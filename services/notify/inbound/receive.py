"""Receiving a mail: it is read, tied to its submission by the token in its address, and published, once.

What has no right token is published too, and waits for a registrar: nothing that a person has written is thrown away.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID, uuid5

import structlog
from prometheus_client import Counter
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from services.notify.inbound.bounces import bounced_mail, mark_as_failed
from services.notify.inbound.models import ReceivedMail
from services.notify.inbound.read_mail import ReadMail, read_mail
from services.notify.inbound.reply_addresses import ReplyAddresses, municipality_of
from services.notify.mail_files.take import FileTaker, TakenFiles
from services.notify.models import Outbox
from shared.bus import outbox
from shared.clock import Clock
from shared.database import upsert
from shared.events.notify import NotificationReplyReceived
from shared.municipalities import Municipality

MOST_OF_SUBMISSION = 30  # in an hour: no person writes as much about a case
MOST_UNMATCHED = 300  # in an hour, to one municipality
SCANNER_PATIENCE = timedelta(hours=4)  # for which a mail with files waits with the mail server for the virus scanner

_MAILS = UUID("0c8f1f5e-6a41-4d0c-9b6f-3a1d6f0a7be2")  # the namespace of the ids of mails

RECEIVED = Counter(
    "notify_mails_received",
    "Mails that came in, by outcome: matched to a submission, unmatched, repeated, our own that came back, a report.",
    ["municipality", "outcome"],
)

log = structlog.get_logger(__name__)


class TooMuchMail(Exception):
    """So much mail has come in this hour that the mail server is to keep the rest until later."""


class UnknownRecipient(Exception):
    """No municipality of the installation has this reply address."""


class MailOutcome(StrEnum):
    """What became of a mail that was taken."""

    MATCHED = "matched"
    UNMATCHED = "unmatched"
    REPEATED = "repeated"
    OURS = "ours"
    BOUNCED = "bounced"
    UNKNOWN_REPORT = "unknown_report"


@dataclass(frozen=True)
class Receiver:
    """Receives mails to the reply addresses of the municipalities that there are now.

    `from_address` is what our own mail comes from: none of it is an answer to anything.
    """

    sessions: sessionmaker[Session]
    municipalities: Callable[[], Collection[Municipality]]
    addresses: ReplyAddresses
    from_address: str
    clock: Clock
    files: FileTaker

    def takes(self, recipient: str, *, is_report: bool = False) -> bool:
        """Whether mail to this address is ours to take; what our own mail comes from takes reports alone."""
        if municipality_of(recipient, self.municipalities()) is not None:
            return True
        return is_report and recipient.lower() == self.from_address.lower()

    def receive(self, raw: bytes, *, envelope_from: str, recipient: str) -> MailOutcome:
        """Receive a mail and publish it, in one transaction that has committed when this returns.

        `envelope_from` is empty where the mail reports what became of another. Raises UnknownRecipient, MailRejected,
        TooMuchMail, StillSending, NotScanned, FilesGone, and what store and disk raise; then nothing was received.
        """
        municipality = municipality_of(recipient, self.municipalities())
        if municipality is None:
            if not self.takes(recipient, is_report=not envelope_from):
                raise UnknownRecipient
            return self._report_taken(raw)
        mail = read_mail(raw)
        outcome = self._outcome(municipality, mail, raw, envelope_from, recipient)
        RECEIVED.labels(municipality.code, outcome).inc()
        log.info("mail_received", municipality=municipality.code, outcome=outcome, files=len(mail.files))
        return outcome

    def _report_taken(self, raw: bytes) -> MailOutcome:
        notification_id = bounced_mail(raw, self.from_address.rpartition("@")[2])
        with self.sessions.begin() as session:
            is_tied = notification_id is not None and mark_as_failed(session, notification_id, self.clock())
        outcome = MailOutcome.BOUNCED if is_tied else MailOutcome.UNKNOWN_REPORT
        RECEIVED.labels("", outcome).inc()
        log.info("mail_received", outcome=outcome, notification=str(notification_id))
        return outcome

    def _outcome(
        self, municipality: Municipality, mail: ReadMail, raw: bytes, envelope_from: str, recipient: str
    ) -> MailOutcome:
        if mail.from_address.lower() == self.from_address.lower():
            return MailOutcome.OURS
        mail_id, submission_id = _id_of(mail, raw, recipient), self.addresses.submission(municipality, recipient)
        now = self.clock()
        with self.sessions() as session:
            if session.get(ReceivedMail, mail_id):
                return MailOutcome.REPEATED
            _check_amount(session, submission_id, municipality, now, not_counted=1)
        waited = now - mail.reached_us_at if mail.reached_us_at else SCANNER_PATIENCE
        files = self.files.take(
            mail.files, municipality.code, submission_id, now=now, may_wait=waited < SCANNER_PATIENCE
        )
        reply = _reply(mail, mail_id, submission_id, files, is_automatic=not envelope_from, now=now)
        try:
            is_new = self._publish(reply, municipality, now)
        except Exception:
            self.files.discard(files.attachments)
            raise
        if not is_new:
            self.files.discard(files.attachments)
            return MailOutcome.REPEATED
        return MailOutcome.MATCHED if submission_id else MailOutcome.UNMATCHED

    def _publish(self, reply: NotificationReplyReceived, municipality: Municipality, now: datetime) -> bool:
        """Publish what came, unless the same came meanwhile; whether it did not."""
        mail_id, submission_id = reply.mail_id, reply.submission_id
        event = reply.event(subject=submission_id or mail_id, municipality=municipality.code, sequence=0, at=now)
        with self.sessions.begin() as session:
            if not _remember(session, mail_id, submission_id, municipality, now):
                return False
            _check_amount(session, submission_id, municipality, now, not_counted=0)
            self.files.claim(session, reply.attachments, mail_id)
            outbox.record(session, Outbox, event, secret=True)
        return True


def _reply(
    mail: ReadMail, mail_id: UUID, submission_id: UUID | None, files: TakenFiles, *, is_automatic: bool, now: datetime
) -> NotificationReplyReceived:
    return NotificationReplyReceived(
        mail_id=mail_id,
        submission_id=submission_id,
        from_address=mail.from_address,
        subject=mail.subject,
        text=mail.text,
        is_cut=mail.is_cut,
        is_automatic=mail.is_automatic or is_automatic,
        files_not_taken=list(files.not_taken),
        received_at=now,
        attachments=list(files.attachments),
    )


def _id_of(mail: ReadMail, raw: bytes, recipient: str) -> UUID:
    """The same for a mail that comes again; one without a Message-ID is known by what it holds."""
    known_by = mail.message_id or sha256(raw).hexdigest()
    return uuid5(_MAILS, " ".join((recipient.lower(), mail.from_address.lower(), known_by)))


def _remember(
    session: Session, mail_id: UUID, submission_id: UUID | None, municipality: Municipality, now: datetime
) -> bool:
    """Whether the mail is new; it is known from then on."""
    new = upsert(session.get_bind().dialect.name, ReceivedMail).values(
        id=mail_id, municipality=municipality.code, submission_id=submission_id, received_at=now
    )
    return session.scalar(new.on_conflict_do_nothing().returning(ReceivedMail.id)) is not None


def _check_amount(
    session: Session, submission_id: UUID | None, municipality: Municipality, now: datetime, *, not_counted: int
) -> None:
    """Raise TooMuchMail where more has come in within an hour, with those `not_counted` yet, than we take."""
    lately = select(func.count()).where(
        ReceivedMail.municipality == municipality.code,
        ReceivedMail.submission_id.is_(None) if submission_id is None else ReceivedMail.submission_id == submission_id,
        ReceivedMail.received_at > now - timedelta(hours=1),
    )
    if (session.scalar(lately) or 0) + not_counted > (MOST_OF_SUBMISSION if submission_id else MOST_UNMATCHED):
        raise TooMuchMail
