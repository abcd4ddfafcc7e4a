"""Forms that nobody has written: definitions with everything that a form can say, and what people type into them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from hypothesis import strategies as st

from services.intake.eservices.data_files import with_tables
from services.intake.eservices.schema import EServiceSchema
from services.intake.forms.fields.registry import FIELD_TYPES, FieldDefinition
from services.intake.forms.form import Form
from shared.conditions.fact_types import FactKind
from tests.builders import HandClock
from tests.unit.intake.forms.support_form import DEFINITION, text

TABLE = "places"
ROWS = [{"code": f"p{number}", "label": text(f"Place {number}")} for number in range(20)]
EXAMPLES = {kind: yaml.safe_load(field_type.EXAMPLE) for kind, field_type in FIELD_TYPES.items()}
ANSWERED = sorted(set(EXAMPLES) - {"computed"})

# Of each type, what a browser may post that is an answer; by the end of the input's name.
GOOD: Mapping[str, list[dict[str, str]]] = {
    "text": [{"": "ABC 12D"}],
    "textarea": [{"": "Därför."}, {"": "  två ord "}],
    "email": [{"": "<karin.lund@example.se>,"}],
    "tel": [{"": "+46 (0)70-123 45 67"}],
    "url": [{"": "räksmörgås.se"}],
    "select": [{"": "sign"}, {"": "facade"}, {"": "p7"}],
    "radio": [{"": "inside"}, {"": "outside"}],
    "checkboxes": [{".tuesday": "yes", ".monday": "yes"}, {".wednesday": "yes"}],
    "checkbox": [{"": "yes"}],
    "yes_no": [{"": "yes"}, {"": "no"}],
    "number": [{"": "1 032,5"}, {"": "7"}],
    "money": [{"": "8.500,50 kr"}, {"": "0"}],
    "date": [{"": "2026-11-20"}],
    "month": [{"": "januari 2027"}],
    "time": [{"": "kl 8.30"}],
    "property": [{"": "Åsen 3 : 14"}],
    "place": [{".text": "Bron"}, {".text": "Bron", ".latitude": "61,2", ".longitude": "14.0"}],
    "address": [{".street": "Storgata 1", ".postal_code": "0155", ".city": "Oslo", ".country": "NO"}],
    "identity_number": [{"": "19861209–2380"}],
    "bank_account": [{"": "123 456 789-0"}],
    "file": [{}],
}
PARTS = ["", ".text", ".latitude", ".longitude", ".street", ".postal_code", ".city", ".country", ".monday", ".count"]
_WRITTEN = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
ANYTHING = _WRITTEN | st.sampled_from(["yes", "no", "1", "-1", "1e999", "9" * 50, "2026-02-30", "p3"])


@dataclass
class _Written:
    """The form as far as it is written; `facts` are what conditions may see, `numbers` what sums may."""

    draw: Any
    count: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    countable: list[str] = field(default_factory=list)

    def name(self) -> str:
        self.count += 1
        return f"q{self.count}"

    def chance(self, of: int = 3) -> bool:
        return self.draw(st.integers(1, of)) == 1

    def condition(self) -> dict[str, Any]:
        if self.chance(4):
            grouping = self.draw(st.sampled_from(["all", "any", "none"]))
            return {grouping: [self._leaf() for _ in range(self.draw(st.integers(1, 3)))]}
        return self._leaf()

    def _leaf(self) -> dict[str, Any]:
        name = self.draw(st.sampled_from(sorted(self.facts)))
        operator, value = self.draw(st.sampled_from(_comparisons(self.facts[name])))
        return {"fact": name, "operator": operator, "value": value}

    def with_condition(self, part: dict[str, Any]) -> dict[str, Any]:
        return part | {"show_if": self.condition()} if self.facts and self.chance() else part

    def content(self, *, in_entry: bool) -> dict[str, Any]:
        if self.chance(6):
            return self.with_condition({"type": "warning", "text": text("*Mind* [this](https://example.org).")})
        if (self.numbers or self.countable) and self.chance(5):
            return self._computed()
        return self._question(in_entry=in_entry)

    def _computed(self) -> dict[str, Any]:
        choices: list[dict[str, Any]] = [{"count": each} for each in self.countable]
        if self.numbers:
            choices.append({"sum": [*self.numbers, 1]})
        written = {"name": self.name(), "type": "computed", "label": text("Computed")}
        written["formula"] = self.draw(st.sampled_from(choices))
        return self._known(self.with_condition(written))

    def _question(self, *, in_entry: bool) -> dict[str, Any]:
        kind = self.draw(st.sampled_from(list(ANSWERED)))
        written = {name: value for name, value in EXAMPLES[kind].items() if name != "required"} | {"name": self.name()}
        if kind == "file" and in_entry:
            written["max_files"] = 1  # all entries together count
        if kind == "select" and self.chance():
            del written["options"]
            written["options_from"] = {"table": TABLE}
        if "options" in written and self.facts and self.chance():
            first, *rest = written["options"]
            written["options"] = [first, *({**each, "show_if": self.condition()} for each in rest)]
        if kind != "file" and self.chance():
            written |= {"required": True}
        elif kind != "file" and self.facts and self.chance():
            written |= {"require_if": self.condition()}
        return self._known(self.with_condition(written))

    def _known(self, written: dict[str, Any]) -> dict[str, Any]:
        found = getattr(FieldDefinition().deserialize(written), "fact_type", None)
        if found:
            self.facts[written["name"]] = found
        if found and found.kind is FactKind.NUMBER and "show_if" not in written:
            self.numbers.append(written["name"])
        if found and found.kind is FactKind.CHOICES:
            self.countable.append(written["name"])
        return written

    def section(self) -> dict[str, Any]:
        repeats = self.chance(4)
        outside, numbers, countable = dict(self.facts), list(self.numbers), list(self.countable)
        contents = [self.content(in_entry=repeats) for _ in range(self.draw(st.integers(1, 4)))]
        section: dict[str, Any] = {"fields": [*contents, self._question(in_entry=repeats)]}
        if repeats:
            self.facts, self.numbers, self.countable = outside, numbers, countable
            section["repeat"] = {"name": self.name(), "entry": text("entry"), "most": 3}
            section["repeat"]["least"] = self.draw(st.integers(0, 1))
            self.countable.append(section["repeat"]["name"])
        return section

    def page(self) -> dict[str, Any]:
        show_if = self.with_condition({})
        sections = [self.section() for _ in range(self.draw(st.integers(1, 2)))]
        return {"code": self.name(), "title": text("Page"), "sections": sections, **show_if}

    def exit(self) -> dict[str, Any]:
        texts = [{"fields": [{"type": "text", "text": text("Not here.")}]}]
        return {
            "code": self.name(),
            "title": text("Exit"),
            "exit": True,
            "sections": texts,
            "show_if": self.condition(),
        }


def _comparisons(fact: Any) -> list[tuple[str, Any]]:
    match fact.kind:
        case FactKind.CHOICE | FactKind.CHOICES if not fact.options:
            return [("empty", False)]
        case FactKind.CHOICE:
            return [("is", fact.options[0]), ("none_of", [fact.options[0]])]
        case FactKind.CHOICES:
            return [("contains", fact.options[0])]
        case FactKind.NUMBER:
            return [("more", 50), ("at_most", 50)]
        case FactKind.TRUTH:
            return [("is", True), ("is", False)]
        case FactKind.DATE:
            return [("before", "today"), ("after", "today-1y")]
        case FactKind.TIME_OF_DAY:
            return [("less", "12:00")]
    return [("empty", True), ("empty", False)]


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """A definition that passes `check`, with the data file `TABLE`."""
    written = _Written(draw)
    pages = [written.page()]
    for _ in range(draw(st.integers(0, 2))):
        pages.append(written.exit() if written.facts and written.chance(5) else written.page())
    return DEFINITION | {"code": "made_up", "pages": pages, "agreements": []}


def the_form(definition: Mapping[str, Any]) -> Form:
    """The form of a definition, with its data file."""
    return Form(with_tables(EServiceSchema().load(definition), {TABLE: ROWS}), HandClock())


@st.composite
def typed(draw: st.DrawFn, definition: Mapping[str, Any], *, good: bool = False) -> dict[str, str]:
    """What a browser posts of all the pages of a definition; anything at all unless it is to be `good`."""
    found: dict[str, str] = {}
    for page in definition["pages"]:
        for section in page["sections"]:
            prefixes = [""]
            if repeat := section.get("repeat"):
                count = draw(st.integers(repeat["least"], 2))
                found[f"{repeat['name']}.count"] = str(count)
                prefixes = [f"{repeat['name']}.{number}." for number in range(count)]
            for question in section["fields"]:
                for prefix in prefixes:
                    if "name" in question and question["type"] != "computed":
                        found |= draw(_typed_answer(f"{prefix}{question['name']}", question, good))
    return found


@st.composite
def _typed_answer(draw: st.DrawFn, name: str, question: Mapping[str, Any], good: bool) -> dict[str, str]:
    if not good and draw(st.booleans()):
        return {f"{name}{draw(st.sampled_from(PARTS))}": draw(ANYTHING)}
    if not question.get("required") and draw(st.integers(1, 4)) == 1:
        return {}
    fitting = [each for each in GOOD[question["type"]] if _is_option(each, question)]
    return {f"{name}{end}": value for end, value in draw(st.sampled_from(fitting)).items()}


def _is_option(inputs: Mapping[str, str], question: Mapping[str, Any]) -> bool:
    if question["type"] != "select":
        return True
    return inputs[""].startswith("p") == ("options_from" in question)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | ANYTHING,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "street", "q1", "q2"]), inner),
    max_leaves=4,
)
