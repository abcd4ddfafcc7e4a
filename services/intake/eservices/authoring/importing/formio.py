"""Forms of Form.io: a form's JSON, and the exports of Open Forms (open-forms), a ZIP of such forms and their logic."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from services.intake.eservices.authoring.importing import json_logic
from services.intake.eservices.authoring.importing.files import accepted, megabytes
from services.intake.eservices.authoring.importing.imported import (
    Condition,
    ImportedForm,
    NotAForm,
    Question,
    grouped,
    negated,
    plain,
    text_block,
)

Component = Mapping[str, Any]
Section = dict[str, Any]

_TYPES = {
    "textfield": "text", "text": "text", "url": "url", "iban": "text", "postcode": "text", "licenseplate": "text",
    "time": "time", "textarea": "textarea", "email": "email", "phoneNumber": "tel", "phonenumber": "tel",
    "number": "number", "currency": "money", "checkbox": "checkbox", "date": "date", "datetime": "date",
    "day": "date", "file": "file", "bsn": "identity_number", "address": "address", "addressNL": "address",
    "map": "place", "coordinates": "place",
}  # fmt: skip
_APPROXIMATE = {
    "iban": "an IBAN is a text, and not checked",
    "postcode": "a postal code is a text, and not checked", "licenseplate": "a number plate is a text",
    "datetime": "the time of day is not asked",
    "addressNL": "a Dutch address is a Swedish one", "bsn": "a BSN is a Swedish identity number",
    "currency": "the currency is kronor",
}  # fmt: skip
_HEADED = ("panel", "fieldset", "well", "container")
_TEXTS = ("content", "htmlelement", "alert", "softRequiredErrors")
_REPEATED = ("datagrid", "editgrid", "dynamicWizard")
_OPERATORS = {"isEqual": "is", "isNotEqual": "is_not", "lessThan": "less", "greaterThan": "more",
              "lessThanOrEqual": "at_most", "greaterThanOrEqual": "at_least"}  # fmt: skip
_SILENT = ("button", "submit")
_LOST_KEYS = {
    "customConditional": "a condition in JavaScript", "calculateValue": "a computed value in JavaScript",
    "customDefaultValue": "a default in JavaScript", "logic": "logic of its own", "prefill": "prefill",
    "inputMask": "an input mask", "defaultValue": "a default answer",
}  # fmt: skip
_LOST_CHECKS = {
    "pattern": "a pattern", "custom": "a check in JavaScript", "json": "a check in JsonLogic",
    "plugins": "plug-in checks", "minLength": "a least length", "minWords": "a least number of words",
}  # fmt: skip


def is_formio(content: Any) -> bool:
    """Whether it is a form of Form.io."""
    return isinstance(content, Mapping) and isinstance(content.get("components"), list)


def read(content: Mapping[str, Any]) -> ImportedForm:
    """One form: the panels of a wizard are its pages."""
    form = ImportedForm(_title(content))
    _Importer(form, {}).read(content["components"], _title(content), is_wizard=content.get("display") == "wizard")
    return form


def read_open_forms(export: Mapping[str, Any]) -> ImportedForm:
    """The parts of an Open Forms export by file: forms, formSteps, formDefinitions, formLogic. NotAForm for another."""
    try:
        form = ImportedForm(str(export["forms.json"][0]["name"]))
        definitions = {each["url"]: each for each in export["formDefinitions.json"]}
        steps = [definitions[each["form_definition"]] for each in sorted(export["formSteps.json"], key=_index)]
        hidden = _hidden_by_logic(form, export.get("formLogic.json", []))
        for step in steps:
            _Importer(form, hidden).read(step["configuration"]["components"], str(step["name"]), is_wizard=False)
    except (KeyError, IndexError, TypeError) as error:
        raise NotAForm(f"it is not an export of Open Forms: {error}") from error
    return form


def _index(step: Mapping[str, Any]) -> int:
    return int(step.get("index") or step.get("order") or 0)


def _title(content: Mapping[str, Any]) -> str:
    return plain(content.get("title") or content.get("name")) or "Namnlös e-tjänst"


def _hidden_by_logic(form: ImportedForm, logic: Any) -> dict[str, tuple[Any, bool]]:
    """By component, the JsonLogic that hides (True) or shows it; all other actions are lost."""
    found: dict[str, tuple[Any, bool]] = {}
    for rule in logic:
        trigger = rule.get("json_logic_trigger")
        for each in rule.get("actions", []):
            action, key = each.get("action", {}), each.get("component")
            if action.get("type") == "property" and action.get("property", {}).get("value") == "hidden" and key:
                found[key] = (trigger, bool(action.get("state")))
            else:
                form.lose(
                    str(key or each.get("form_step") or "logic"), f"the action {action.get('type')}, when {trigger}"
                )
    return found


class _Importer:
    """Reads components in their order. `hidden` is what an export's logic does with them."""

    def __init__(self, form: ImportedForm, hidden: Mapping[str, tuple[Any, bool]]) -> None:
        self.form = form
        self._hidden = hidden
        self._always_shown: set[str] = set()  # though they had a condition
        self._read = {
            "radio": self._choice,
            "select": self._choice,
            "selectboxes": self._boxes,
            **dict.fromkeys(_TEXTS, self._text),
        }

    def read(self, components: list[Component], title: str, *, is_wizard: bool) -> None:
        """Add the page of these components, or the pages of a wizard."""
        if not is_wizard:
            self.form.add_page(title, title, list(self._sections(components)))
            return
        for each in components:
            if each.get("type") == "panel":
                name = str(each.get("title") or each.get("key"))
                show_if = self._condition(each)
                self.form.add_page(
                    str(each.get("key") or name), name, list(self._sections(_inside(each))), show_if=show_if
                )
            elif each.get("type") not in _SILENT:
                self.form.lose(_key(each), "it is outside the wizard's pages")

    def _sections(self, components: list[Component], heading: str = "", show_if: Any = None) -> Iterator[Section]:
        """The components, with a section of its own for each group that has a heading or is repeated."""
        loose: list[Question] = []
        for each in components:
            kind = each.get("type")
            if kind in _HEADED or kind in _REPEATED:
                if loose:
                    yield _section(loose, heading, show_if)
                    loose = []
                yield from self._group(each, show_if)
            elif inside := _inside(each):
                loose += [question for section in self._sections(inside) for question in section["fields"]]
            else:
                loose += self._questions(each)
        if loose:
            yield _section(loose, heading, show_if)

    def _group(self, each: Component, around: Condition | None) -> Iterator[Section]:
        key = _key(each)
        own = self._condition(each)
        show_if = grouped("all", [node for node in (around, own) if node])
        label = plain(each.get("legend") or each.get("title") or each.get("label"))
        if each.get("type") not in _REPEATED:
            yield from self._sections(_inside(each), label, show_if)
            return
        checks = each.get("validate") or {}
        least = checks.get("minLength") or (1 if checks.get("required") else None)
        repeated = self.form.repeated(key, label, self._sections(_inside(each)), least, checks.get("maxLength"))
        yield _section([], label, show_if) | repeated

    def _questions(self, each: Component) -> list[Question]:
        key, kind = _key(each), str(each.get("type"))
        if kind in _SILENT:
            return []
        is_shown_by_logic = key in self._hidden and not self._hidden[key][1]
        if each.get("hidden") and not is_shown_by_logic and not (each.get("conditional") or {}).get("show"):
            self.form.lose(key, f"a hidden {kind}")
            return []
        self._lose_keys(each)
        read = self._read.get(kind) or (partial(self._typed, _TYPES[kind]) if kind in _TYPES else None)
        if read is None:
            self.form.lose(key, f"there is no field type like {kind}")
            return []
        return read(each)

    def _typed(self, kind: str, each: Component) -> list[Question]:
        key, checks = _key(each), each.get("validate") or {}
        keys: dict[str, Any]
        if kind in ("text", "textarea"):
            keys = {"max_length": _whole(checks.get("maxLength")), "max_words": _whole(checks.get("maxWords"))}
        elif kind in ("number", "money"):
            unit = {"unit": plain(each.get("suffix")) or None} if kind == "number" else {}
            keys = {"minimum": checks.get("min"), "maximum": checks.get("max"), **unit}
        elif kind == "file":
            keys = self._of_file(each)
        else:
            keys = {"numbers": ["person"]} if kind == "identity_number" else {}
        if each.get("type") in _APPROXIMATE:
            self.form.lose(key, _APPROXIMATE[str(each["type"])])
        if each.get("multiple") and kind != "file":
            self.form.lose(key, "several answers: one is asked")
        return [self._translated(each, self.form.question(key, kind, _label(each), **self._common(each), **keys))]

    def _of_file(self, each: Component) -> dict[str, Any]:
        kinds = (each.get("file") or {}).get("type") or str(each.get("filePattern") or "").split(",")
        found, unknown = accepted(kinds)
        if unknown:
            self.form.lose(_key(each), f"kinds of file: {', '.join(unknown)}")
        most = each.get("maxNumberOfFiles") or (5 if each.get("multiple") else 1)
        return {"accept": found or None, "max_files": int(most), "max_megabytes": megabytes(each.get("fileMaxSize"))}

    def _choice(self, each: Component) -> list[Question]:
        options = _options(each)
        if each.get("multiple"):
            return self._boxes(each)
        return [self._translated(each, self.form.choice(_key(each), _label(each), options, **self._common(each)))]

    def _boxes(self, each: Component) -> list[Question]:
        checks = each.get("validate") or {}
        limits = {"least": _whole(checks.get("minSelectedCount")), "most": _whole(checks.get("maxSelectedCount"))}
        question = self.form.boxes(_key(each), _label(each), _options(each), **self._common(each), **limits)
        return [self._translated(each, question)]

    def _text(self, each: Component) -> list[Question]:
        words = plain(each.get("html") or each.get("content"))
        show_if = self._condition(each)
        return [text_block(words) | ({"show_if": show_if} if show_if else {})] if words else []

    def _common(self, each: Component) -> dict[str, Any]:
        """What questions of all types have."""
        show_if, required = self._condition(each), bool((each.get("validate") or {}).get("required"))
        if required and _key(each) in self._always_shown:
            self.form.lose(_key(each), "it is optional now, as it is always asked")
            required = False
        return {"hint": each.get("description") or each.get("tooltip"), "required": required, "show_if": show_if}

    def _condition(self, each: Component) -> Condition | None:
        """When it is shown; None where always, or where its condition could not be carried."""
        key, written = _key(each), each.get("conditional") or {}
        found: list[Condition | None] = []
        if written.get("conditions"):
            grouping = "any" if written.get("conjunction") == "any" else "all"
            node = grouped(grouping, [self._single(one) for one in written["conditions"]])
            found.append(node if _is_true(written.get("show")) else negated(node))
        elif written.get("when"):
            node = self.form.compared(_last(written["when"]), "is", written.get("eq"))
            found.append(node if _is_true(written.get("show")) else negated(node))
        elif written.get("json"):
            found.append(json_logic.carried(self.form, written["json"]))
        if key in self._hidden:
            logic, hides = self._hidden[key]
            node = json_logic.carried(self.form, logic)
            found.append(negated(node) if hides else node)
        if any(node is None for node in found):
            self._always_shown.add(key)
            self.form.lose(key, f"when it is shown: {written or self._hidden.get(key)}")
            return None
        return grouped("all", found)

    def _single(self, one: Mapping[str, Any]) -> Condition | None:
        operator = _OPERATORS.get(str(one.get("operator")))
        key = _last(one.get("component"))
        if one.get("operator") in ("isEmpty", "isNotEmpty"):
            return self.form.compared(key, "empty", one["operator"] == "isEmpty")
        return self.form.compared(key, operator, one.get("value")) if operator else None

    def _translated(self, each: Component, question: Question) -> Question:
        """With the English texts of Open Forms, where it has them."""
        english = ((each.get("openForms") or {}).get("translations") or {}).get("en") or {}
        for key, name in (("label", "label"), ("hint", "description")):
            if key in question and plain(english.get(name)):
                question[key] = {**question[key], "en": plain(english[name])}
        return question

    def _lose_keys(self, each: Component) -> None:
        for key, what in _LOST_KEYS.items():
            value = each.get(key)
            if value and not (isinstance(value, Mapping) and not any(value.values())):
                self.form.lose(_key(each), what)
        for key, what in _LOST_CHECKS.items():
            if (each.get("validate") or {}).get(key) and each.get("type") not in _REPEATED:
                self.form.lose(_key(each), what)


def _section(fields: list[Question], heading: str, show_if: Condition | None) -> Section:
    return {
        **({"heading": {"sv": heading, "en": heading}} if heading else {}),
        **({"show_if": show_if} if show_if else {}),
        "fields": fields,
    }


def _inside(each: Component) -> list[Component]:
    """The components inside one that only lays them out."""
    if each.get("type") == "columns":
        return [inner for column in each.get("columns") or [] for inner in column.get("components") or []]
    if each.get("type") == "table":
        cells = (cell for row in each.get("rows") or [] for cell in row)
        return [inner for cell in cells for inner in cell.get("components") or []]
    if each.get("type") == "tabs":
        return [inner for tab in each.get("components") or [] for inner in tab.get("components") or []]
    return list(each.get("components") or [])


def _options(each: Component) -> list[tuple[Any, str]]:
    written = each.get("values") or (each.get("data") or {}).get("values") or []
    return [(one.get("value"), str(one.get("label") or one.get("value"))) for one in written]


def _whole(written: Any) -> int | None:
    return int(written) if written else None


def _label(each: Component) -> str:
    return str(each.get("label") or each.get("title") or _key(each))


def _key(each: Component) -> str:
    return str(each.get("key") or each.get("id") or each.get("type"))


def _last(path: Any) -> str:
    return str(path).rpartition(".")[2]


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"
