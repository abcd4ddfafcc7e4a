"""Why a case is in its queue: kept with the case, and as a sentence for a person."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.routing.rules.rules import Rule
from shared.conditions.condition import Facts
from shared.conditions.evaluate import GroupResult, Result, explain
from shared.conditions.operators import Surroundings
from shared.events.intake import Deadline
from shared.i18n.formats import localized

MOST_VALUES = 20


@dataclass(frozen=True)
class RuleResult:
    """A rule as it was tried: it matched when all of its conditions held. Long lists of values are cut short."""

    name: str
    queue: str
    matched: bool
    conditions: list[Result]


@dataclass(frozen=True)
class WinningRule(RuleResult):
    """The rule that decided, with what it sets besides the queue; `deadline` None leaves the e-service's."""

    because: dict[str, str]
    priority: str
    tags: list[str]
    deadline: Deadline | None


@dataclass(frozen=True)
class Explanation:
    """Why a case was put where it was, by which version of the rules.

    `winner` None: no rule decided, so `queue` is a registrar's. `nearest_misses` are the rules that came nearest of
    the others, the nearest first. `missing_board` is the e-service's board, where the municipality has none such and
    the case therefore went to the protected registrar. `queue_name` and `because` are as they were then.
    """

    version: int
    queue: str
    queue_name: dict[str, str]
    winner: WinningRule | None
    nearest_misses: list[RuleResult]
    missing_board: str | None = None

    def why(self, language: str) -> str:
        """One sentence for a person, as `why` gives of the stored explanation."""
        return why({**vars(self), "winner": vars(self.winner) if self.winner else None}, language)


def result_of(rule: Rule, facts: Facts, surroundings: Surroundings) -> RuleResult:
    """The rule as it is tried on the facts, with what every condition sees."""
    conditions = [explain(member, facts, surroundings) for member in rule.when.members]
    matched = all(each.holds for each in conditions)
    return RuleResult(rule.name, rule.queue, matched, [_cut_short(each) for each in conditions])


def winning(rule: Rule, facts: Facts, surroundings: Surroundings) -> WinningRule:
    """The rule that decided, as it was tried."""
    return WinningRule(
        **vars(result_of(rule, facts, surroundings)),
        because=dict(rule.because),
        priority=rule.priority.code,
        tags=list(rule.tags),
        deadline=rule.deadline,
    )


def why(explanation: Mapping[str, Any], language: str) -> str:
    """One sentence for a person, from a stored explanation: which queue and what decided it."""
    queue = localized(explanation["queue_name"], language)
    winner = explanation["winner"]
    if winner is None:
        sentence = _NO_BOARD if explanation.get("missing_board") else _UNMATCHED
        return localized(sentence, language).format(queue=queue)
    return localized(_MATCHED, language).format(
        queue=queue, because=localized(winner["because"], language), rule=winner["name"], version=explanation["version"]
    )


_MATCHED = {
    "sv": "Ärendet lades i kön {queue} eftersom {because} (regeln ”{rule}”, version {version}).",
    "en": "The case was put in the queue {queue} because {because} (rule “{rule}”, version {version}).",
}
_UNMATCHED = {
    "sv": "Ingen regel passade ärendet, så det lades i kön {queue} för att en registrator ska fördela det.",
    "en": "No rule fitted the case, so it was put in the queue {queue} for a registrar to pass on.",
}
_NO_BOARD = {
    "sv": "E-tjänstens nämnd finns inte här, så ärendet lades i kön {queue} för att en registrator ska fördela det.",
    "en": "There is no such board as the e-service names, so the case was put in the queue {queue} for a registrar to "
    "pass on.",
}


def _cut_short(result: Result) -> Result:
    """The rule set of the version holds the values whole: a case need not repeat hundreds."""
    if isinstance(result, GroupResult):
        return replace(result, members=[_cut_short(each) for each in result.members])
    if _is_long(result.value) or _is_long(result.seen):
        return replace(result, value=_shortened(result.value), seen=_shortened(result.seen))
    return result


def _shortened(value: Any) -> Any:
    return [*value[:MOST_VALUES], f"… {len(value) - MOST_VALUES}"] if _is_long(value) else value


def _is_long(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) > MOST_VALUES
