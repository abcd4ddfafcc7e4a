"""The rules of a municipality by what they need of a case, and which of them decides (docs/decisions/0005)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import NamedTuple

from services.routing.rules.needed_facts import Needed, NeededFact, NodesByNeededFacts, needed_facts
from services.routing.rules.rules import Rule
from shared.conditions.condition import Facts, Node
from shared.conditions.evaluate import evaluate
from shared.conditions.operators import Surroundings

NEAREST_MISSES = 3


@dataclass(frozen=True)
class Choice:
    """The first rule that matched, if any; the nearest of the others, nearest first; those that could not be tried."""

    winner: Rule | None
    nearest_misses: list[Rule]
    with_errors: list[Rule]


class NumberedRule(NamedTuple):
    """A rule with its number in the municipality's order."""

    number: int
    rule: Rule


class RuleIndex:
    """The rules in their order. For a case count those of its e-service, and those of any."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        of_any: list[NumberedRule] = []
        by_eservice: dict[str, list[NumberedRule]] = {}
        for each in map(NumberedRule._make, enumerate(rules)):
            if each.rule.eservices is None:
                of_any.append(each)
            for eservice in each.rule.eservices or ():
                by_eservice.setdefault(eservice, []).append(each)
        self._of_any = _RuleSet(of_any)
        self._by_eservice = {eservice: _RuleSet(its_own) for eservice, its_own in by_eservice.items()}

    def choose(self, facts: Facts, surroundings: Surroundings) -> Choice:
        """The first rule whose conditions all hold, and those that came nearest.

        Nearest is the rule with most of its conditions held, then the one that lacks fewest, then the earlier.
        """
        eservice = facts.get("eservice")
        its_own = self._by_eservice.get(eservice) if isinstance(eservice, str) else None
        tried = [rules.tried(facts, surroundings) for rules in (self._of_any, its_own) if rules]
        winner = min((first for each in tried if (first := each.first_match())), default=None)
        nearest = (rule for *_, rule in merge(*(each.by_distance() for each in tried)) if rule != winner)
        with_errors = sorted(rule for each in tried for rule in each.with_errors())
        return Choice(
            winner=winner.rule if winner else None,
            nearest_misses=[each.rule for each in islice(nearest, NEAREST_MISSES)],
            with_errors=[each.rule for each in with_errors],
        )


class _RuleSet:
    """Some rules, with every distinct condition (or group) among their members once.

    A set of rules is an integer here, with a bit for each rule's place: counting in thousands of rules how many
    conditions hold is then a few operations for each condition that does.
    """

    def __init__(self, rules: Sequence[NumberedRule]) -> None:
        self.rules = rules
        self.by_length: dict[int, int] = {}
        having: dict[tuple[str, int], int] = {}
        nodes: dict[tuple[str, int], Node] = {}
        for place, (_, rule) in enumerate(rules):
            members = rule.when.members
            self.by_length[len(members)] = self.by_length.get(len(members), 0) | 1 << place
            for key, node in _keyed(members):
                nodes[key] = node
                having[key] = having.get(key, 0) | 1 << place
        self._nodes, self._having = list(nodes.values()), list(having.values())
        self._needed = NodesByNeededFacts(_needed_by(self._nodes))

    def tried(self, facts: Facts, surroundings: Surroundings) -> "_Tried":
        """The rules as they are tried on a case."""
        holding, with_errors = [(1 << len(self.rules)) - 1], 0
        for number in self._needed.to_try(facts):
            outcome = evaluate(self._nodes[number], facts, surroundings)
            if outcome is None:
                with_errors |= self._having[number]
            elif outcome:
                _count_one_more(holding, self._having[number])
        return _Tried(self, holding, with_errors)


@dataclass(frozen=True)
class _Tried:
    """Of `of`, `holding[n]` are the rules of which at least n conditions hold; `errors` those that have an error."""

    of: _RuleSet
    holding: list[int]
    errors: int

    def first_match(self) -> NumberedRule | None:
        """The first rule whose conditions all hold."""
        matching = 0
        for length, rules in self.of.by_length.items():
            if length < len(self.holding):
                matching |= rules & self.holding[length]
        return next(self._in_order(matching), None)

    def by_distance(self) -> Iterator[tuple[int, int, NumberedRule]]:
        """Every rule, the nearest first, with what it is sorted by."""
        more = 0
        for held in reversed(range(len(self.holding))):
            exactly = self.holding[held] & ~more
            more = self.holding[held]
            for length in sorted(self.of.by_length):
                for rule in self._in_order(exactly & self.of.by_length[length]):
                    yield -held, length, rule

    def with_errors(self) -> Iterator[NumberedRule]:
        """The rules that have a condition which could not be tried."""
        return self._in_order(self.errors)

    def _in_order(self, rules: int) -> Iterator[NumberedRule]:
        while rules:
            lowest = rules & -rules
            yield self.of.rules[lowest.bit_length() - 1]
            rules ^= lowest


def _count_one_more(holding: list[int], rules: int) -> None:
    """Another condition holds of these rules."""
    holding.append(0)
    for held in reversed(range(1, len(holding))):
        holding[held] |= holding[held - 1] & rules
    if not holding[-1]:
        holding.pop()


def _keyed(members: Iterable[Node]) -> Iterator[tuple[tuple[str, int], Node]]:
    """Each member with a key that equal ones share, save when one rule has it twice.

    The key is text, for in Python the numbers 0 and 1 equal the truth values.
    """
    seen: Counter[str] = Counter()
    for member in members:
        text = repr(member)
        yield (text, seen[text]), member
        seen[text] += 1


def _needed_by(nodes: Sequence[Node]) -> Iterator[Needed | None]:
    """What each node needs; of alternatives the one that fewest nodes ask for."""
    usage: Counter[NeededFact] = Counter()

    def rarest(alternatives: list[Needed]) -> Needed:
        return min(alternatives, key=lambda needed: sum(usage[fact] for fact in needed))

    def every(alternatives: list[Needed]) -> Needed:
        return frozenset().union(*alternatives)

    for node in nodes:
        usage.update(needed_facts(node, every) or ())
    return (needed_facts(node, rarest) for node in nodes)
