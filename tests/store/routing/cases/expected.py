"""What must have become of a case by all that was done with it: the model that its life is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.routing.actions.registry import DEFINITIONS
from services.routing.cases.state_machine import OPEN, Action, State, after, allowed
from services.routing.organisation.officers import Officer
from shared.swedish.time import local_date

# What may be refused for a reason that this model does not have: the deadline's rule, tags, links, what is as it was.
MAY_BE_INVALID = frozenset(
    {
        Action.EXTEND_DEADLINE,
        Action.REQUEST_DECISION,
        Action.REJECT_DECISION_REQUEST,
        Action.SET_PRIORITY,
        Action.ADD_TAG,
        Action.REMOVE_TAG,
        Action.LINK,
        Action.UNLINK,
        Action.JOIN,
        Action.WITHDRAW_CONFLICT,
    }
)


@dataclass
class Expected:
    """A case as it must be. `entries` are the actions in its journal, each with the subject of who did it.

    `requests` are the open supplement requests: when each was made, and its last day. `hold` is until when it is on
    hold, `holds` how many it has had, `requested` how many requests.
    """

    case_id: UUID
    number: str
    board: str
    queue: str
    state: State = State.QUEUED
    officer: str | None = None
    entries: list[tuple[str, str | None]] = field(default_factory=lambda: [("register", None), ("queue", None)])
    requests: list[tuple[datetime, date]] = field(default_factory=list)
    requested: int = 0
    hold: datetime | None = None
    holds: int = 0
    partial: set[str] = field(default_factory=set)

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
        return "invalid" if self._is_invalid(action, data, officers) else None

    def _is_invalid(self, action: Action, data: Mapping[str, Any], officers: Mapping[str, Officer]) -> bool:
        match action:
            case Action.TRANSFER:
                return bool(data["queue"] == self.queue)
            case Action.ASSIGN:
                return not self.may_be_given_to(officers[data["officer_subject"]])
            case Action.END_HOLD:
                return self.hold is None
            case Action.WITHDRAW_SUPPLEMENT_REQUEST:
                return not self.requests
        return False

    def may_be_given_to(self, officer: Officer) -> bool:
        """Whether the officer may have the case."""
        return self._is_seen_by(officer) and officer.subject not in self.partial

    def _is_seen_by(self, officer: Officer) -> bool:
        return officer.boards is None or self.board in officer.boards

    def performed(self, action: Action, actor: str | None, data: Mapping[str, Any], at: datetime) -> None:
        """Have an action done by an officer, or by the submitter or a worker where `actor` is None."""
        self._note_requests(action, data, at)
        self._note_hold(action, data)
        own = self.officer == actor
        self.state = after(self.state, action, awaiting=bool(self.requests))
        if action is Action.DECLARE_CONFLICT:
            self.partial.add(str(actor))
            if own and self.state in OPEN:
                self.state, self.officer = State.QUEUED, None
        elif action is Action.WITHDRAW_CONFLICT:
            self.partial.discard(data["officer_subject"])
        elif action is Action.TRANSFER:
            self.queue, self.board, self.officer = data["queue"], data["board"], None
        elif action is Action.RELEASE:
            self.officer = None
        elif action in (Action.CLAIM, Action.REOPEN) or (action is Action.JOIN and self.officer is None):
            self.officer = actor
        elif action is Action.ASSIGN:
            self.officer = data["officer_subject"]
        self.entries.append((action, actor))

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
