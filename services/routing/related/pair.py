"""A command on one case that writes in another case's journal too."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, select
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
class _OfTwoCases:
    """What a command on one case that locks another too has of the `command` itself."""

    command: Command
    case_id: UUID

    bulk_job: ClassVar[None] = None

    @property
    def officer(self) -> Officer:
        """Who commands."""
        return self.command.officer

    @property
    def version(self) -> int | None:
        """The version of the case that the officer saw, the first of a pair."""
        return self.command.version

    @property
    def key(self) -> str | None:
        """The idempotency key."""
        return self.command.key


@dataclass(frozen=True)
class PairCommand(_OfTwoCases):
    """A command on a case and another, known by its number as an officer writes it; both are locked in one order."""

    number: str

    @property
    def target(self) -> list[str]:
        """Both cases, the second as it was written."""
        return [str(self.case_id), self.number]

    def locked_case(self, session: Session) -> Case | None:
        """The first case, locked together with the second, where there is one of that number."""
        other = Case.id.in_(_ids_of_number(session, self.officer, self.number))
        return _locked_with(session, self.officer, self.case_id, other)


@dataclass(frozen=True)
class JoinedCommand(_OfTwoCases):
    """A command on a case that was joined with another: both are locked, in the order in which a pair is."""

    @property
    def target(self) -> UUID:
        """The case."""
        return self.case_id

    def locked_case(self, session: Session) -> Case | None:
        """The case, locked together with the one that it was joined with."""
        joined_with = select(CaseLink.other_id).where(CaseLink.case_id == self.case_id, _IS_JOINED)
        _locked_with(session, self.officer, self.case_id, Case.id.in_(joined_with))
        return self.command.locked_case(session)


_IS_JOINED = CaseLink.kind == LinkKind.JOINED


def _locked_with(session: Session, officer: Officer, case_id: UUID, others: ColumnElement[bool]) -> Case | None:
    """The case of this id, locked together with the others in one order."""
    query = select(Case).where(Case.municipality == officer.municipality, (Case.id == case_id) | others)
    cases = {case.id: case for case in session.scalars(query.order_by(Case.id).with_for_update())}
    return cases.get(case_id)


def other_case(context: ActionContext, number: str) -> Case:
    """The case that the first is to be linked to, as the pair has locked it. Raises InvalidInput.

    Only a case of the same board: each board is an authority, and a journal shows that the other case is there.
    """
    other = case_of_number(context, number)
    if (other.board, other.protected) != (context.case.board, context.case.protected):
        raise InvalidInput(FIELD, "That case is another board’s, or protected. Only cases of one board can be linked.")
    return other


def case_of_number(context: ActionContext, number: str) -> Case:
    """The other case, as the pair has locked it. Raises InvalidInput where the officer sees none, or has a conflict."""
    assert context.officer
    ids = _ids_of_number(context.session, context.officer, number)
    if not ids:
        raise InvalidInput(FIELD, "You can see no case with that number.")
    if len(ids) > 1:
        raise InvalidInput(FIELD, "Several cases have that number. Write the board and the year with it.")
    other = context.session.get_one(Case, ids[0])
    if other.id == context.case.id:
        raise InvalidInput(FIELD, "That is the number of this case.")
    if has_declared(context.session, other.id, context.officer.subject):
        raise InvalidInput(FIELD, "You have declared a conflict of interest in that case.")
    return other


def link(context: ActionContext, other: Case, kind: LinkKind) -> None:
    """Keep the link, and write in the other case's journal that it was made. Raises InvalidInput."""
    assert context.officer
    case, session = context.case, context.session
    if link_between(session, case, other):
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
    _write_in(other, context, Action.LINK, kind)


def link_between(session: Session, case: Case, other: Case) -> CaseLink | None:
    """The link between two cases, whichever it was made from."""
    return session.get(CaseLink, (case.id, other.id)) or session.get(CaseLink, (other.id, case.id))


def remove_link(context: ActionContext, made: CaseLink, other: Case) -> None:
    """Remove the link, and write in the other case's journal that it was."""
    _write_in(other, context, Action.UNLINK, made.kind)
    context.session.delete(made)


def separate(context: ActionContext) -> dict[str, Any]:
    """Have a case that is reopened be handled by itself again; what its journal has of the case it was joined with."""
    session = context.session
    made = session.scalar(select(CaseLink).where(CaseLink.case_id == context.case.id, _IS_JOINED))
    if made is None:
        return {}
    other = session.scalars(select(Case).where(Case.id == made.other_id).with_for_update()).one()
    remove_link(context, made, other)
    return {"separated_from": {"number": other.number, "case_id": other.id}}


def _write_in(other: Case, context: ActionContext, action: Action, kind: str) -> None:
    past = pasts(context.session, [other], action)[other.id]
    there = ActionContext(context.session, other, context.officer, context.at, past)
    data = {"number": context.case.number, "kind": kind, "case_id": context.case.id}
    apply(there, action, data, lambda _: None)


def _ids_of_number(session: Session, officer: Officer, number: str) -> list[UUID]:
    return list(session.scalars(select(Case.id).where(officer.sees, has_number(number)).limit(2)))
