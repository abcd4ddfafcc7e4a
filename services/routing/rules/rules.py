"""Routing rules: structured conditions over facts, tried in order; every trial is kept as the explanation.

Data, not code (docs/decisions/0005). A condition that cannot be tried is a fault noted, never an exception.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.events.payloads import plain

Facts = Mapping[str, Any]
Text = Mapping[str, str]


class Mismatch(Exception):
    """The operator cannot compare what it was given."""


@dataclass(frozen=True)
class Condition:
    """`fact` as named by `registering.facts_of`, `operator` one of OPERATORS, `value` what to compare with."""

    fact: str
    operator: str
    value: Any


@dataclass(frozen=True)
class Rule:
    """When all conditions hold, the case goes to `queue`; `because` completes "since" in each language."""

    name: str
    because: Text
    when: tuple[Condition, ...]
    queue: str


@dataclass(frozen=True)
class Tried:
    """One condition as it was tried: what it saw, whether it held, and its fault if it could not be tried."""

    fact: str
    operator: str
    value: Any
    seen: Any
    held: bool
    fault: str | None = None


@dataclass(frozen=True)
class RuleTried:
    """One rule as it was tried: it matched when all of its conditions held."""

    name: str
    queue: str
    matched: bool
    conditions: list[Tried]


@dataclass(frozen=True)
class Explanation:
    """Why a case was put where it was: every rule of the set's version as it was tried, and which one won.

    `winner` None: no rule matched, so `queue` is the registrar's. `queue_name` and `because` are as they were then.
    """

    version: int
    queue: str
    queue_name: dict[str, str]
    winner: str | None
    because: dict[str, str] | None
    rules: list[RuleTried]

    @property
    def faults(self) -> list[str]:
        """The names of the rules in which a condition could not be tried."""
        return [rule.name for rule in self.rules if any(each.fault for each in rule.conditions)]

    def as_data(self) -> dict[str, Any]:
        """The explanation as the store keeps it."""
        kept: dict[str, Any] = plain(self)
        return kept


def try_all(rules: Sequence[Rule], facts: Facts) -> list[RuleTried]:
    """Every rule tried on the facts, also those after the first match."""
    return [_tried_rule(rule, facts) for rule in rules]


def why(explanation: Mapping[str, Any], language: str) -> str:
    """One sentence for a person, from a stored explanation: which queue and what decided it."""
    queue = _in(explanation["queue_name"], language)
    if explanation["winner"] is None:
        return _in(_UNMATCHED, language).format(queue=queue)
    return _in(_MATCHED, language).format(
        queue=queue,
        because=_in(explanation["because"], language),
        rule=explanation["winner"],
        version=explanation["version"],
    )


_MATCHED = {
    "sv": "Ärendet lades i kön {queue} eftersom {because} (regeln ”{rule}”, version {version}).",
    "en": "The case was put in the queue {queue} because {because} (rule “{rule}”, version {version}).",
}
_UNMATCHED = {
    "sv": "Ingen regel passade ärendet, så det lades i kön {queue} för att en registrator ska fördela det.",
    "en": "No rule fitted the case, so it was put in the queue {queue} for a registrar to pass on.",
}


def _in(text: Text, language: str) -> str:
    return text.get(language) or text["sv"]


def _tried_rule(rule: Rule, facts: Facts) -> RuleTried:
    conditions = [_tried(condition, facts) for condition in rule.when]
    return RuleTried(rule.name, rule.queue, all(each.held for each in conditions), conditions)


def _tried(condition: Condition, facts: Facts) -> Tried:
    """A fact that the submission does not have is no fault: most rules are about other e-services."""
    seen = facts.get(condition.fact)
    held, fault = False, None
    try:
        held = seen is not None and OPERATORS[condition.operator](seen, condition.value)
    except Mismatch as mismatch:
        fault = str(mismatch)
    return Tried(condition.fact, condition.operator, condition.value, seen, held, fault)


def _same(seen: Any, value: Any) -> bool:
    _alike(seen, value)
    return bool(seen == value)


def _one_of(seen: Any, values: Any) -> bool:
    return any(_same(seen, value) for value in values)


def _contains(seen: Any, value: Any) -> bool:
    if not isinstance(seen, list):
        raise Mismatch(f"{_kind(seen)} has no members")
    return any(_same(member, value) for member in seen)


def _at_least(seen: Any, value: Any) -> bool:
    _numbers(seen, value)
    return bool(seen >= value)


def _at_most(seen: Any, value: Any) -> bool:
    _numbers(seen, value)
    return bool(seen <= value)


OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": _same,
    "is_not": lambda seen, value: not _same(seen, value),
    "one_of": _one_of,
    "contains": _contains,
    "at_least": _at_least,
    "at_most": _at_most,
}


def _numbers(*compared: Any) -> None:
    for each in compared:
        if _kind(each) != "a number":
            raise Mismatch(f"{_kind(each)} is not a number")


def _alike(seen: Any, value: Any) -> None:
    if _kind(seen) != _kind(value):
        raise Mismatch(f"{_kind(seen)} cannot be compared with {_kind(value)}")


def _kind(value: Any) -> str:
    for kind, types in (("a truth value", bool), ("a number", (int, float)), ("a text", str), ("a list", list)):
        if isinstance(value, types):
            return kind
    return "something else"
