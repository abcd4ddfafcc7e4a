"""Who works the cases, and which of them they may see: each board is a separate authority."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true

from services.routing.cases.models import Case
from services.routing.organisation.organisation import Queue


@dataclass(frozen=True)
class Officer:
    """A case officer of a municipality (its four-digit code). `boards` None: every board of the municipality.

    `sees_protected`: the municipality names the officer among those who see protected cases, of whatever board.
    `leads`: a leader or registrar, who keeps the directory for the colleagues of their boards. `is_registrar`: who also
    sorts the mail that found no case.
    """

    subject: str
    name: str
    municipality: str
    boards: frozenset[str] | None
    sees_protected: bool = False
    leads: bool = False
    is_registrar: bool = False

    def may_see(self, case: Case) -> bool:
        """Whether the case is this officer's to see: as `sees`, of a case that is at hand."""
        return case.municipality == self.municipality and self.sees_board(case.board, protected=case.protected)

    def may_see_queue(self, queue: Queue) -> bool:
        """Whether the queue is this officer's to work."""
        return self.sees_board(queue.board, protected=queue.protected)

    @property
    def sees(self) -> ColumnElement[bool]:
        """The condition on `Case` that every query on an officer's behalf carries."""
        return self.sees_of(Case)

    def sees_of(self, table: Any) -> ColumnElement[bool]:
        """The same condition on another table that has municipality, board and protected."""
        of_boards = true() if self.boards is None else table.board.in_(sorted(self.boards))
        visible = and_(of_boards, table.protected.is_(False))
        if self.sees_protected:
            visible = or_(visible, table.protected.is_(True))
        return and_(table.municipality == self.municipality, visible)

    def sees_board(self, board: str, *, protected: bool) -> bool:
        """Whether the board's cases are this officer's to see, protected or not."""
        return self.sees_protected if protected else self._has(board)

    def _has(self, board: str) -> bool:
        return self.boards is None or board in self.boards
