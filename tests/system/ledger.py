"""What the stores hold of what was sent: has every accepted submission become one case and one receipt?"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from bench.installation import Installation
from services.intake.submissions.models import Submission
from services.notify.delivery.models import Notification, NotificationState
from services.notify.delivery.queue import LEASE
from services.routing.cases.models import Case
from shared.bus import failed_events as attempts
from shared.clock import utc_now

A_WHILE = timedelta(seconds=5)


def submissions(installation: Installation) -> dict[str, UUID]:
    """The id of each stored submission by its reference."""
    with installation.stores["intake"].database.sessions() as session:
        rows = session.execute(select(Submission.reference, Submission.id))
        return {row.reference: row.id for row in rows}


def stored_by(installation: Installation, keys: Iterable[str]) -> int:
    """How many submissions were stored for these idempotency keys."""
    with installation.stores["intake"].database.sessions() as session:
        return sum(session.scalars(select(Submission.idempotency_key.in_(list(keys)))))


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


def events_on_their_way(installation: Installation) -> int:
    """How many events are recorded and not yet published."""
    count = 0
    for store in installation.stores.values():
        outbox = store.tables.outbox
        with store.database.sessions() as session:
            count += session.scalar(select(func.count()).where(outbox.published_at.is_(None))) or 0
    return count


def let_old_leases_run_out(installation: Installation) -> None:
    """What four minutes do: what a killed worker was sending, or trying once more, is due again."""
    for store in installation.stores.values():
        failed = store.tables.failed_events
        begun_a_while_ago = failed.next_attempt_at < utc_now() + attempts.LEASE - A_WHILE
        with store.database.sessions.begin() as session:
            leased = update(failed).where(failed.begun_by.is_not(None), begun_a_while_ago)
            session.execute(leased.values(next_attempt_at=utc_now()))
    taken_a_while_ago = Notification.next_attempt_at < utc_now() + LEASE - A_WHILE
    with installation.stores["notify"].database.sessions.begin() as session:
        leased = update(Notification).where(Notification.state == NotificationState.SENDING, taken_a_while_ago)
        session.execute(leased.values(next_attempt_at=utc_now()))
