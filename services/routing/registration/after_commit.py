"""Counting what happens in somebody else's transaction: not before it has committed."""

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session

_WAITING = "arende counts"


def after_commit(session: Session, count: Callable[[], object]) -> None:
    """Call `count` when the session's transaction commits; never when it is rolled back."""
    session.info.setdefault(_WAITING, []).append(count)


@event.listens_for(Session, "after_commit")
def _count(session: Session) -> None:
    for count in session.info.pop(_WAITING, ()):
        count()


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_WAITING, None)
