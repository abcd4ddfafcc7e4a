"""The rules of a municipality by e-service, and which of them decides for a submission."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from services.routing.rules.rules import Rule
from shared.conditions.condition import Facts
from shared.conditions.evaluate import Outcome, evaluate
from shared.conditions.operators import Surroundings

NEAREST_MISSES = 3


@dataclass(frozen=True)
class Choice:
    """The first rule that matched, if any; the nearest of the others, nearest first; those that could not be tried."""

    winner: Rule | None
    nearest_misses: list[Rule]
    with_errors: list[Rule]


class RuleIndex:
    """The rules in their order, so that only those that can match an e-service are tried for it."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._of_any: list[tuple[int, Rule]] = []
        by_eservice: dict[str, list[tuple[int, Rule]]] = {}
        for number, rule in enumerate(rules):
            if rule.eservices is None:
                self._of_any.append((number, rule))
            for eservice in rule.eservices or ():
                by_eservice.setdefault(eservice, []).append((number, rule))
        self._by_eservice = {
            eservice: [rule for _, rule in sorted([*its_own, *self._of_any], key=lambda each: each[0])]
            for eservice, its_own in by_eservice.items()
        }

    def candidates(self, facts: Facts) -> Sequence[Rule]:
        """The rules that may match, in their order."""
        eservice = facts.get("eservice")
        known = self._by_eservice.get(eservice) if isinstance(eservice, str) else None
        return [rule for _, rule in self._of_any] if known is None else known

    def choose(self, facts: Facts, surroundings: Surroundings) -> Choice:
        """Try the candidates. Nearest is the rule with most of its conditions held, then the one that lacks fewest."""
        rules = self.candidates(facts)
        tried = [[evaluate(member, facts, surroundings) for member in rule.when.members] for rule in rules]
        winner = next((number for number, outcomes in enumerate(tried) if all(outcomes)), None)
        others = (number for number in range(len(rules)) if number != winner)
        nearest = nsmallest(NEAREST_MISSES, others, key=lambda number: (*_distance(tried[number]), number))
        return Choice(
            winner=None if winner is None else rules[winner],
            nearest_misses=[rules[number] for number in nearest],
            with_errors=[rule for rule, outcomes in zip(rules, tried, strict=True) if None in outcomes],
        )


def _distance(outcomes: Sequence[Outcome]) -> tuple[int, int]:
    return -outcomes.count(True), len(outcomes)
