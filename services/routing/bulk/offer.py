"""What may be done with all the cases that an officer has chosen, and what may be chosen in the forms for it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only, sessionmaker

from services.routing.actions.definition import ActionDefinition, FieldKind
from services.routing.actions.form_choices import Choices, deciders, officer_choice
from services.routing.actions.registry import DEFINITIONS
from services.routing.bulk.selections import ChosenCase
from services.routing.cases.models import Case, SubmissionCopy
from services.routing.cases.state_machine import Action, allowed
from services.routing.directory.find import who_can_have_all
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.queues.list_cases import ListedCase
from services.routing.search.models import SearchDocument
from shared.bulk import one_of
from shared.swedish.law import LegalRegime
from shared.swedish.time import local_date

IN_BULK: Mapping[Action, ActionDefinition] = {
    action: definition for action, definition in DEFINITIONS.items() if definition.in_bulk
}
BY_PATH: Mapping[str, ActionDefinition] = {each.path: each for each in IN_BULK.values()}

_CONTENT = (SubmissionCopy.case_id, SubmissionCopy.title, SubmissionCopy.submitter, SubmissionCopy.handling)


class SeenCase(NamedTuple):
    """A chosen case as it is now, and the version that it was chosen at."""

    case: Case
    content: SubmissionCopy
    place: str | None
    version: int

    @property
    def listed(self) -> ListedCase:
        """The case as lists show it."""
        return ListedCase(self.case, self.content.title, self.content.regime, self.place)


@dataclass(frozen=True)
class SeenCases:
    """The chosen cases that are still the officer's to see, in the order chosen; the others are `gone`."""

    officer: Officer
    cases: Sequence[SeenCase]
    gone: Sequence[ChosenCase]

    @cached_property
    def states(self) -> Counter[str]:
        """How many are in each state."""
        return Counter(each.case.state for each in self.cases)

    @cached_property
    def regimes(self) -> set[LegalRegime]:
        """The laws that they are handled under."""
        return {each.content.regime for each in self.cases}

    @property
    def regime(self) -> LegalRegime:
        """The one law that they are handled under; where there are several, the one whose words fit all."""
        return min(self.regimes) if len(self.regimes) == 1 else LegalRegime.FORVALTNINGSLAGEN

    @cached_property
    def boards(self) -> set[tuple[str, bool]]:
        """The boards that handle them, each with whether the case is protected."""
        return {(each.case.board, each.case.protected) for each in self.cases}


def seen(officer: Officer, chosen: Sequence[ChosenCase], *, sessions: sessionmaker[Session]) -> SeenCases:
    """The chosen cases as they are now."""
    query = select(Case, SubmissionCopy, SearchDocument.place)
    query = query.join(SubmissionCopy, SubmissionCopy.case_id == Case.id)
    query = query.outerjoin(SearchDocument, SearchDocument.case_id == Case.id)
    query = query.where(officer.sees, one_of(Case.id, "ids")).options(load_only(*_CONTENT))
    with sessions() as session:
        rows = session.execute(query, {"ids": [each.id for each in chosen]})
        found = {case.id: (case, content, place) for case, content, place in rows}
    cases = [SeenCase(*found[each.id], each.version) for each in chosen if each.id in found]
    return SeenCases(officer, cases, [each for each in chosen if each.id not in found])


def offered(chosen: SeenCases, choices: Mapping[str, Choices]) -> list[ActionDefinition]:
    """What may be done with all of them, in the order in which the desk offers it."""
    return [each for each in IN_BULK.values() if _all_allow(chosen, each) and _can_be_filled_in(each, choices)]


def _all_allow(chosen: SeenCases, definition: ActionDefinition) -> bool:
    if definition.in_bulk and definition.in_bulk.of_one_regime and len(chosen.regimes) > 1:
        return False
    in_state = all(definition.action in allowed(state) for state in chosen.states)
    return bool(chosen.cases) and in_state and all(definition.may(chosen.officer, each.case) for each in chosen.cases)


def _can_be_filled_in(definition: ActionDefinition, choices: Mapping[str, Choices]) -> bool:
    """Whether there is something to choose wherever something has to be chosen."""
    chosen_from = (each.choices for each in definition.form if each.kind in (FieldKind.CHOICE, FieldKind.RADIOS))
    return all(choices.get(name) for name in chosen_from)


def bulk_choices(
    chosen: SeenCases, organisation: Organisation, *, sessions: sessionmaker[Session], now: datetime
) -> dict[str, Choices]:
    """What may be chosen for all of them, by its name in `FormField.choices`, as `form_choices` has it for one case."""
    boards = {board for board, _ in chosen.boards}
    one_board = min(boards) if len(boards) == 1 else None
    officers = who_can_have_all(chosen.boards, organisation, local_date(now), sessions=sessions)
    return {
        "officers": list(map(officer_choice, officers)),
        "queues": _other_queues(chosen, organisation),
        "outcomes": _outcomes(chosen),
        "deciders": deciders(chosen.officer, one_board, chosen.regime, organisation),
    }


def _other_queues(chosen: SeenCases, organisation: Organisation) -> Choices:
    """Every queue but the one that all of them are in."""
    places = {(each.case.queue, each.case.board) for each in chosen.cases}
    queues = organisation.queues.values()
    return [(each.code, each.name) for each in queues if places != {(each.code, each.board)}]


def _outcomes(chosen: SeenCases) -> Choices:
    """The outcomes that all of them may have, as the first of them calls these."""
    of_each = [{each["code"]: each["label"] for each in one.content.handling["outcomes"]} for one in chosen.cases]
    first = of_each[0] if of_each else {}
    return [(code, label) for code, label in first.items() if all(code in outcomes for outcomes in of_each)]
