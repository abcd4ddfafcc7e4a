"""Several actions in one transaction: each is performed as it is alone, and none of them without the others."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session, sessionmaker


class Together(sessionmaker[Session]):
    """The store, as actions that are performed together take it: what begins goes on in the caller's transaction.

    What an action has written is flushed as it ends, so that the next one finds it. Whoever began the transaction
    commits it, or rolls all of it back.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session.get_bind())
        self._session = session

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """The caller's transaction."""
        yield self._session
        self._session.flush()


class Trial(Together):
    """The store, as actions take it that are tried: the caller rolls all of it back, and no metric counts them."""
