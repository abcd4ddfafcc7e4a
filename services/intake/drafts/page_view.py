"""What the pages of a form show: the questions with their inputs, those that conditions hide, and what is computed."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from services.intake.eservices.areas import named_on
from services.intake.eservices.definition import Page, Section, TextBlock
from services.intake.forms.answers import entry_heading
from services.intake.forms.browser_form import entries
from services.intake.forms.entries import in_entry
from services.intake.forms.fields.choice import Option, OptionsField
from services.intake.forms.fields.computed import ComputedField
from services.intake.forms.fields.field import AnswerField, Field, Posted, Text
from services.intake.forms.fields.file import FileField
from services.intake.forms.form import Reading
from services.intake.forms.formulas import Formula
from shared.conditions.condition import Facts, Node, as_written, facts_named


@dataclass(frozen=True)
class Shown:
    """A question or a text on a page. `id` is its own on the page; `condition` is JSON for the page's script.

    `requirement` is such JSON too: an answer is needed where it holds, and now if `is_required`. `kind` is what the
    script takes its answer for, `formula` how it is computed. `deciding` are the labels of the page's own questions
    that decide which options may be chosen: without a script all of them are there.
    """

    id: str
    item: Field | TextBlock
    is_hidden: bool
    condition: str | None = None
    kind: str | None = None
    formula: str | None = None
    options: str | None = None
    requirement: str | None = None
    is_required: bool = False
    deciding: Sequence[Text] = ()

    @property
    def is_question(self) -> bool:
        """Whether it is a question, or a computed value."""
        return isinstance(self.item, Field)

    @property
    def name(self) -> str:
        """The name of the fact that it gives."""
        return self.item.name.rpartition(".")[2] if isinstance(self.item, Field) else ""

    @property
    def name_or_id(self) -> str:
        """The name of the question, with its entry's; the id of a text."""
        return self.item.name if isinstance(self.item, Field) else self.id


@dataclass(frozen=True)
class ShownEntry:
    """One entry of a repeated section; `number` counts from 0."""

    number: int
    heading: Text
    items: Sequence[Shown]


@dataclass(frozen=True)
class ShownSection:
    """A section of a page: its questions, or its entries."""

    id: str
    section: Section
    is_hidden: bool
    condition: str | None
    items: Sequence[Shown]
    entries: Sequence[ShownEntry]

    @property
    def name(self) -> str:
        """The name of a repeated section."""
        return self.section.repeat.name if self.section.repeat else ""

    @property
    def is_empty(self) -> bool:
        """Whether all that it has is hidden, and its heading would stand above nothing."""
        return self.section.repeat is None and all(each.is_hidden for each in self.items)

    @property
    def all_items(self) -> list[Shown]:
        """Its own items, or those of all its entries."""
        return [*self.items, *(each for entry in self.entries for each in entry.items)]


def shown_sections(page: Page, reading: Reading, inputs: Posted) -> list[ShownSection]:
    """The sections of a page, given what was typed."""
    labels = {field.name: field.label for section in page.sections for field in section.fields}
    view = _View(reading, labels)
    return [_section(f"{number}", each, view, inputs) for number, each in enumerate(page.sections)]


@dataclass(frozen=True)
class _View:
    """What a page is shown with: the reading so far, and the labels of its own questions by name."""

    reading: Reading
    labels: Mapping[str, Text]

    def offered(self, field: OptionsField, entry: Facts | None) -> OptionsField:
        """The question without the options that the answers to other pages rule out."""
        kept = [each for each in field.options if self._decides(each) or self.reading.holds(each.show_if, entry)]
        return field if len(kept) == len(field.options) else replace(field, options=tuple(kept))

    def deciding(self, field: OptionsField) -> list[Text]:
        """The labels of the page's questions that the options depend on."""
        seen = {name for each in field.options if each.show_if for name in facts_named(each.show_if)}
        return [label for name, label in self.labels.items() if name in seen]

    def _decides(self, option: Option) -> bool:
        """Whether the page itself decides if the option may be chosen."""
        return option.show_if is not None and not self.labels.keys().isdisjoint(facts_named(option.show_if))


def first_input_of_last(sections: Sequence[ShownSection], group: str) -> str:
    """The name of the first input of a repeated section's last entry; empty where there is none."""
    for section in sections:
        if section.section.repeat and section.section.repeat.name == group and section.entries:
            items = [each.item for each in section.entries[-1].items if not each.is_hidden]
            return next((each.input_name() for each in items if isinstance(each, AnswerField | FileField)), "")
    return ""


def required(sections: Sequence[ShownSection]) -> set[str]:
    """The names of the questions that need an answer because of other answers."""
    items = (each for section in sections for each in section.all_items)
    return {each.item.name for each in items if isinstance(each.item, Field) and each.is_required}


def newly_shown(sections: Sequence[ShownSection], shown: Collection[str]) -> list[str]:
    """What is on the page now, and was hidden by its conditions when it was posted with what was `shown`.

    Questions and repeated sections by their names, texts by their ids.
    """
    new: list[str] = []
    for section in sections:
        if section.is_hidden:
            continue
        if section.condition and section.id not in shown:
            new += [section.name or section.id, *(each.name_or_id for each in section.items if not each.is_hidden)]
            continue
        items = (each for each in section.all_items if each.condition and not each.is_hidden)
        new += [each.name_or_id for each in items if each.id not in shown]
    return new


def is_of(input_name: str, names: Sequence[str]) -> bool:
    """Whether the input belongs to one of the questions or repeated sections."""
    return any(input_name == name or input_name.startswith(f"{name}.") for name in names)


def facts_json(page: Page, reading: Reading) -> str:
    """The facts that the page's own questions do not give, for its script, and what conditions are evaluated in."""
    own = {field.name for section in page.sections for field in section.fields}
    own |= {section.repeat.name for section in page.sections if section.repeat}
    facts = {name: value for name, value in reading.facts.items() if name not in own}
    named = named_on(page)
    areas = {code: each.coordinates for code, each in reading.surroundings.areas.items() if code in named}
    return _json({"today": reading.surroundings.today, "areas": areas, "facts": facts})


def computed(page: Page, reading: Reading) -> dict[str, Any]:
    """The computed values of a page by the names of their outputs."""
    found: dict[str, Any] = {}
    for section in page.sections:
        names = [field.name for field in section.fields if isinstance(field, ComputedField)]
        if section.repeat is None:
            found |= {name: reading.answers[name] for name in names if name in reading.answers}
            continue
        for number, entry in enumerate(reading.answers.get(section.repeat.name, ())):
            found |= {f"{section.repeat.name}.{number}.{name}": entry[name] for name in names if name in entry}
    return found


def _section(section_id: str, section: Section, view: _View, inputs: Posted) -> ShownSection:
    reading = view.reading
    is_hidden = not reading.holds(section.show_if)
    items: list[Shown] = []
    shown_entries: list[ShownEntry] = []
    if section.repeat is None:
        items = [_shown(f"{section_id}-{n}", each, view, None) for n, each in enumerate(section.content)]
    else:
        stored = reading.answers.get(section.repeat.name, [])
        for number in range(min(entries(section, inputs), section.repeat.most)):
            entry = stored[number] if number < len(stored) else {}
            heading = entry_heading(section, number + 1, entry)
            inside = list(_items(section_id, section, number, entry, view))
            shown_entries.append(ShownEntry(number, heading, inside))
    return ShownSection(section_id, section, is_hidden, _condition(section.show_if), items, shown_entries)


def _items(section_id: str, section: Section, number: int, entry: Facts, view: _View) -> Iterator[Shown]:
    for place, each in enumerate(section.content):
        item = in_entry(section, number, each) if isinstance(each, Field) else each
        yield _shown(f"{section_id}-{number}-{place}", item, view, entry)


def _shown(item_id: str, item: Field | TextBlock, view: _View, entry: Facts | None) -> Shown:
    reading = view.reading
    is_hidden = not reading.holds(item.show_if, entry)
    condition = _condition(item.show_if)
    if isinstance(item, ComputedField):
        return Shown(item_id, item, is_hidden, condition, "number", _formula(item.formula))
    if isinstance(item, Field):
        offered = view.offered(item, entry) if isinstance(item, OptionsField) else item
        return Shown(
            item_id,
            offered,
            is_hidden,
            condition,
            kind=_kind(item),
            options=_options(offered),
            requirement=_condition(item.require_if),
            is_required=item.require_if is not None and reading.holds(item.require_if, entry),
            deciding=view.deciding(offered) if isinstance(offered, OptionsField) else (),
        )
    return Shown(item_id, item, is_hidden, condition)


def _kind(field: Field) -> str | None:
    """As what the page's script reads the answer; None where it need not."""
    if not isinstance(field, AnswerField):
        return None
    fact_type = field.fact_type
    return field.script_kind or (fact_type.kind.name.lower() if fact_type else None)


def _options(field: Field) -> str | None:
    """The conditions of its options by code, where there are any."""
    if not isinstance(field, OptionsField):
        return None
    found = {each.code: as_written(each.show_if) for each in field.options if each.show_if}
    return _json(found) if found else None


def _formula(formula: Formula) -> str:
    written: dict[str, Any] = {"kind": formula.kind, "operands": formula.operands}
    if lookup := formula.lookup:
        columns = {lookup.value, *lookup.where, *lookup.up_to}
        rows = [{name: cell for name, cell in row.items() if name in columns} for row in lookup.rows]
        written["lookup"] = {"value": lookup.value, "where": lookup.where, "up_to": lookup.up_to, "rows": rows}
    return _json(written)


def _condition(node: Node | None) -> str | None:
    return None if node is None else _json(as_written(node))


def _json(value: Mapping[str, Any]) -> str:
    return orjson.dumps(value).decode()
