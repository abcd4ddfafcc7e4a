"""A form of another system as it becomes a definition: what ours have in common with it, and what was not carried."""

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import ValidationError

from services.intake.eservices.authoring.written import TO_WRITE
from services.intake.eservices.schema import EServiceSchema
from services.intake.forms.fields.keys import RESERVED
from shared.validation import Path, flattened

Text = dict[str, str]
Question = dict[str, Any]
Condition = dict[str, Any]

LONGEST_NAME = 40
FEW_OPTIONS = 5  # more are shown in a list that opens
MOST_ROUNDS = 20

_OF_SEVERAL = {"is": "contains", "one_of": "contains_any"}
_NOT_CARRIED = "could not be carried"


class NotAForm(Exception):
    """The file is not of a format that is read here; the message gives the reason in one line."""


@dataclass
class ImportedForm:
    """The pages as a definition has them, and `lost`: each thing that could not be carried, and where it was.

    `names` are the questions' names by their keys in the other system; `codes` those of their options by value.
    """

    title: str
    pages: list[dict[str, Any]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[Any, str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def lose(self, where: str, what: str) -> None:
        """Something could not be carried."""
        self.lost.append(f"{where}: {one_line(what)}")

    def name(self, key: str) -> str:
        """A name of its own for a question, a repeated section or a page, like its key in the other system."""
        taken = {*self.names.values(), *RESERVED, *(page["code"] for page in self.pages)}
        found = free_name(key, taken)
        self.names[key] = found
        return found

    def question(self, key: str, kind: str, label: str, *, hint: str | None = None, **keys: Any) -> Question:
        """A question; keys that are None are left out."""
        self.kinds[key] = kind
        given = {name: value for name, value in keys.items() if value not in (None, False)}
        question = {"name": self.name(key), "type": kind, **given, "label": text(plain(label) or key)}
        return question | ({"hint": text(plain(hint))} if hint and plain(hint) else {})

    def choice(self, key: str, label: str, options: Sequence[tuple[Any, str]], **keys: Any) -> Question:
        """A question with options, of values and labels; one with less than two cannot be a choice, and is a text."""
        options = self._apart(key, options)
        if len(options) < 2:
            self.lose(key, f"the options {_NOT_CARRIED}: there are {len(options)}, so it is a text")
            return self.question(key, "text", label, **keys)
        codes = self.codes[key] = {}
        for value, _ in options:
            codes[value] = free_name(str(value), codes.values(), start="o")
        kind = "radio" if len(options) <= FEW_OPTIONS else "select"
        written = [{"code": codes[value], "label": text(plain(shown) or str(value))} for value, shown in options]
        return self.question(key, kind, label, **keys) | {"options": written}

    def boxes(self, key: str, label: str, options: Sequence[tuple[Any, str]], **keys: Any) -> Question:
        """A choice of several options; where there is one only, it is a box."""
        options = self._apart(key, options)
        if len(options) < 2:
            common = {name: value for name, value in keys.items() if name not in ("least", "most")}
            asked = f"{plain(label)}: {plain(options[0][1])}" if options else label
            return self.question(key, "checkbox", asked, **common)
        question = self.choice(key, label, options, **keys)
        question["type"] = self.kinds[key] = "checkboxes"
        return question

    def _apart(self, key: str, options: Sequence[tuple[Any, str]]) -> list[tuple[Any, str]]:
        """The options that have a value of their own."""
        found = {value: label for value, label in reversed(options) if value not in (None, "")}
        if len(found) < len(options):
            self.lose(key, f"{len(options) - len(found)} options {_NOT_CARRIED}: they have no value of their own")
        return [(value, label) for value, label in reversed(found.items())]

    def repeated(
        self, key: str, label: str, sections: Iterable[dict[str, Any]], least: Any = None, most: Any = None
    ) -> dict[str, Any]:
        """A section that is answered several times, of the questions of these sections."""
        name, fields = self.name(key), []
        for section in sections:
            if "repeat" in section:
                self.lose(section["repeat"]["name"], f"it {_NOT_CARRIED}: a repeated section has no other in it")
                continue
            fields += section["fields"]
        limits = {name: int(limit) for name, limit in (("least", least), ("most", most)) if limit}
        return {"repeat": {"name": name, "entry": text(plain(label) or key), **limits}, "fields": fields}

    def compared(self, key: str, operator: str, value: Any) -> Condition | None:
        """A condition on the answer to a question that is there already; None, where there is none such."""
        around, _, option = key.rpartition(".")
        if self.kinds.get(around) == "checkboxes":  # `areas.sport` is whether it is chosen
            chosen = self.compared(around, "contains", option)
            return chosen if operator == "is" and value is not False else negated(chosen)
        if key not in self.names or key not in self.kinds:
            return None
        kind = self.kinds[key]
        if kind == "checkboxes" and operator in _OF_SEVERAL:
            operator = _OF_SEVERAL[operator]
        values = [self._value(key, kind, each) for each in (value if isinstance(value, list) else [value])]
        if operator == "empty":
            return condition(self.names[key], "empty", bool(value))
        if any(each is None for each in values):
            return None
        return condition(self.names[key], operator, values if isinstance(value, list) else values[0])

    def _value(self, key: str, kind: str, value: Any) -> Any:
        if key in self.codes:
            likes = (value, str(value), str(value).lower())
            return next((self.codes[key][each] for each in likes if each in self.codes[key]), None)
        if kind in ("checkbox", "yes_no"):
            return {"true": True, "false": False, "yes": True, "no": False}.get(str(value).lower())
        if kind in ("number", "money") and isinstance(value, str):
            return _number(value)
        return value

    def add_page(self, key: str, title: str, sections: list[dict[str, Any]], **keys: Any) -> None:
        """A page with those of its sections that have questions; without any, it is left out."""
        asked = [section for section in sections if section["fields"]]
        if not any("name" in each for section in asked for each in section["fields"]) and not keys.get("exit"):
            for section in asked:
                self.lose(key, f"a page without questions {_NOT_CARRIED}: {section['fields'][0]['text']['sv'][:60]}")
            return
        code = free_name(key, {*self.names.values(), *RESERVED, *(page["code"] for page in self.pages)}, start="page")
        given = {name: value for name, value in keys.items() if value}
        self.pages.append({"code": code, "title": text(plain(title) or key), **given, "sections": asked})


def text(words: str) -> Text:
    """A text, in the one language that the other system has it in."""
    return {"sv": words, "en": words}


def condition(fact: str, operator: str, value: Any) -> Condition:
    """A condition as it is written."""
    return {"fact": fact, "operator": operator, "value": value}


def grouped(grouping: str, members: Iterable[Condition | None]) -> Condition | None:
    """A group of conditions; None where one of them could not be carried."""
    found = list(members)
    if not found or any(each is None for each in found):
        return None
    return found[0] if len(found) == 1 and grouping != "none" else {grouping: found}


def negated(node: Condition | None) -> Condition | None:
    """That it does not hold."""
    return {"none": [node]} if node else None


def text_block(words: str) -> dict[str, Any]:
    """A text between questions."""
    return {"type": "text", "text": text(plain(words))}


def plain(words: Any) -> str:
    """A text without HTML; paragraphs and items of lists stay apart."""
    apart = re.sub(r"(?i)<(?:br|/p|/div|/h[1-6]|/li)\s*/?>", "\n\n", str(words or ""))
    bare = html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"(?i)<li[^>]*>", "- ", apart)))
    return re.sub(r"\s*\n\s*\n\s*", "\n\n", bare).strip()


def one_line(words: Any) -> str:
    """A text in one line, and not too long a one."""
    found = " ".join(str(words).split())
    return found if len(found) <= 160 else f"{found[:157]}…"


def free_name(key: str, taken: Iterable[str], *, start: str = "q") -> str:
    """A name as definitions have them, like the key, that is not taken: `Företagets namn` becomes `foretagets_namn`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key)
    bare = unicodedata.normalize("NFKD", parted).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "_", bare).strip("_")
    if not re.match("[a-z]", found):
        found = f"{start}_{found}".rstrip("_")
    found, used = found[:LONGEST_NAME], set(taken)
    number = 2
    name = found
    while name in used:
        name = f"{found[: LONGEST_NAME - 4]}_{number}"
        number += 1
    return name


def content_of(form: ImportedForm, decided: Mapping[str, Any]) -> dict[str, Any]:
    """The definition, with what the author has `decided` (code, board …); what would not pass the check is left out.

    Raises NotAForm where no page is left.
    """
    if not form.pages:
        raise NotAForm("it has no question that could be carried")
    content = {
        "code": decided["code"],
        "version": 1,
        "title": text(form.title),
        **TO_WRITE,
        "case_title": text(form.title.replace("{", "(").replace("}", ")")),
        **{key: value for key, value in decided.items() if key != "code"},
        "pages": form.pages,
    }
    for _ in range(MOST_ROUNDS):
        try:
            EServiceSchema().load(content)
            break
        except ValidationError as error:
            left_out = [_leave_out(form, content, path, str(each)) for path, each in flattened(error.messages)]
            if not any(left_out):
                break
    return content


_OPTIONAL = {
    *("show_if", "require_if", "hint", "max_length", "max_words", "minimum", "maximum", "least", "most"),
    *("accept", "max_megabytes", "max_files"),
}


def _leave_out(form: ImportedForm, content: dict[str, Any], path: Path, message: str) -> bool:
    """Leave out the optional key that an error is about; False where there is none, or it has gone already."""
    at = next((number for number, step in enumerate(path) if step in _OPTIONAL), None)
    if at is None:
        return False
    around: Any = content
    for step in path[:at]:
        around = around[step]
    key = path[at]
    if key not in around:
        return False
    del around[key]
    where = around.get("name") or around.get("code") or ".".join(map(str, path[:at]))
    form.lose(where, f"{key} {_NOT_CARRIED}: {message}")
    if key == "show_if" and around.pop("required", None):
        form.lose(where, "it is optional now, as it is always asked")
    return True


def _number(value: str) -> float | None:
    try:
        found = float(value)
    except ValueError:
        return None
    return int(found) if found == int(found) else found
