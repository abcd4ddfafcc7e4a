"""Whether pages, names and conditions of a definition fit together; each error at its place in the file."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from marshmallow import ValidationError

from services.intake.eservices.definition import Agreement, Page, Section, TextBlock
from services.intake.forms.fields.choice import OptionsField
from services.intake.forms.fields.computed import ComputedField
from services.intake.forms.fields.field import AnswerField, Field
from services.intake.forms.fields.keys import nested
from shared.conditions.condition import Node
from shared.conditions.fact_types import FactKind, FactType, errors_of
from shared.validation import Path, unknown

Message = tuple[Path, str]


def check_pages(pages: Sequence[Page]) -> None:
    """There is a page with questions; an exit has a condition and no questions. Raises ValidationError."""
    errors: list[Message] = []
    for number, page in enumerate(pages):
        has_questions = any(section.fields for section in page.sections)
        if page.is_exit and (has_questions or page.show_if is None):
            errors.append((("pages", number, "exit"), "an exit needs show_if, and has texts but no questions"))
        elif not page.is_exit and not has_questions:
            errors.append((("pages", number), "has no question"))
    if all(page.is_exit for page in pages):
        errors.append((("pages",), "must have a page with questions"))
    _raise(errors)


def check_names(pages: Sequence[Page]) -> None:
    """No name stands for two questions or repeated sections, nor a code for two pages. Raises ValidationError."""
    places: dict[str, list[Path]] = {}
    for path, section in _sections(pages):
        if section.repeat:
            places.setdefault(section.repeat.name, []).append((*path, "repeat", "name"))
        for inside, each in questions_of(path, section):
            places.setdefault(each.name, []).append((*inside, "name"))
    errors = [(path, f"two fields have the same name, {name}") for name, paths in places.items() for path in paths[1:]]
    codes = Counter(page.code for page in pages)
    errors += [
        (("pages", number, "code"), f"two pages have the same code, {page.code}")
        for number, page in enumerate(pages)
        if codes[page.code] > 1
    ]
    _raise(errors)


def check_conditions(pages: Sequence[Page], agreements: Sequence[Agreement]) -> None:
    """Conditions and formulas see only what was asked before them, and can hold. Raises ValidationError."""
    checker = _Checker()
    for number, page in enumerate(pages):
        checker.check(page.show_if, ("pages", number, "show_if"))
        for inside, section in sections_of(page, ("pages", number)):
            checker.check_section(section, inside)
    for number, each in enumerate(agreements):
        checker.check_agreement(each, ("agreements", number))
    _raise(checker.errors)


def always_shown(pages: Sequence[Page]) -> set[str]:
    """The names of the questions that depend on nothing, and are asked once."""
    return {
        each.name
        for page in pages
        for section in page.sections
        for each in section.fields
        if page.show_if is None and section.show_if is None and each.show_if is None and section.repeat is None
    }


@dataclass
class _Checker:
    """Goes through the form once. `known` is what has been asked so far.

    `inside` has, by each question of a repeated section, what all questions of its entry are there.
    """

    known: dict[str, FactType] = field(default_factory=dict)
    inside: dict[str, dict[str, FactType]] = field(default_factory=dict)
    errors: list[Message] = field(default_factory=list)

    def check(self, node: Node | None, path: Path, entry: Mapping[str, FactType] | None = None) -> None:
        if node is not None:
            known = {name: [each] for name, each in {**self.known, **(entry or {})}.items()}
            self.errors += [(each.path, each.message) for each in errors_of(node, known, None, path)]

    def check_agreement(self, agreement: Agreement, path: Path) -> None:
        """In a repeated section an agreement is asked of each entry, and sees its answers."""
        self.check(agreement.require, (*path, "require"), self.inside.get(agreement.at))
        if agreement.at not in self.known and agreement.at not in self.inside:
            self.errors.append(((*path, "at"), unknown("question", agreement.at, [*self.known, *self.inside])))

    def check_section(self, section: Section, path: Path) -> None:
        self.check(section.show_if, (*path, "show_if"))
        outside = dict(self.known)
        for number, each in enumerate(section.content):
            inside = (*path, "fields", number)
            self.check(each.show_if, (*inside, "show_if"))
            if not isinstance(each, TextBlock):
                self._check_question(each, inside)
        if section.repeat:
            self._leave_entry(section, outside)

    def _check_question(self, question: Field, path: Path) -> None:
        self.check(question.require_if, (*path, "require_if"))
        if question.required and question.require_if:
            self.errors.append(((*path, "require_if"), f"{question.name} is required already"))
        if isinstance(question, OptionsField):
            for number, option in enumerate(question.options):
                self.check(option.show_if, (*path, "options", number, "show_if"))
        if isinstance(question, ComputedField):
            self._check_formula(question, (*path, "formula"))
        if isinstance(question, AnswerField | ComputedField) and (kind := question.fact_type):
            self.known[question.name] = kind

    def _check_formula(self, question: ComputedField, path: Path) -> None:
        formula = question.formula
        needed = _NEEDED.get(formula.kind)
        for name in formula.names:
            if name not in self.known:
                self.errors.append(((*path, formula.kind), unknown("question", name, self.known)))
            elif needed and self.known[name].kind not in needed:
                self.errors.append(((*path, formula.kind), f"{name} is {self.known[name].kind}"))

    def _leave_entry(self, section: Section, outside: dict[str, FactType]) -> None:
        """From outside, a question of a repeated section is a list: formulas may use it, and conditions may not."""
        assert section.repeat
        entry = {each.name: self.known[each.name] for each in section.fields if each.name in self.known}
        self.inside |= dict.fromkeys(entry, entry)
        self.known = outside | {
            each.name: FactType(_LISTS[self.known[each.name].kind])
            for each in section.fields
            if each.name in self.known and self.known[each.name].kind in _LISTS
        }
        self.known[section.repeat.name] = FactType(FactKind.ENTRIES)


_LISTS = {FactKind.NUMBER: FactKind.NUMBERS}
_NEEDED = {
    "sum": (FactKind.NUMBER, FactKind.NUMBERS),
    "product": (FactKind.NUMBER,),
    "count": (FactKind.ENTRIES, FactKind.CHOICES),
    "days_between": (FactKind.DATE,),
}


def _sections(pages: Sequence[Page]) -> Iterator[tuple[Path, Section]]:
    for number, page in enumerate(pages):
        yield from sections_of(page, ("pages", number))


def sections_of(page: Page, path: Path) -> Iterator[tuple[Path, Section]]:
    """The sections of the page that stands at the path, each with its path."""
    for number, section in enumerate(page.sections):
        yield (*path, "sections", number), section


def questions_of(path: Path, section: Section) -> Iterator[tuple[Path, Field]]:
    for number, each in enumerate(section.content):
        if not isinstance(each, TextBlock):
            yield (*path, "fields", number), each


def _raise(errors: Sequence[Message]) -> None:
    if errors:
        raise ValidationError(nested(errors))
