"""Changing the macros, each change a version; a macro that no case could take is not kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.form_choices import Choices, officer_choice
from services.routing.desk.texts import PRIORITIES, later
from services.routing.directory.find import directory, who_can_have_all
from services.routing.editing.keeper import EditedNotFound, Keeper, StaleEdited, check_scope
from services.routing.macros.models import Macro, MacroVersion
from services.routing.macros.steps import Step, check_steps
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from shared.swedish.time import local_date

MOST_STEPS = 10
_MOST_OFFICERS = 500


class MacroNotFound(EditedNotFound):
    """There is no such macro among those that the officer may see, or not for the case."""


class StaleMacro(StaleEdited):
    """The macro has changed since it was read."""


KEPT: Keeper[Macro, MacroVersion] = Keeper(
    Macro,
    MacroVersion,
    most=1000,
    full=later("There are as many macros as there may be. Remove one first."),
    not_found=MacroNotFound,
    stale=StaleMacro,
)


@dataclass(frozen=True)
class MacroContent:
    """What a macro does, and where it is offered. `queue` and `eservice` None: in all of them."""

    name: str
    steps: Sequence[Step]
    queue: str | None = None
    eservice: str | None = None


def macros_of(officer: Officer, organisation: Organisation, *, sessions: sessionmaker[Session]) -> Sequence[Macro]:
    """The municipality's macros, by name, but for those of queues that the officer may not see."""
    return KEPT.all_of(officer, organisation, sessions=sessions)


def macro_with_versions(
    officer: Officer, macro_id: UUID, organisation: Organisation, *, sessions: sessionmaker[Session]
) -> tuple[Macro, Sequence[MacroVersion]]:
    """A macro and all its versions, the latest first. Raises MacroNotFound."""
    return KEPT.with_versions(officer, macro_id, organisation, sessions=sessions)


def create(
    officer: Officer,
    content: MacroContent,
    organisation: Organisation,
    *,
    key: str | None = None,
    sessions: sessionmaker[Session],
    now: datetime,
) -> Macro:
    """Add a macro. Sent twice under one key, it is one. Raises as `check`, and KeyReused."""
    check(officer, content, organisation, sessions=sessions, now=now)
    return KEPT.create(officer, content, key=key, sessions=sessions, now=now)


def change(
    officer: Officer,
    macro_id: UUID,
    content: MacroContent,
    organisation: Organisation,
    *,
    version: int | None,
    sessions: sessionmaker[Session],
    now: datetime,
) -> Macro:
    """Change a macro from the version seen to the next. Raises MacroNotFound, StaleMacro, and as `check`."""
    check(officer, content, organisation, sessions=sessions, now=now)
    return KEPT.change(officer, macro_id, content, organisation, version=version, sessions=sessions, now=now)


def remove(
    officer: Officer,
    macro_id: UUID,
    organisation: Organisation,
    *,
    version: int | None,
    sessions: sessionmaker[Session],
    now: datetime,
) -> None:
    """Offer a macro no longer; its versions stay. Raises MacroNotFound, StaleMacro."""
    KEPT.remove(officer, macro_id, organisation, version=version, sessions=sessions, now=now)


def step_choices(
    officer: Officer,
    organisation: Organisation,
    *,
    queue: str | None,
    eservice: str | None,
    today: date,
    sessions: sessionmaker[Session],
) -> Mapping[str, Choices]:
    """What may be chosen in the steps of a macro for a queue and an e-service, by its name in `FormField.choices`.

    The officers are those of the queue's board, or whom the editor finds in the directory.
    """
    of = organisation.queues.get(queue) if queue else None
    if of:
        officers = who_can_have_all({(of.board, of.protected)}, organisation, today, sessions=sessions)
    else:
        officers = directory(officer, today, limit=_MOST_OFFICERS, sessions=sessions).officers
    return {
        "outcomes": list(organisation.outcomes_of(eservice).items()),
        "queues": [(each.code, each.name) for each in organisation.queues.values() if each is not of],
        "officers": [officer_choice(each) for each in officers],
        "priorities": list(PRIORITIES.items()),
    }


def check(
    officer: Officer,
    content: MacroContent,
    organisation: Organisation,
    *,
    sessions: sessionmaker[Session],
    now: datetime,
) -> None:
    """Raise InvalidInput for a queue or an e-service that there is not, ValidationError as `check_steps`."""
    check_scope(officer, content, organisation)
    scope = {"queue": content.queue, "eservice": content.eservice}
    choices = step_choices(officer, organisation, **scope, today=local_date(now), sessions=sessions)
    check_steps(content.steps, choices, lambda: now)
