"""What the stores hold of what was sent: has every accepted submission become one case and one receipt?"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from functools import cache
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete, func, select, update

from bench.installation import Installation
from services.intake.attachments.models import Attachment
from services.intake.submissions.models import Submission
from services.intake.supplements.models import Supplement
from services.notify.delivery.models import Notification, NotificationState
from services.notify.delivery.queue import LEASE
from services.routing.cases.models import Case, JournalEntry
from services.routing.cases.state_machine import Action
from services.routing.decisions.models import Decision
from services.routing.incoming_mail.models import UnplacedMail
from shared.bus import failed_events as attempts
from shared.clock import utc_now
from shared.files.storage import Storage

A_WHILE = timedelta(seconds=5)

_REFERENCE = re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}\b")


def submissions(installation: Installation) -> dict[str, UUID]:
    """The id of each stored submission by its reference."""
    with installation.stores["intake"].database.sessions() as session:
        rows = session.execute(select(Submission.reference, Submission.id))
        return {row.reference: row.id for row in rows}


def stored_by(installation: Installation, keys: Iterable[str]) -> int:
    """How many submissions were stored for these idempotency keys."""
    with installation.stores["intake"].database.sessions() as session:
        of_keys = select(func.count()).select_from(Submission).where(Submission.idempotency_key.in_(list(keys)))
        return session.scalar(of_keys) or 0


def cases(installation: Installation) -> Counter[UUID]:
    """How many cases each submission has become."""
    with installation.stores["routing"].database.sessions() as session:
        return Counter(session.scalars(select(Case.submission_id)))


def receipts(installation: Installation) -> Counter[UUID]:
    """How many receipt notifications have ended for each submission."""
    ended = select(Notification.submission_id).where(
        Notification.message == "receipt", Notification.ended_at.is_not(None)
    )
    with installation.stores["notify"].database.sessions() as session:
        return Counter(session.scalars(ended))


@dataclass(frozen=True)
class ReceivedMail:
    """What the mail server was given: the notification that the Message-ID names, and what the mail itself says."""

    notification: UUID
    reference: str
    subject: str


def mails(installation: Installation) -> list[ReceivedMail]:
    """All that the mail server was given, a mail that it was given twice as two."""
    assert installation.mail_server
    return [_read(raw) for raw in installation.mail_server.received]


@cache
def _read(raw: bytes) -> ReceivedMail:
    mail = message_from_bytes(raw, policy=policy.default)
    text = mail.get_body(("plain",)).get_content()
    [reference] = set(_REFERENCE.findall(text))
    return ReceivedMail(UUID(mail["Message-ID"].strip("<>").partition("@")[0]), reference, mail["Subject"])


@dataclass(frozen=True)
class Notified:
    """What notify knows of a notification."""

    submission: UUID
    message: str
    state: str


def notifications(installation: Installation) -> dict[UUID, Notified]:
    """Each notification, by its id."""
    columns = (Notification.id, Notification.submission_id, Notification.message, Notification.state)
    with installation.stores["notify"].database.sessions() as session:
        return {
            row.id: Notified(row.submission_id, row.message, row.state) for row in session.execute(select(*columns))
        }


def being_sent(installation: Installation) -> set[UUID]:
    """The notifications that a dispatcher has taken: of those that it has sent, this may not be recorded yet."""
    sending = select(Notification.id).where(Notification.state == NotificationState.SENDING)
    with installation.stores["notify"].database.sessions() as session:
        return set(session.scalars(sending))


def decided(installation: Installation) -> Counter[UUID]:
    """How many decisions there are on each submission."""
    made = select(Case.submission_id).join(Decision, Decision.case_id == Case.id)
    with installation.stores["routing"].database.sessions() as session:
        return Counter(session.scalars(made))


def cases_in(installation: Installation, queue: str) -> list[UUID]:
    """The cases that stand in a queue."""
    with installation.stores["routing"].database.sessions() as session:
        return list(session.scalars(select(Case.id).where(Case.queue == queue)))


def notes_by_systems(installation: Installation) -> Counter[UUID]:
    """How many notes other systems have written in each case."""
    by_system = JournalEntry.actor_subject.startswith("system."), JournalEntry.action == Action.NOTE
    with installation.stores["routing"].database.sessions() as session:
        return Counter(session.scalars(select(JournalEntry.case_id).where(*by_system)))


def texts_in_journals(installation: Installation, action: str) -> Counter[str]:
    """How often each text stands in a journal, in the entries of an action."""
    with installation.stores["routing"].database.sessions() as session:
        found = session.scalars(select(JournalEntry).where(JournalEntry.action == action))
        return Counter(entry.data["text"] for entry in found)


def unplaced(installation: Installation) -> int:
    """How many mails wait for a registrar."""
    waiting = select(func.count()).select_from(UnplacedMail).where(UnplacedMail.ended_at.is_(None))
    with installation.stores["routing"].database.sessions() as session:
        return session.scalar(waiting) or 0


def supplements(installation: Installation, keys: Iterable[str]) -> int:
    """How many supplements were stored for these idempotency keys."""
    with installation.stores["intake"].database.sessions() as session:
        of_keys = select(func.count()).select_from(Supplement).where(Supplement.idempotency_key.in_(list(keys)))
        return session.scalar(of_keys) or 0


def attachments(installation: Installation) -> dict[UUID, bool]:
    """Whether each attachment that a submission came with is there as it was sent."""
    claimed = select(Attachment).where(Attachment.submission_id.is_not(None))
    storage = Storage(Path(installation.environ["INTAKE_ATTACHMENTS"]))
    with installation.stores["intake"].database.sessions() as session:
        return {each.id: _is_whole(storage, each) for each in session.scalars(claimed)}


def _is_whole(storage: Storage, attachment: Attachment) -> bool:
    try:
        with storage.open(attachment.id) as file:
            return sha256(file.read()).hexdigest() == attachment.sha256
    except FileNotFoundError:
        return False


def assert_one_of_each(installation: Installation, references: Iterable[str]) -> None:
    """AssertionError unless each of the references is one submission with one case and one receipt."""
    known = submissions(installation)
    expected = Counter(known[reference] for reference in references)
    for what, found in (("case", cases(installation)), ("receipt", receipts(installation))):
        wrong = {str(each): found[each] for each in expected if found[each] != 1}
        assert not wrong, f"{len(wrong)} of {len(expected)} have not one {what}: {dict(list(wrong.items())[:5])}"
    assert set(expected.values()) <= {1}, "two accepted submissions have one reference"


def failed_events(installation: Installation) -> dict[str, int]:
    """How many events each service could not handle."""
    counts = {}
    for service, store in installation.stores.items():
        with store.database.sessions() as session:
            counts[service] = session.scalar(select(func.count()).select_from(store.tables.failed_events)) or 0
    return counts


def drop_failed_events(installation: Installation) -> None:
    """Forget what the services could not handle."""
    for store in installation.stores.values():
        with store.database.sessions.begin() as session:
            session.execute(delete(store.tables.failed_events))


def events_on_their_way(installation: Installation) -> int:
    """How many events are recorded and not yet published."""
    count = 0
    for store in installation.stores.values():
        outbox = store.tables.outbox
        with store.database.sessions() as session:
            count += session.scalar(select(func.count()).where(outbox.published_at.is_(None))) or 0
    return count


def let_old_leases_run_out(installation: Installation, *, taken_for: timedelta = A_WHILE) -> None:
    """What four minutes do: what a killed worker was sending, or trying once more, is due again."""
    for store in installation.stores.values():
        failed = store.tables.failed_events
        begun_a_while_ago = failed.next_attempt_at < utc_now() + attempts.LEASE - taken_for
        with store.database.sessions.begin() as session:
            leased = update(failed).where(failed.begun_by.is_not(None), begun_a_while_ago)
            session.execute(leased.values(next_attempt_at=utc_now()))
    taken_a_while_ago = Notification.next_attempt_at < utc_now() + LEASE - taken_for
    with installation.stores["notify"].database.sessions.begin() as session:
        leased = update(Notification).where(Notification.state == NotificationState.SENDING, taken_a_while_ago)
        session.execute(leased.values(next_attempt_at=utc_now()))
