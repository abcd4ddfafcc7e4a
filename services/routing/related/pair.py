"""A command on one case that writes in another case's journal too."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.routing.actions.command import Command
from services.routing.actions.perform import ActionContext, apply, pasts
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import Case
from services.routing.cases.state_machine import Action
from services.routing.conflicts.declared import has_declared
from services.routing.organisation.officers import Officer
from services.routing.queues.number_search import has_number
from services.routing.related.models import CaseLink, LinkKind

FIELD = "number"


@dataclass(frozen=True)
class PairCommand:
    """A command on a case and another, known by its number as an officer writes it; both are locked in one order."""

    command: Command
    case_id: UUID
    number: str

    bulk_job: ClassVar[None] = None

    @property
    def officer(self) -> Officer:
        """Who commands."""
        return self.command.officer

    @property
    def version(self) -> int | None:
        """The version of the first case that the officer saw."""
        return self.command.version

    @property
    def key(self) -> str | None:
        """The idempotency key."""
        return self.command.key

    @property
    def target(self) -> list[str]:
        """Both cases, the second as it was written."""
        return [str(self.case_id), self.number]

    def locked_case(self, session: Session) -> Case | None:
        """The first case, locked together with the second, where there is one of that number."""
        wanted = (Case.id == self.case_id) | (Case.id.in_(_ids_of_number(session, self.officer, self.number)))
        query = select(Case).where(Case.municipality == self.officer.municipality, wanted)
        cases = {case.id: case for case in session.scalars(query.order_by(Case.id).with_for_update())}
        return cases.get(self.case_id)


def other_case(context: ActionContext, number: str) -> Case:
    """The case that the first is to be linked to, as the pair has locked it. Raises InvalidInput.

    Only a case of the same board: each board is an authority, and a journal shows that the other case is there.
    """
    assert context.officer
    ids = _ids_of_number(context.session, context.officer, number)
    if not ids:
        raise InvalidInput(FIELD, "You can see no case with that number.")
    if len(ids) > 1:
        raise InvalidInput(FIELD, "Several cases have that number. Write the board and the year with it.")
    other = context.session.get_one(Case, ids[0])
    if other.id == context.case.id:
        raise InvalidInput(FIELD, "That is the number of this case.")
    if (other.board, other.protected) != (context.case.board, context.case.protected):
        raise InvalidInput(FIELD, "That case is another board’s, or protected. Only cases of one board can be linked.")
    if has_declared(context.session, other.id, context.officer.subject):
        raise InvalidInput(FIELD, "You have declared a conflict of interest in that case.")
    return other


def link(context: ActionContext, other: Case, kind: LinkKind) -> None:
    """Keep the link, and write in the other case's journal that it was made. Raises InvalidInput."""
    assert context.officer
    case, session = context.case, context.session
    if session.get(CaseLink, (case.id, other.id)) or session.get(CaseLink, (other.id, case.id)):
        raise InvalidInput(FIELD, "The cases are linked already.")
    session.add(
        CaseLink(
            case_id=case.id,
            other_id=other.id,
            municipality=case.municipality,
            kind=kind,
            at=context.at,
            by_subject=context.officer.subject,
            by_name=context.officer.name,
        )
    )
    past = pasts(session, [other], Action.LINK)[other.id]
    there = ActionContext(session, other, context.officer, context.at, past)
    apply(there, Action.LINK, {"number": case.number, "kind": kind, "case_id": case.id}, lambda _: None)


def _ids_of_number(session: Session, officer: Officer, number: str) -> list[UUID]:
    return list(session.scalars(select(Case.id).where(officer.sees, has_number(number)).limit(2)))
