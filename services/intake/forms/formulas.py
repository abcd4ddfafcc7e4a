"""Computed values: formulas over the answers, as a definition writes them, and their value.

A formula is a mapping with one of the names below. `sum`, `product`: of numbers and of names of questions; a question
of a repeated section stands for all its answers. `count`: how many entries a repeated section has, or how many options
are chosen. `days_between`: from one day to another. `lookup`: the value of the first fitting row of a data file.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from math import prod
from typing import Any

from shared.conditions.condition import Facts

Number = int | float
Row = Mapping[str, Any]

DECIMALS = 6


@dataclass(frozen=True)
class Lookup:
    """`value` is the column wanted; a row fits where its columns equal the facts of `where`, and where the fact of each
    of `up_to` is at most its column.
    """

    table: str
    value: str
    where: Mapping[str, str]
    up_to: Mapping[str, str]
    rows: tuple[Row, ...] = ()

    def fits(self, row: Row, facts: Facts) -> bool:
        """Whether the facts lead to the row."""
        return all(row.get(column) == facts.get(fact) for column, fact in self.where.items()) and all(
            facts[fact] <= row[column] for column, fact in self.up_to.items()
        )


@dataclass(frozen=True)
class Formula:
    """`kind` is one of FORMULAS, `operands` names of questions and numbers; `lookup` where the kind is that."""

    kind: str
    operands: tuple[str | Number, ...]
    lookup: Lookup | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The questions that it needs."""
        return tuple(each for each in self.operands if isinstance(each, str))

    def value(self, facts: Facts) -> Number | None:
        """The value, with six decimals at most; None while an answer that it needs is not there."""
        found = FORMULAS[self.kind](self, facts)
        if found is None:
            return None
        rounded = round(Decimal(str(found)), DECIMALS)
        return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)

    def with_rows(self, rows: Sequence[Row]) -> "Formula":
        """The formula with the rows of its table."""
        assert self.lookup
        return replace(self, lookup=replace(self.lookup, rows=tuple(rows)))


def _sum(formula: Formula, facts: Facts) -> Decimal | None:
    numbers = list(_numbers(formula, facts))
    return sum(numbers, Decimal()) if numbers else None


def _product(formula: Formula, facts: Facts) -> Decimal | None:
    if any(facts.get(name) is None for name in formula.names):
        return None
    return prod(_numbers(formula, facts), start=Decimal(1))


def _numbers(formula: Formula, facts: Facts) -> Iterator[Decimal]:
    for operand in formula.operands:
        found = facts.get(operand) if isinstance(operand, str) else operand
        for each in found if isinstance(found, Sequence) else (found,):
            if each is not None:
                yield Decimal(str(each))


def _count(formula: Formula, facts: Facts) -> int:
    return sum(len(facts.get(name) or ()) for name in formula.names)


def _days_between(formula: Formula, facts: Facts) -> int | None:
    begins, ends = (facts.get(name) for name in formula.names)
    if not begins or not ends:
        return None
    return (date.fromisoformat(ends) - date.fromisoformat(begins)).days


def _lookup(formula: Formula, facts: Facts) -> Number | None:
    lookup = formula.lookup
    assert lookup
    if any(facts.get(name) is None for name in formula.names):
        return None
    return next((row[lookup.value] for row in lookup.rows if lookup.fits(row, facts)), None)


FORMULAS: Mapping[str, Callable[[Formula, Facts], Decimal | Number | None]] = {
    "sum": _sum,
    "product": _product,
    "count": _count,
    "days_between": _days_between,
    "lookup": _lookup,
}
