"""Conditions of a form that can never hold, or always do: found by trying every combination of the answers compared.

An answer that cannot be listed (a day, a place, another answer) counts as anything: nothing is reported that is not so.
Of a condition with more combinations than MOST_COMBINED nothing is reported, nor of any after MOST_TRIED in all.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, pairwise, product
from math import prod
from typing import Any

from services.intake.eservices.condition_checks import sections_of
from services.intake.eservices.definition import EService, Section, TextBlock
from services.intake.forms.fields.checkbox import CheckboxField
from services.intake.forms.fields.choice import ChoiceField, Option, OptionsField
from services.intake.forms.fields.computed import ComputedField
from services.intake.forms.fields.field import AnswerField, Field
from shared.conditions.condition import Condition, Group, Node, OtherFact, facts_named, leaves
from shared.conditions.evaluate import evaluate
from shared.conditions.fact_types import FactKind
from shared.conditions.operators import Surroundings
from shared.validation import Path

MOST_COMBINED = 20_000
MOST_TRIED = 200_000  # some seconds

_COMPARABLE = {
    FactKind.CHOICE: ("is", "is_not", "one_of", "none_of"),
    FactKind.TEXT: ("is", "is_not", "one_of", "none_of"),
    FactKind.TRUTH: ("is", "is_not"),
    FactKind.NUMBER: ("is", "is_not", "one_of", "none_of", "less", "at_most", "more", "at_least"),
}
_LEAVE_OUT = "leave it out"
_OTHER = "\N{REPLACEMENT CHARACTER}"  # an answer that no condition names
_SURROUNDINGS = Surroundings(date.min)  # days are not compared here


def remarks(eservice: EService) -> Iterator[tuple[Path, str]]:
    """The conditions that can never hold or always do, each at its place in the definition."""
    form = _Form(eservice)
    never: list[Path] = []
    for number, step in enumerate(form.steps):
        if step.condition is None or any(step.path[: len(path)] == path for path in never):
            continue
        outcomes = form.outcomes(number)
        if outcomes == {False}:
            never.append(step.path[:-1])
            yield step.path, f"can never hold: {step.if_never}"
        elif outcomes == {True}:
            yield step.path, f"always holds where it is asked: {step.if_always}"


@dataclass(frozen=True)
class _Step:
    """A condition at its `path`, or a question, or the end of an exit, in the order of the form.

    `around` are the conditions that must hold for it to be reached. `needed` are facts that must be there.
    """

    around: tuple[Node, ...] = ()
    path: Path = ()
    condition: Node | None = None
    question: Field | None = None
    is_exit: bool = False
    needed: Set[str] = frozenset()
    if_never: str = ""
    if_always: str = ""


@dataclass
class _Form:
    eservice: EService
    steps: list[_Step] = field(init=False)

    def __post_init__(self) -> None:
        self._values: dict[str, tuple[Any, ...]] = {}  # of what is not known: conditions that cannot be listed
        self._left = MOST_TRIED
        self._compared = _compared(self.eservice)
        self.steps = list(self._steps())
        self._asked = {step.question.name: step for step in self.steps if step.question}

    def outcomes(self, number: int) -> set[bool]:
        """How the condition of a step comes out, over all answers; both where there are too many to try."""
        step = self.steps[number]
        before = self.steps[:number]
        exits = [each for each in before if each.is_exit]
        for ends in (exits, []):
            names = sorted(self._needed_for(step, ends))
            values = [self._values[name] for name in names]
            if prod(map(len, values)) <= MOST_COMBINED:
                passed = [each for each in before if each in ends or (each.question and each.question.name in names)]
                return self._outcomes(step, passed, names, values)
        return {True, False}

    def _outcomes(
        self, step: _Step, passed: Sequence[_Step], names: Sequence[str], values: Sequence[tuple[Any, ...]]
    ) -> set[bool]:
        found: set[bool] = set()
        assert step.condition
        for combination in product(*values):
            if not self._left:
                return {True, False}
            self._left -= 1
            facts = _facts(passed, dict(zip(names, combination, strict=True)))
            if facts is not None and _all_hold(step.around, facts) and step.needed <= facts.keys():
                found.add(_holds(step.condition, facts))
                if len(found) == 2:
                    break
        return found

    def _needed_for(self, step: _Step, exits: Sequence[_Step]) -> set[str]:
        """The names of all facts that decide whether the step is reached and what comes of it."""
        found: set[str] = set()
        waiting = [*step.around, *([step.condition] if step.condition else [])]
        waiting += chain.from_iterable(each.around for each in exits)
        while waiting:
            for name in facts_named(waiting.pop()) - found:
                found.add(name)
                asked = self._asked.get(name)
                if asked and isinstance(asked.question, ChoiceField):
                    waiting += [each.show_if for each in _tried(asked.question, self._compared) if each.show_if]
                waiting += asked.around if asked else ()
        return found

    def _steps(self) -> Iterator[_Step]:
        for number, page in enumerate(self.eservice.pages):
            path: Path = ("pages", number)
            always = "nobody can use the e-service" if page.is_exit else _LEAVE_OUT
            yield from self._condition(
                page.show_if, (), (*path, "show_if"), f"the page {page.code} is never shown", if_always=always
            )
            around = self._within((), page.show_if)
            if page.is_exit:
                yield _Step(around, is_exit=True)
            for inside, section in sections_of(page, path):
                yield from self._condition(
                    section.show_if, around, (*inside, "show_if"), "its questions are never asked"
                )
                yield from self._content(section, self._within(around, section.show_if), inside)
        for number, each in enumerate(self.eservice.agreements):
            needed = facts_named(each.require) & self._values.keys()
            yield from self._condition(
                each.require, (), ("agreements", number, "require"), "no answers are accepted", needed=needed
            )

    def _content(self, section: Section, around: tuple[Node, ...], path: Path) -> Iterator[_Step]:
        for number, each in enumerate(section.content):
            inside = (*path, "fields", number)
            what = "the text is never shown" if isinstance(each, TextBlock) else f"{each.name} is never asked"
            yield from self._condition(each.show_if, around, (*inside, "show_if"), what)
            if isinstance(each, Field):
                yield from self._of_question(each, self._within(around, each.show_if), inside)

    def _of_question(self, question: Field, around: tuple[Node, ...], path: Path) -> Iterator[_Step]:
        yield from self._condition(
            question.require_if, around, (*path, "require_if"), _LEAVE_OUT, if_always="write required: true instead"
        )
        if isinstance(question, OptionsField):
            for number, each in enumerate(question.options):
                inside = (*path, "options", number, "show_if")
                yield from self._condition(each.show_if, around, inside, f"{each.code} can never be chosen")
            listed = (replace(each, show_if=each.show_if and self._listed(each.show_if)) for each in question.options)
            question = replace(question, options=tuple(listed))
        if isinstance(question, AnswerField | ComputedField):
            is_needed = isinstance(question, AnswerField) and question.required
            self._values[question.name] = (*_answers(question, self._compared), *(() if is_needed else (None,)))
        yield _Step(around, question=question)

    def _condition(
        self,
        node: Node | None,
        around: tuple[Node, ...],
        path: Path,
        if_never: str,
        *,
        if_always: str = _LEAVE_OUT,
        needed: Set[str] = frozenset(),
    ) -> Iterator[_Step]:
        if node is not None:
            listed = self._listed(node)
            yield _Step(around, path, listed, needed=needed, if_never=if_never, if_always=if_always)

    def _within(self, around: tuple[Node, ...], node: Node | None) -> tuple[Node, ...]:
        return around if node is None else (*around, self._listed(node))

    def _listed(self, node: Node) -> Node:
        """The condition, with a fact of its own in place of each part whose answers cannot be listed."""
        if isinstance(node, Group):
            return Group(node.grouping, tuple(self._listed(member) for member in node.members))
        question = self.eservice.questions.get(node.fact)
        if node.fact in self._values and question and _can_be_listed(node, question):
            return node
        name = repr(node)
        self._values[name] = (True, False)
        return Condition(name, "is", True)


def _facts(passed: Sequence[_Step], combination: Mapping[str, Any]) -> dict[str, Any] | None:
    """The facts once these steps were passed; None where an exit ends the form, or an option is not to be chosen."""
    facts = {name: value for name, value in combination.items() if value is not None}
    for step in passed:
        if step.question and not _all_hold(step.around, facts):
            facts.pop(step.question.name, None)
        elif isinstance(step.question, ChoiceField) and step.question.name in facts:
            chosen = next((each for each in step.question.options if each.code == facts[step.question.name]), None)
            if chosen and chosen.show_if and not _holds(chosen.show_if, facts):
                return None
        elif step.is_exit and _all_hold(step.around, facts):
            return None
    return facts


def _all_hold(nodes: Sequence[Node], facts: Mapping[str, Any]) -> bool:
    return all(_holds(node, facts) for node in nodes)


def _holds(node: Node, facts: Mapping[str, Any]) -> bool:
    return evaluate(node, facts, _SURROUNDINGS) is True


def _can_be_listed(condition: Condition, question: Field) -> bool:
    if condition.operator == "empty":
        return True
    kind = question.fact_type.kind if isinstance(question, AnswerField | ComputedField) and question.fact_type else None
    compares_a_fact = isinstance(condition.value, OtherFact)
    return kind is not None and not compares_a_fact and condition.operator in _COMPARABLE.get(kind, ())


def _compared(eservice: EService) -> dict[str, set[Any]]:
    """By question, the values that conditions compare its answer with."""
    found: dict[str, set[Any]] = {}
    for node in _nodes(eservice):
        for condition in leaves(node):
            if condition.operator != "empty" and not isinstance(condition.value, OtherFact):
                values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
                found.setdefault(condition.fact, set()).update(values)
    return found


def _nodes(eservice: EService) -> Iterator[Node]:
    conditions: list[Node | None] = [each.require for each in eservice.agreements]
    for page in eservice.pages:
        conditions.append(page.show_if)
        for section in page.sections:
            conditions.append(section.show_if)
            for each in section.content:
                conditions.append(each.show_if)
                conditions.append(each.require_if if isinstance(each, Field) else None)
                conditions += [option.show_if for option in each.options] if isinstance(each, OptionsField) else []
    return (node for node in conditions if node is not None)


def _tried(question: ChoiceField, compared: Mapping[str, set[Any]]) -> list[Option]:
    """The options that conditions compare, and one that they do not: it stands for all those."""
    named = compared.get(question.name, set())
    others = sorted((each for each in question.options if each.code not in named), key=lambda each: bool(each.show_if))
    return [each for each in question.options if each.code in named] + others[:1]


def _answers(question: AnswerField | ComputedField, compared: Mapping[str, set[Any]]) -> tuple[Any, ...]:
    named = compared.get(question.name, set())
    if isinstance(question, ChoiceField):
        return tuple(each.code for each in _tried(question, compared))
    kind = question.fact_type.kind if question.fact_type else None
    if kind is FactKind.TRUTH:
        return (True,) if isinstance(question, CheckboxField) and question.required else (True, False)
    if kind is FactKind.NUMBER:
        return tuple(_numbers(question, named))
    return (*(sorted(named) if kind is FactKind.TEXT else ()), _OTHER)


def _numbers(question: AnswerField | ComputedField, named: set[Any]) -> Iterator[float]:
    """The numbers that conditions compare, one between each two of them, and one on either side."""
    least, most = getattr(question, "minimum", None), getattr(question, "maximum", None)
    marks = sorted({each for each in (*named, least, most) if each is not None} or {0})
    candidates = {*marks, marks[0] - 1, marks[-1] + 1, *((low + high) / 2 for low, high in pairwise(marks))}
    for each in sorted(candidates):
        if (least is None or each >= least) and (most is None or each <= most):
            yield each
