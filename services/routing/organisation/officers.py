"""Who works the cases, and which of them they may see: each board is a separate authority."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, true

from services.routing.cases.models import Case
from services.routing.organisation.organisation import Queue


@dataclass(frozen=True)
class Officer:
    """A case officer of a municipality (its four-digit code). `boards` None: every board of the municipality.

    `sees_protected`: the municipality names the officer among those who see protected cases, of whatever board.
    """

    subject: str
    name: str
    municipality: str
    boards: frozenset[str] | None
    sees_protected: bool = False

    def may_see(self, case: Case) -> bool:
        """Whether the case is this officer's to see: as `sees`, of a case that is at hand."""
        of_board = self.sees_protected if case.protected else self._has(case.board)
        return case.municipality == self.municipality and of_board

    def may_see_queue(self, queue: Queue) -> bool:
        """Whether the queue is this officer's to work."""
        return self.sees_protected if queue.protected else self._has(queue.board)

    @property
    def sees(self) -> ColumnElement[bool]:
        """The condition on `Case` that every query on an officer's behalf carries."""
        of_boards = true() if self.boards is None else Case.board.in_(sorted(self.boards))
        visible = and_(of_boards, Case.protected.is_(False))
        if self.sees_protected:
            visible = or_(visible, Case.protected.is_(True))
        return and_(Case.municipality == self.municipality, visible)

    def _has(self, board: str) -> bool:
        return self.boards is None or board in self.boards
