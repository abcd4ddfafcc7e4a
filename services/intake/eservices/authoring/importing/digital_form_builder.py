"""Forms of the UK's digital form builder (XGov, DEFRA): pages that lead to each other, lists, and named conditions."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.intake.eservices.authoring.importing.files import accepted
from services.intake.eservices.authoring.importing.imported import (
    Condition,
    ImportedForm,
    Question,
    grouped,
    negated,
    plain,
    text_block,
)

Page = Mapping[str, Any]
Component = Mapping[str, Any]

_TYPES = {
    "TextField": "text", "MultilineTextField": "textarea", "FreeTextField": "textarea", "EmailAddressField": "email",
    "TelephoneNumberField": "tel", "NumberField": "number", "DateField": "date", "DatePartsField": "date",
    "DateTimeField": "date", "DateTimePartsField": "date", "FileUploadField": "file", "UkAddressField": "address",
    "WebsiteField": "url", "TimeField": "time", "MonthYearField": "month", "YesNoField": "yes_no",
    "DeclarationField": "checkbox",
    "LatLongField": "place", "EastingNorthingField": "place", "OsGridRefField": "place",
    "NationalGridFieldNumberField": "place",
}  # fmt: skip
_APPROXIMATE = {
    "DateTimeField": "the time of day is not asked", "DateTimePartsField": "the time of day is not asked",
    "UkAddressField": "a British address is a Swedish one",
    "EastingNorthingField": "a place by British coordinates", "OsGridRefField": "a place by British coordinates",
    "NationalGridFieldNumberField": "a place by British coordinates",
}  # fmt: skip
_CHOICES = ("RadiosField", "SelectField", "AutocompleteField")
_TEXTS = ("Para", "Html", "Markdown", "Details", "InsetText", "WarningText", "List", "FlashCard", "NotificationBanner")
_OPERATORS = {
    "is": "is", "is not": "is_not", "is at least": "at_least", "is at most": "at_most", "is more than": "more",
    "is less than": "less", "is before": "before", "is after": "after",
}  # fmt: skip
_UNITS = {"days": "d", "weeks": "w", "months": "m", "years": "y"}
_LOST_CHECKS = ("regex", "min", "length", "integer", "precision")


def is_digital_form_builder(content: Any) -> bool:
    """Whether it is a form of the digital form builder."""
    pages = content.get("pages") if isinstance(content, Mapping) else None
    return (
        isinstance(pages, list) and bool(pages) and all(isinstance(each, Mapping) and "path" in each for each in pages)
    )


def read(content: Mapping[str, Any]) -> ImportedForm:
    """The form, its pages in an order in which each comes after those that lead to it."""
    form = ImportedForm(plain(content.get("name")) or "Namnlös e-tjänst")
    _Importer(form, content).read()
    for key in ("fees", "outputs", "specialPages", "payApiKey"):
        if content.get(key):
            form.lose("the form", f"{key}: {content[key]}")
    return form


class _Importer:
    def __init__(self, form: ImportedForm, content: Mapping[str, Any]) -> None:
        self.form = form
        self._pages = {str(page["path"]): page for page in content["pages"]}
        self._start = str(content.get("startPage") or next(iter(self._pages)))
        self._lists = {str(one[by]): one for one in content.get("lists") or [] for by in ("name", "id") if by in one}
        conditions = content.get("conditions") or []
        self._conditions = {str(one[by]): one for one in conditions for by in ("name", "id") if by in one}
        self._keys: dict[str, str] = {}  # of components, by their ids
        self._reached: dict[str, Condition | None] = {}

    def read(self) -> None:
        """Add every page that asks something, or that turns away."""
        for path in self._in_order():
            page = self._pages[path]
            show_if = self._reached[path] = self._show_if(path)
            questions = list(self._content(page))
            title = plain(page.get("title")) or next(
                (each["label"]["sv"] for each in questions if "label" in each), path
            )
            is_exit = self._is_exit(path) and show_if is not None
            if is_exit and not questions:
                questions = [text_block(title)]
            if questions:
                self.form.add_page(path, title, [self._section(page, title, questions)], show_if=show_if, exit=is_exit)

    def _section(self, page: Page, title: str, questions: list[Question]) -> dict[str, Any]:
        section = {"fields": questions}
        if "Repeat" not in str(page.get("controller")):
            return section
        repeat = page.get("repeat") or {}
        options, limits = repeat.get("options") or page.get("options") or {}, repeat.get("schema") or {}
        key = str(options.get("name") or page["path"])
        return self.form.repeated(
            key, str(options.get("title") or title), [section], limits.get("min"), limits.get("max")
        )

    def _content(self, page: Page) -> Iterator[Question]:
        for each in page.get("components") or []:
            kind, key = str(each.get("type")), str(each.get("name") or each.get("id") or each.get("type"))
            self._keys[str(each.get("id"))] = key
            if kind in _TEXTS:
                words = each.get("content") or "\n\n".join(f"- {label}" for _, label in self._options(each))
                yield from [text_block(words)] if plain(words) else []
            elif kind in _CHOICES:
                yield self._choice(key, each)
            elif kind == "CheckboxesField":
                checks = each.get("schema") or {}
                limits = {"least": checks.get("min"), "most": checks.get("max")}
                yield self.form.boxes(key, _label(each), self._options(each), **_common(each), **limits)
            elif kind in _TYPES:
                yield self._typed(key, _TYPES[kind], each)
            else:
                self.form.lose(key, f"there is no field type like {kind}")

    def _choice(self, key: str, each: Component) -> Question:
        question = self.form.choice(key, _label(each), self._options(each), **_common(each))
        by_code = {option["code"]: option for option in question.get("options", [])}
        for item in self._items(each):
            if item.get("condition"):
                show_if = self._named(str(item["condition"]))
                if show_if is None:
                    self.form.lose(key, f"when {item.get('text')} may be chosen: {item['condition']}")
                else:
                    by_code[self.form.codes[key][item.get("value")]]["show_if"] = show_if
        return question

    def _typed(self, key: str, kind: str, each: Component) -> Question:
        checks = each.get("schema") or {}
        for name in _LOST_CHECKS:
            if checks.get(name) and not (kind == "number" and name == "min"):
                self.form.lose(key, f"{name}: {checks[name]}")
        if each.get("type") in _APPROXIMATE:
            self.form.lose(key, _APPROXIMATE[str(each["type"])])
        return self.form.question(key, kind, _label(each), **_common(each), **self._limits(key, kind, each))

    def _limits(self, key: str, kind: str, each: Component) -> dict[str, Any]:
        checks, options = each.get("schema") or {}, each.get("options") or {}
        if kind == "number":
            return {
                "minimum": checks.get("min"),
                "maximum": checks.get("max"),
                "unit": plain(options.get("suffix")) or None,
            }
        if kind != "file":
            limits = {"max_length": checks.get("max"), "max_words": options.get("maxWords")}
            return limits if kind in ("text", "textarea") else {}
        found, unknown = accepted(str(options.get("accept") or "").split(","))
        for one in unknown:
            self.form.lose(key, f"the kind of file {one}")
        return {"accept": found or None, "max_files": checks.get("max") or (5 if options.get("multiple") else None)}

    def _items(self, each: Component) -> list[Mapping[str, Any]]:
        values = each.get("values") or {}
        named = str(each.get("list") or values.get("list") or (each.get("options") or {}).get("list"))
        return list((self._lists.get(named) or {}).get("items") or values.get("items") or [])

    def _options(self, each: Component) -> list[tuple[Any, str]]:
        return [(item.get("value"), str(item.get("text") or item.get("label"))) for item in self._items(each)]

    # The way through the pages

    def _links(self, path: str) -> list[tuple[str, str | None]]:
        """Where a page leads, with the name of each link's condition."""
        links = self._pages[path].get("next") or []
        return [(str(each["path"]), each.get("condition")) for each in links if str(each.get("path")) in self._pages]

    def _in_order(self) -> list[str]:
        """Each page after those that lead to it; as the file has them where some lead in a ring, or none leads on."""
        waiting = dict.fromkeys(self._pages, 0)
        for path in self._pages:
            for other, _ in self._links(path):
                waiting[other] += 1
        found: list[str] = []
        while ready := [path for path, count in waiting.items() if count == 0]:
            found.append(ready[0])
            del waiting[ready[0]]
            for other, _ in self._links(ready[0]):
                waiting[other] -= 1
        return list(self._pages) if waiting else found

    def _show_if(self, path: str) -> Condition | None:
        named = self._pages[path].get("condition")
        ways = [self._way(other, path) for other in self._reached if any(to == path for to, _ in self._links(other))]
        if named:
            ways = [[self._named(str(named))]]
        elif path == self._start or not ways or self._is_always_passed(path):
            return None
        found = grouped("any", [grouped("all", way) for way in ways])
        if found is None:
            links = [condition for other in self._reached for to, condition in self._links(other) if to == path]
            self.form.lose(path, f"when the page is shown: {', '.join(str(each) for each in links or [named])}")
        return found

    def _way(self, other: str, path: str) -> list[Condition | None]:
        """What must hold to come from the other page: its own condition, and that of the link."""
        around = [self._reached[other]] if self._reached[other] else []
        links = self._links(other)
        own = [name for to, name in links if to == path]
        if all(own):
            return [*around, grouped("any", [self._named(str(name)) for name in own])]
        others = [self._named(str(name)) for to, name in links if name and to != path and not self._is_exit(to)]
        return [*around, grouped("none", others)] if others else list(around)

    def _is_exit(self, path: str) -> bool:
        """Whether a page only turns away: it asks nothing, and leads nowhere."""
        controller = str(self._pages[path].get("controller"))
        asks = any(each.get("type") not in _TEXTS for each in self._pages[path].get("components") or [])
        is_terminal = "Terminal" in controller or (bool(self._pages[path].get("components")) and not self._links(path))
        is_last = any(word in controller.lower() for word in ("summary", "confirm", "status"))
        return not asks and is_terminal and not is_last

    def _is_always_passed(self, path: str) -> bool:
        """Whether every way from the start to an end, other than an exit, goes through the page."""
        seen, waiting = {path}, [self._start]
        while waiting:
            at = waiting.pop()
            if at in seen:
                continue
            seen.add(at)
            if not self._links(at) and not self._is_exit(at):
                return False
            waiting += [to for to, _ in self._links(at)]
        return True

    # Conditions

    def _named(self, name: str) -> Condition | None:
        """A named condition; None where it could not be carried."""
        written = self._conditions.get(name) or {}
        if "items" in written:
            grouping = "any" if written.get("coordinator") == "or" else "all"
            return grouped(grouping, [self._single(each) for each in written["items"]])
        value = written.get("value")
        members = value.get("conditions") if isinstance(value, Mapping) else None
        return self._coordinated(members) if isinstance(members, list) else None

    def _coordinated(self, members: list[Mapping[str, Any]]) -> Condition | None:
        """A list in which each member but the first has a coordinator; `and` binds closer than `or`."""
        alternatives: list[list[Condition | None]] = [[]]
        for each in members:
            if each.get("coordinator") == "or" and alternatives[-1]:
                alternatives.append([])
            inner = each.get("conditions")
            alternatives[-1].append(self._coordinated(inner) if isinstance(inner, list) else self._single(each))
        return grouped("any", [grouped("all", each) for each in alternatives])

    def _single(self, each: Mapping[str, Any]) -> Condition | None:
        reference = each.get("conditionName") or each.get("conditionId")
        if reference:
            return self._named(str(reference))
        named = (each.get("field") or {}).get("name") or self._keys.get(str(each.get("componentId")))
        key, operator = str(named).rpartition(".")[2], str(each.get("operator"))
        value = self._value(each.get("value"), each.get("type"))
        if self.form.kinds.get(key) == "checkboxes":
            box = self.form.compared(key, "contains", value)
            return {"is": box, "contains": box, "is not": negated(box), "does not contain": negated(box)}.get(operator)
        return (
            self.form.compared(key, _OPERATORS[operator], value)
            if operator in _OPERATORS and value is not None
            else None
        )

    def _value(self, value: Any, kind: Any) -> Any:
        """The value that is compared with; None of one that is none of ours, as so many hours."""
        if not isinstance(value, Mapping):
            return value
        if "itemId" in value:
            items = (self._lists.get(str(value.get("listId"))) or {}).get("items") or []
            return next((item.get("value") for item in items if item.get("id") == value["itemId"]), None)
        if "Relative" in str(value.get("type") or kind):
            unit = _UNITS.get(str(value.get("timeUnit") or value.get("unit")))
            sign = "-" if "past" in str(value.get("direction")) else "+"
            return f"today{sign}{value.get('timePeriod') or value.get('period')}{unit}" if unit else None
        return value.get("value")


def _common(each: Component) -> dict[str, Any]:
    options = each.get("options") or {}
    return {"hint": each.get("hint"), "required": options.get("required", True) is not False}


def _label(each: Component) -> str:
    return str(each.get("title") or each.get("name"))
