"""Whether conditions hold for some facts, and what each of them saw.

Three outcomes: it holds, it does not, or it cannot be tried (None). What cannot be tried never makes a rule match:
`none` of something that cannot be tried cannot be tried either. A fact that is missing makes a condition not hold,
whatever its operator, save `empty`; so `none` of it holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shared.conditions.condition import Condition, Facts, Group, Grouping, Node, OtherFact
from shared.conditions.operators import OPERATORS, NotComparable, Surroundings

Outcome = bool | None


@dataclass(frozen=True)
class ConditionResult:
    """A condition as it was evaluated: the fact that it saw, whether it holds, and why it could not be tried."""

    fact: str
    operator: str
    value: Any
    seen: Any
    holds: Outcome
    error: str | None = None


@dataclass(frozen=True)
class GroupResult:
    """A group as it was evaluated."""

    grouping: str
    members: list["Result"]
    holds: Outcome


Result = ConditionResult | GroupResult


def evaluate(node: Node, facts: Facts, surroundings: Surroundings) -> Outcome:
    """Whether it holds; None when it cannot be tried."""
    if isinstance(node, Group):
        return _combined(node.grouping, [evaluate(member, facts, surroundings) for member in node.members])
    try:
        return _compare(node, facts, surroundings)
    except NotComparable:
        return None


def explain(node: Node, facts: Facts, surroundings: Surroundings) -> Result:
    """Whether it holds, with what every condition in it saw."""
    if isinstance(node, Group):
        members = [explain(member, facts, surroundings) for member in node.members]
        return GroupResult(node.grouping.value, members, _combined(node.grouping, [each.holds for each in members]))
    holds, error = None, None
    try:
        holds = _compare(node, facts, surroundings)
    except NotComparable as reason:
        error = str(reason)
    value = {"fact": node.value.name} if isinstance(node.value, OtherFact) else node.value
    return ConditionResult(node.fact, node.operator, value, facts.get(node.fact), holds, error)


def _compare(condition: Condition, facts: Facts, surroundings: Surroundings) -> bool:
    seen = facts.get(condition.fact)
    if seen is None:
        return condition.operator == "empty" and condition.value is True
    value = facts.get(condition.value.name) if isinstance(condition.value, OtherFact) else condition.value
    return value is not None and OPERATORS[condition.operator].holds(seen, value, surroundings)


def _combined(grouping: Grouping, outcomes: Iterable[Outcome]) -> Outcome:
    match grouping:
        case Grouping.ALL:
            return _all(outcomes)
        case Grouping.ANY:
            return _not(_all(map(_not, outcomes)))
        case Grouping.NONE:
            return _all(map(_not, outcomes))


def _all(outcomes: Iterable[Outcome]) -> Outcome:
    found = set(outcomes)
    if False in found:
        return False
    return None if None in found else True


def _not(outcome: Outcome) -> Outcome:
    return None if outcome is None else not outcome
