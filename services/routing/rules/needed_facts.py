"""What a case must have for a condition to hold: so that conditions about other values need not be tried for it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from shared.conditions.condition import Condition, Facts, Grouping, Node
from shared.conditions.kinds import Kind, kind_of


class NeededFact(NamedTuple):
    """A fact with this value, of this kind; `listed`: a list that contains the value."""

    fact: str
    listed: bool
    kind: Kind
    value: Any


Needed = frozenset[NeededFact]

_COMPARING_ONE = {"is": False, "contains": True}
_COMPARING_SEVERAL = {"one_of": False, "contains_any": True}
_INDEXED = (Kind.TEXT, Kind.NUMBER, Kind.TRUTH)


def needed_facts(node: Node, rarest: Callable[[list[Needed]], Needed]) -> Needed | None:
    """Facts of which a case must have one, or one of another kind, for the node to hold or to be an error.

    None: any case may fulfil it. Of members that must all hold, what one of them needs is enough: `rarest` chooses.
    """
    if isinstance(node, Condition):
        return _compared(node)
    of_members = [needed_facts(member, rarest) for member in node.members]
    known = [each for each in of_members if each is not None]
    match node.grouping:
        case Grouping.ALL:
            return rarest(known) if known else None
        case Grouping.ANY:
            return frozenset().union(*known) if len(known) == len(of_members) else None
        case Grouping.NONE:
            return None


class NodesByNeededFacts:
    """The numbers of nodes by what they need, so that a case finds those that are to be tried for it."""

    def __init__(self, needed: Iterable[Needed | None]) -> None:
        self._always: list[int] = []
        self._by_value: dict[NeededFact, list[int]] = {}
        self._by_kind: dict[tuple[str, bool], dict[Kind, set[int]]] = {}
        for number, facts in enumerate(needed):
            if facts is None:
                self._always.append(number)
            for each in facts or ():
                self._by_value.setdefault(each, []).append(number)
                self._by_kind.setdefault((each.fact, each.listed), {}).setdefault(each.kind, set()).add(number)

    def to_try(self, facts: Facts) -> set[int]:
        """The nodes that may hold, or be errors. All others do not hold."""
        found = set(self._always)
        for fact, seen in facts.items():
            for listed in (False, True):
                by_kind = self._by_kind.get((fact, listed))
                if by_kind and seen is not None:
                    found.update(self._of_fact(fact, listed, seen, by_kind))
        return found

    def _of_fact(self, fact: str, listed: bool, seen: Any, by_kind: Mapping[Kind, set[int]]) -> Iterator[int]:
        """Those that look for what is seen, and those that look for something of another kind, which is an error."""
        if listed and kind_of(seen) is not Kind.LIST:
            yield from _of_other_kinds(by_kind, Kind.LIST)
            return
        for value in seen if listed else (seen,):
            kind = kind_of(value)
            if kind in _INDEXED:
                yield from self._by_value.get(NeededFact(fact, listed, kind, value), ())
            yield from _of_other_kinds(by_kind, kind)


def _of_other_kinds(by_kind: Mapping[Kind, set[int]], seen: Kind) -> Iterator[int]:
    for kind, numbers in by_kind.items():
        if kind is not seen:
            yield from numbers


def _compared(condition: Condition) -> Needed | None:
    operator, value = condition.operator, condition.value
    if operator in _COMPARING_ONE:
        listed, values = _COMPARING_ONE[operator], (value,)
    elif operator in _COMPARING_SEVERAL and isinstance(value, tuple):
        listed, values = _COMPARING_SEVERAL[operator], value
    else:
        return None
    if any(kind_of(each) not in _INDEXED for each in values):
        return None
    return frozenset(NeededFact(condition.fact, listed, kind_of(each), each) for each in values)
