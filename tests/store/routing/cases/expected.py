"""What must have become of a case by all that was done with it: the model that its life is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.routing.actions.registry import DEFINITIONS
from services.routing.bulk.models import Progress
from services.routing.cases.state_machine import OPEN, Action, State, after, allowed
from services.routing.organisation.officers import Officer
from shared.swedish.time import local_date

# What may be refused for a reason that this model does not have: the deadline's rule, tags, what is as it was.
MAY_BE_INVALID = frozenset(
    {
        Action.EXTEND_DEADLINE,
        Action.REQUEST_DECISION,
        Action.REJECT_DECISION_REQUEST,
        Action.SET_PRIORITY,
        Action.ADD_TAG,
        Action.REMOVE_TAG,
    }
)
MOVES_DEADLINE = frozenset(
    {
        Action.REQUEST_SUPPLEMENT,
        Action.RECEIVE_SUPPLEMENT,
        Action.WITHDRAW_SUPPLEMENT_REQUEST,
        Action.EXTEND_DEADLINE,
        Action.REQUEST_DECISION,
        Action.REJECT_DECISION_REQUEST,
    }
)


@dataclass(eq=False)
class Expected:
    """A case as it must be. `entries` are the actions in its journal, each with the subject of who did it.

    `period_from` is the day that its whole period is counted from, where nothing has moved its deadline since.
    `requests` are the open supplement requests: when each was made, and its last day. `hold` is until when it is on
    hold, `holds` how many it has had, `requested` how many requests. `linked` are the cases that it is linked to, from
    either side; `joined_with` is the one that it is handled in. `helper` has its one sub-task, which nobody finishes.
    """

    case_id: UUID
    number: str
    board: str
    queue: str
    has_decision: bool
    period_from: date | None
    subtask: UUID
    helper: str
    state: State = State.QUEUED
    officer: str | None = None
    entries: list[tuple[str, str | None]] = field(default_factory=lambda: [("register", None), ("queue", None)])
    requests: list[tuple[datetime, date]] = field(default_factory=list)
    requested: int = 0
    hold: datetime | None = None
    holds: int = 0
    partial: set[str] = field(default_factory=set)
    linked: list["Expected"] = field(default_factory=list)
    joined_with: "Expected | None" = None

    @property
    def version(self) -> int:
        """How many entries its journal has."""
        return len(self.entries)

    @property
    def oldest_request(self) -> tuple[datetime, date] | None:
        """The request that was made first."""
        return min(self.requests, default=None)

    def refusal(
        self,
        officer: Officer,
        action: Action,
        data: Mapping[str, Any],
        officers: Mapping[str, Officer],
        version: int | None,
    ) -> str | None:
        """Why an action must be refused, in the words of bulk jobs; None: it must be performed."""
        definition = DEFINITIONS[action]
        if not self._is_seen_by(officer) or (action is Action.WITHDRAW_CONFLICT and not officer.leads):
            return "not_found"
        if version not in (None, self.version):
            return "changed"
        if definition.impartial and officer.subject in self.partial:
            return "partial"
        if action not in allowed(self.state):
            return "not_allowed"
        return "invalid" if self._is_invalid(officer, action, data, officers) else None

    def _is_invalid(
        self, officer: Officer, action: Action, data: Mapping[str, Any], officers: Mapping[str, Officer]
    ) -> bool:
        match action:
            case Action.TRANSFER:
                return bool(data["queue"] == self.queue)
            case Action.ASSIGN:
                return not self.may_be_given_to(officers[data["officer_subject"]])
            case Action.END_HOLD:
                return self.hold is None
            case Action.WITHDRAW_SUPPLEMENT_REQUEST:
                return not self.requests
            case Action.WITHDRAW_CONFLICT:
                return data["officer_subject"] not in self.partial
            case Action.LINK | Action.JOIN | Action.UNLINK:
                return not (data["other"] and self._may_be_of_a_pair(officer, action, data["other"]))
        return False

    def _may_be_of_a_pair(self, officer: Officer, action: Action, other: "Expected") -> bool:
        """Whether the officer may link it to another case, join it with that, or take a link between them back."""
        if not other.may_be_given_to(officer):
            return False
        if action is Action.UNLINK:
            return other in self.linked
        apart = other not in self.linked and self.joined_with is not other and other.joined_with is not self
        may_be_closed = action is Action.LINK or (not self.has_decision and other.state in OPEN)
        return apart and self.board == other.board and may_be_closed

    def may_be_given_to(self, officer: Officer) -> bool:
        """Whether the officer may have the case."""
        return self._is_seen_by(officer) and officer.subject not in self.partial

    def _is_seen_by(self, officer: Officer) -> bool:
        return officer.boards is None or self.board in officer.boards

    def performed(self, action: Action, actor: str | None, data: Mapping[str, Any], at: datetime) -> None:
        """Have an action done by an officer, or by the submitter or a worker where `actor` is None."""
        self._note_requests(action, data, at)
        self._note_hold(action, data)
        self._note_other_case(action, actor, data, at)
        self._note_deadline(action, at)
        own = self.officer == actor
        self.state = after(self.state, action, awaiting=bool(self.requests))
        if action is Action.DECLARE_CONFLICT:
            self.partial.add(str(actor))
            if own and self.state in OPEN:
                self.state, self.officer = State.QUEUED, None
        elif action is Action.WITHDRAW_CONFLICT:
            self.partial.discard(data["officer_subject"])
        else:
            self._note_officer(action, actor, data)
        self.entries.append((action, actor))

    def _note_officer(self, action: Action, actor: str | None, data: Mapping[str, Any]) -> None:
        if action is Action.TRANSFER:
            self.queue, self.board, self.officer = data["queue"], data["board"], None
        elif action is Action.RELEASE:
            self.officer = None
        elif action in (Action.CLAIM, Action.REOPEN) or (action is Action.JOIN and self.officer is None):
            self.officer = actor
        elif action is Action.ASSIGN:
            self.officer = data["officer_subject"]

    def _note_deadline(self, action: Action, at: datetime) -> None:
        """A case that is reopened has its whole period again."""
        if action is Action.REOPEN:
            self.period_from = local_date(at)
        elif action in MOVES_DEADLINE:
            self.period_from = None

    def _note_other_case(self, action: Action, actor: str | None, data: Mapping[str, Any], at: datetime) -> None:
        """What concerns two cases is in the journals of both."""
        other: Expected | None = data.get("other")
        if action is Action.LINK and other:
            self.linked.append(other)
            other.linked.append(self)
        elif action is Action.UNLINK and other:
            self.linked.remove(other)
            other.linked.remove(self)
        elif action is Action.JOIN:
            self.joined_with = other
        elif action is Action.REOPEN:
            other, self.joined_with = self.joined_with, None
        if other:
            other.performed(Action.LINK if action in (Action.LINK, Action.JOIN) else Action.UNLINK, actor, {}, at)

    def _note_requests(self, action: Action, data: Mapping[str, Any], at: datetime) -> None:
        if action is Action.REQUEST_SUPPLEMENT:
            self.requests.append((at, data["answer_by"]))
            self.requested += 1
        elif action is Action.WITHDRAW_SUPPLEMENT_REQUEST:
            self.requests.remove(min(self.requests))
        elif action is Action.RECEIVE_SUPPLEMENT and "received_on" in data:
            self.requests = [each for each in self.requests if local_date(each[0]) > data["received_on"]]
        elif action is Action.RECEIVE_SUPPLEMENT:
            self.requests = [each for each in self.requests if each[0] > data["received_at"]]
        elif action in (Action.DECIDE, Action.JOIN):
            self.requests = []

    def _note_hold(self, action: Action, data: Mapping[str, Any]) -> None:
        if action is Action.PUT_ON_HOLD:
            self.hold, self.holds = data["until"], self.holds + 1
        elif action in (Action.END_HOLD, Action.RECEIVE_SUPPLEMENT, Action.CLAIM, Action.REOPEN):
            self.hold = None


@dataclass
class ExpectedItem:
    """A case of a job: which one, at which version it was chosen, and what must have become of it."""

    number: int
    version: int
    progress: str = Progress.WAITING


@dataclass
class ExpectedJob:
    """A bulk job as it must be."""

    id: UUID
    officer: Officer
    action: Action
    data: dict[str, Any]
    ordered_at: datetime
    items: list[ExpectedItem]

    @property
    def waiting(self) -> list[ExpectedItem]:
        """The items that no worker has come to."""
        return [each for each in self.items if each.progress == Progress.WAITING]
