"""Who works the cases, and which of them they may see: each board is an authority of its own."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, true

from services.routing.cases.models import Case


@dataclass(frozen=True)
class Officer:
    """A case officer of a municipality (its four-digit code). `boards` None: every board of the municipality."""

    subject: str
    name: str
    municipality: str
    boards: frozenset[str] | None

    def may_see(self, board: str) -> bool:
        """Whether cases that the board handles are this officer's to see."""
        return self.boards is None or board in self.boards

    @property
    def sees(self) -> ColumnElement[bool]:
        """The condition on `Case` that every query on an officer's behalf carries."""
        of_boards = true() if self.boards is None else Case.board.in_(sorted(self.boards))
        return and_(Case.municipality == self.municipality, of_boards)
