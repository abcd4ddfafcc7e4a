"""The deadline clock: when a case is to be decided, computed from its journal alone. Nothing is read or stored here.

The rule is the e-service's, as the journal's first entry has it. docs/decisions/0025 has what the law leaves open.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from services.routing.cases import journal
from services.routing.cases.state_machine import Action
from shared.events.intake import Deadline
from shared.events.payloads import from_plain
from shared.events.routing import request_id_of
from shared.swedish.law import DeadlineUnit, OnExpiry, first_day_to_request_decision
from shared.swedish.time import local_date
from shared.swedish.working_days import end_of_period, last_day, next_working_day, working_days_between

WEEKS_TO_ANSWER_REQUEST = 4


class Recorded(Protocol):
    """What the clock reads of a journal entry."""

    @property
    def case_id(self) -> UUID: ...
    @property
    def action(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class DecisionRequest:
    """The submitter's request that the case be decided (FL 12 §): to be answered by a decision or a refusal."""

    received_on: date
    answer_by: date
    is_open: bool = True


@dataclass(frozen=True)
class DeadlineClock:
    """How a case's deadline stands.

    `due_on`, the last day to decide, is None where there is no deadline, and while the period has not begun because the
    case lacks what was ordered (`awaits_submitter`). `counted_from` is the day that the period is counted from.
    `extensions` is how many have been made since then. `decided_on`: the clock has stopped.
    `paused_days`: days of waiting for the submitter that are not counted; of an open request as if it were answered on
    its last day.
    """

    rule: Deadline | None
    received_on: date
    counted_from: date
    due_on: date | None
    awaits_submitter: bool = False
    paused_days: int = 0
    extensions: int = 0
    decided_on: date | None = None
    was_decided: bool = False
    decision_request: DecisionRequest | None = None

    @property
    def next_last_day(self) -> date | None:
        """The first of the last days: to decide, or to answer the submitter's request for a decision."""
        request = self.decision_request
        days = [self.due_on, request.answer_by if request and request.is_open else None]
        return min((day for day in days if day), default=None)

    @property
    def on_expiry(self) -> OnExpiry:
        """What is to happen when the period has run out."""
        return self.rule.on_expiry if self.rule else OnExpiry.ALERT

    def weeks_late(self, today: date) -> int:
        """The weeks begun after the last day, until the decision or today."""
        if self.due_on is None:
            return 0
        days = ((self.decided_on or today) - self.due_on).days
        return max(0, -(-days // 7))

    def fee_reduction(self, today: date) -> int:
        """By how many per cent the fee has fallen (PBL 12 kap. 8 a §: a fifth for each week begun)."""
        share = self.rule.fee_reduction if self.rule else None
        return min(100, (share or 0) * self.weeks_late(today))

    def may_be_extended(self, today: date) -> bool:
        """Whether the rule lets it be extended now: only before the period has run out, and so many times."""
        extension = self.rule.extension if self.rule else None
        if extension is None or self.due_on is None or self.decided_on:
            return False
        return self.extensions < extension.times and today <= self.due_on

    def decision_may_be_requested(self, on: date) -> bool:
        """Whether the submitter may request a decision: once, after six months without one (FL 12 §)."""
        in_time = on >= first_day_to_request_decision(self.received_on)
        return self.decision_request is None and not self.was_decided and in_time


def clock_of(entries: Iterable[Recorded]) -> DeadlineClock:
    """The clock as it stands after the entries, which begin with the registration."""
    walk = _Walk()
    for entry in entries:
        if entry.action in _STEPS:
            _STEPS[entry.action](walk, entry)
    return walk.clock()


def is_answered(requested_at: datetime, supplement: Mapping[str, Any]) -> bool:
    """Whether a supplement answers a request: it came in after it, or on paper, where the hour is not known, that day.

    `supplement` is the data of its journal entry, with `received_at` or `received_on`.
    """
    if "received_on" in supplement:
        return local_date(requested_at) <= _day(supplement["received_on"])
    return requested_at <= _moment(supplement["received_at"])


@dataclass
class _Request:
    """A supplement request as the clock counts it. `is_timely`: the period begins when it has been answered."""

    requested_at: datetime
    answer_by: date
    is_timely: bool
    ended_on: date | None = None

    @property
    def requested_on(self) -> date:
        return local_date(self.requested_at)

    @property
    def waited_until(self) -> date:
        """Until when the submitter is waited for: the answer, or the last day to answer."""
        return min(self.answer_by, self.ended_on) if self.ended_on else self.answer_by


@dataclass
class _Walk:
    """What the entries read so far come to."""

    rule: Deadline | None = None
    fixed_due: date | None = None
    received_on: date = date.min
    start: date = date.min
    ordered_from: date = date.min
    end: date | None = None
    extensions: int = 0
    requests: dict[UUID, _Request] = field(default_factory=dict)
    decided_on: date | None = None
    was_decided: bool = False
    never_began: bool = False
    decision_request: DecisionRequest | None = None

    def register(self, entry: Recorded) -> None:
        """The period begins on the day of receipt (FL 22 §)."""
        self.rule = _rule(entry.data.get("deadline"))
        due_on = entry.data.get("due_on")
        self.fixed_due = _day(due_on) if due_on else None
        self.received_on = local_date(_moment(entry.data["received_at"]))
        self.begin(self.received_on)
        self.ordered_from = self.received_on

    def request(self, entry: Recorded) -> None:
        """An order in time keeps the period from beginning until it is answered."""
        stated = entry.data.get("request_id")
        key = UUID(str(stated)) if stated else request_id_of(entry.case_id, entry.at)
        requested_on = local_date(entry.at)
        timely = self._is_timely(requested_on)
        self.requests[key] = _Request(entry.at, _day(entry.data["answer_by"]), timely)

    def supplement(self, entry: Recorded) -> None:
        """What answers the last timely order lets the period begin; what comes unasked lets it begin anew."""
        day = _day_of_receipt(entry.data)
        answered = [each for each in self._open() if is_answered(each.requested_at, entry.data)]
        in_time = self._has_not_run_out(day)
        for each in answered:
            each.ended_on = max(day, each.requested_on)
        if self._awaits_submitter() or not (self.rule and self.rule.restarts_on):
            return
        if any(each.is_timely for each in answered):
            self.begin(max(day, self.start))
        elif not answered and in_time and day > self.start:
            self.begin(day)
            self.ordered_from = day

    def withdraw(self, entry: Recorded) -> None:
        """A withdrawn order has never kept the period from beginning; waiting for it was waiting all the same."""
        withdrawn = self.requests.get(UUID(str(entry.data["request_id"])))
        if withdrawn is None:
            return
        withdrawn.ended_on = local_date(entry.at)
        if not withdrawn.is_timely:
            return
        withdrawn.is_timely = False
        answered = [each.ended_on for each in self.requests.values() if each.is_timely and each.ended_on]
        if answered and not self._awaits_submitter():
            self.begin(max(answered))

    def extend(self, entry: Recorded) -> None:
        """The period ends so much later."""
        if self.end is not None:
            self.end = end_of_period(self.end, entry.data["amount"], DeadlineUnit(entry.data["unit"]))
            self.extensions += 1

    def decide(self, entry: Recorded) -> None:
        """The clock stops; open requests are not waited for any more."""
        self.decided_on, self.was_decided = _day(entry.data["decided_on"]), True
        self.never_began = self._awaits_submitter()
        for each in self._open():
            each.ended_on = self.decided_on
        self._close_decision_request()

    def join(self, entry: Recorded) -> None:
        """The clock stops: what the case is about is handled in another."""
        self.decided_on = local_date(entry.at)
        self.never_began = self._awaits_submitter()
        for each in self._open():
            each.ended_on = self.decided_on
        self._close_decision_request()

    def reopen(self, entry: Recorded) -> None:
        """The whole period begins anew, with what belongs to it."""
        self.decided_on, self.never_began = None, False
        self.requests.clear()
        self.end, self.extensions = None, 0
        self.start = self.ordered_from = local_date(entry.at)
        self.begin(self.start)

    def request_decision(self, entry: Recorded) -> None:
        """The four weeks of FL 12 § begin."""
        received_on = _day(entry.data["received_on"])
        self.decision_request = DecisionRequest(received_on, last_day_to_answer(received_on))

    def reject_decision_request(self, _: Recorded) -> None:
        """The four weeks end."""
        self._close_decision_request()

    def begin(self, day: date) -> None:
        """Count the period from a day. Its end never comes nearer by that: an extension stays worth what it was."""
        if self.rule is None:
            self.start = day
            return
        before = self._paused_end()[0]
        self.start = day
        after = end_of_period(day, self.rule.amount, self.rule.unit)
        self.end = max(before, after) if before else after

    def clock(self) -> DeadlineClock:
        """The result."""
        awaits = self.never_began or self._awaits_submitter()
        end, paused = self._paused_end()
        due_on = self.fixed_due if end is None else next_working_day(end)
        return DeadlineClock(
            rule=self.rule,
            received_on=self.received_on,
            counted_from=self.start,
            due_on=None if awaits else due_on,
            awaits_submitter=awaits,
            paused_days=paused,
            extensions=self.extensions,
            decided_on=self.decided_on,
            was_decided=self.was_decided,
            decision_request=self.decision_request,
        )

    def _paused_end(self) -> tuple[date | None, int]:
        """The period's end with the days of waiting that the rule does not count, and how many these are."""
        end, paused = self.end, 0
        if end is None or self.rule is None or not self.rule.stops_while_waiting:
            return end, paused
        waited_until = self.start
        for each in sorted(self.requests.values(), key=lambda request: request.requested_at):
            since = max(each.requested_on, waited_until)
            if each.is_timely or each.waited_until <= since or since > next_working_day(end):
                continue
            waited_until = each.waited_until
            paused += (waited_until - since).days
            end = self._later(end, since, waited_until)
        return end, paused

    def _later(self, end: date, since: date, until: date) -> date:
        """The end moved by the days after `since` until `until`, of which working days where these are counted."""
        if self.rule and self.rule.unit is DeadlineUnit.WORKING_DAYS:
            return end_of_period(end, working_days_between(since, until), DeadlineUnit.WORKING_DAYS)
        return end + (until - since)

    def _is_timely(self, requested_on: date) -> bool:
        if self.rule is None or self.rule.restarts_on is None or not self._has_not_run_out(requested_on):
            return False
        within = self.rule.order_within
        return within is None or requested_on <= last_day(self.ordered_from, within.amount, within.unit)

    def _has_not_run_out(self, day: date) -> bool:
        end, _ = self._paused_end()
        return end is not None and day <= next_working_day(end)

    def _awaits_submitter(self) -> bool:
        return any(each.is_timely for each in self._open())

    def _open(self) -> list[_Request]:
        return [each for each in self.requests.values() if each.ended_on is None]

    def _close_decision_request(self) -> None:
        if request := self.decision_request:
            self.decision_request = DecisionRequest(request.received_on, request.answer_by, is_open=False)


def last_day_to_answer(received_on: date) -> date:
    """The last day to decide a case, or to refuse to, after the submitter's request for a decision (FL 12 §)."""
    return last_day(received_on, WEEKS_TO_ANSWER_REQUEST, DeadlineUnit.WEEKS)


def _rule(plain: Any) -> Deadline | None:
    """The rule of the journal's first entry; None where it has none, or one that only a newer version knows."""
    try:
        return from_plain(Deadline, plain) if plain else None
    except ValueError:
        return None


def _day_of_receipt(supplement: Mapping[str, Any]) -> date:
    if "received_on" in supplement:
        return _day(supplement["received_on"])
    return local_date(_moment(supplement["received_at"]))


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _moment(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


_STEPS: Mapping[str, Callable[[_Walk, Recorded], None]] = {
    journal.REGISTER: _Walk.register,
    Action.REQUEST_SUPPLEMENT: _Walk.request,
    Action.RECEIVE_SUPPLEMENT: _Walk.supplement,
    Action.WITHDRAW_SUPPLEMENT_REQUEST: _Walk.withdraw,
    Action.EXTEND_DEADLINE: _Walk.extend,
    Action.DECIDE: _Walk.decide,
    Action.JOIN: _Walk.join,
    Action.REOPEN: _Walk.reopen,
    Action.REQUEST_DECISION: _Walk.request_decision,
    Action.REJECT_DECISION_REQUEST: _Walk.reject_decision_request,
}

TIMED = frozenset(_STEPS)
