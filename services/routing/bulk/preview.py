"""What an action would do with all chosen cases: with which, why not with others, and who would be notified."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from services.routing.actions.definition import ActionDefinition, ActionTrial, Check, always_taken
from services.routing.bulk.case_failure import CaseFailure, failure_of
from services.routing.bulk.offer import SeenCase, SeenCases
from services.routing.cases.errors import CaseNotFound, InvalidInput, PartialOfficer, StaleCase
from services.routing.cases.state_machine import Action, ActionNotAllowed, after
from services.routing.conflicts.declared import declared_in
from services.routing.directory.find import ListedOfficer, listed_by_subject
from services.routing.organisation.organisation import Organisation
from services.routing.queues.list_cases import ListedCase
from shared.swedish.time import local_date


@dataclass(frozen=True)
class ForeseenFailure:
    """A case with which it cannot be done, and why; `listed` None: it is the officer's to see no more."""

    case_id: UUID
    listed: ListedCase | None
    failure: CaseFailure


@dataclass(frozen=True)
class Recipients:
    """How the submitters of the possible cases are reached.

    `by_mail` of them have an address, `on_page` have given none, `anonymous` cannot be known. Of those by mail,
    `secret` only read in it that there is something to read.
    """

    by_mail: int = 0
    secret: int = 0
    on_page: int = 0
    anonymous: int = 0


@dataclass(frozen=True)
class Preview:
    """With which of the cases it can be done, with which it cannot, and whom a message would reach.

    `assignee`: to whom they are given, with the absence that they are on; None where they are given to nobody.
    """

    possible: Sequence[SeenCase] = ()
    failures: Sequence[ForeseenFailure] = ()
    recipients: Recipients = field(default_factory=Recipients)
    assignee: ListedOfficer | None = None


def preview(
    chosen: SeenCases,
    definition: ActionDefinition,
    data: Mapping[str, Any],
    organisation: Organisation,
    now: datetime,
    *,
    sessions: sessionmaker[Session],
) -> Preview:
    """The preview of an action with the data that its schema has read, in as many statements as for one case.

    Nothing is changed.
    """
    failures = [ForeseenFailure(each.id, None, failure_of(CaseNotFound())) for each in chosen.gone]
    if not chosen.cases:
        return Preview(failures=failures)
    possible = []
    trials = [ActionTrial(organisation, chosen.officer, each.case, each.content, data, now) for each in chosen.cases]
    check = _checks(trials, definition, sessions)
    for trial, each in zip(trials, chosen.cases, strict=True):
        failure = _foreseen(trial, definition, each.version, check)
        if failure:
            failures.append(ForeseenFailure(each.case.id, each.listed, failure))
        else:
            possible.append(each)
    # One who can have none of the cases may be of another board, of whose officers nothing is shown.
    assignee = _assignee(definition, data, organisation, now, sessions) if possible else None
    return Preview(possible, failures, _recipients(possible), assignee)


def _assignee(
    definition: ActionDefinition,
    data: Mapping[str, Any],
    organisation: Organisation,
    now: datetime,
    sessions: sessionmaker[Session],
) -> ListedOfficer | None:
    if definition.action is not Action.ASSIGN:
        return None
    with sessions() as session:
        return listed_by_subject(session, organisation.municipality, data["officer_subject"], local_date(now))


def _checks(trials: Sequence[ActionTrial], definition: ActionDefinition, sessions: sessionmaker[Session]) -> Check:
    """What the store has against it: that the officer has a conflict of interest, and what the action rejects."""
    checks = definition.in_bulk.checks if definition.in_bulk else always_taken
    with sessions() as session:
        partial = frozenset[UUID]()
        if definition.impartial:
            partial = declared_in(session, [each.case.id for each in trials], trials[0].officer.subject)
        accept = checks(session, trials)

    def check(trial: ActionTrial) -> None:
        if trial.case.id in partial:
            raise PartialOfficer
        after(trial.case.state, definition.action)
        accept(trial)

    return check


def _foreseen(trial: ActionTrial, definition: ActionDefinition, version: int, check: Check) -> CaseFailure | None:
    """Why performing it would fail, in the order in which that looks; None: it would not, as far as can be seen."""
    case = trial.case
    try:
        if not definition.may(trial.officer, case):
            raise CaseNotFound
        if definition.conditional and version != case.sequence:
            raise StaleCase(case.sequence)
        check(trial)
    except (CaseNotFound, StaleCase, PartialOfficer, ActionNotAllowed, InvalidInput) as error:
        return failure_of(error)
    return None


def _recipients(possible: Sequence[SeenCase]) -> Recipients:
    known = [each for each in possible if each.content.submitter]
    by_mail = [each for each in known if (each.content.submitter or {}).get("email")]
    return Recipients(
        by_mail=len(by_mail),
        secret=sum(each.case.secret for each in by_mail),
        on_page=len(known) - len(by_mail),
        anonymous=len(possible) - len(known),
    )
