"""Forms that are a JSON Schema with a UI schema: JSON Forms (`uischema`) and react-jsonschema-form (`uiSchema`)."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.intake.eservices.authoring.importing.imported import (
    Condition,
    ImportedForm,
    Question,
    grouped,
    negated,
    plain,
    text_block,
)

Schema = Mapping[str, Any]
Section = dict[str, Any]

LONG_TEXT = 200  # characters: what may be longer is asked for in several lines
DEEPEST = 20  # references and layouts within each other
_FORMATS = {"date": "date", "date-time": "date", "email": "email", "idn-email": "email", "uri": "url", "time": "time",
            "data-url": "file"}  # fmt: skip
_LOST_KEYWORDS = ("pattern", "minLength", "multipleOf", "default", "contentMediaType", "uniqueItems")
_LOST_RULES = ("allOf", "anyOf", "oneOf", "if", "dependencies", "dependentSchemas")


def is_json_schema(content: Any) -> bool:
    """Whether it is a JSON Schema of an object, or one with a UI schema beside it."""
    if not isinstance(content, Mapping):
        return False
    schema = content.get("schema", content)
    return isinstance(schema, Mapping) and isinstance(schema.get("properties"), Mapping)


def read(content: Mapping[str, Any], ui: Mapping[str, Any] | None = None) -> ImportedForm:
    """The form: of JSON Forms, whose categories are pages, or else of react-jsonschema-form."""
    schema = content.get("schema", content)
    ui = ui or content.get("uischema") or content.get("uiSchema") or {}
    form = ImportedForm(plain(schema.get("title")) or "Namnlös e-tjänst")
    importer = _Importer(form, schema)
    if "elements" in ui or ui.get("type") == "Control":
        _LayoutImporter(form, importer).read(ui)
    else:
        form.add_page("form", form.title, list(importer.sections("", schema, ui)))
    importer.lose_rules("the form", schema)
    return form


class _Importer:
    """Reads the schema of each property as a question."""

    def __init__(self, form: ImportedForm, root: Schema) -> None:
        self.form = form
        self.root = root

    def sections(self, prefix: str, schema: Schema, ui: Mapping[str, Any], heading: str = "") -> Iterator[Section]:
        """The properties of an object, with sections of their own for the objects and lists in it."""
        fields: list[Question] = []
        needed = schema.get("required", [])
        for name in _ordered(list(schema.get("properties", {})), ui.get("ui:order")):
            within = ui.get(name) or {}
            found = list(self.property(f"{prefix}{name}", schema["properties"][name], within, required=name in needed))
            if len(found) == 1 and not {"heading", "repeat"} & found[0].keys():
                fields += found[0]["fields"]
                continue
            if fields:
                yield _section(fields, heading)
                fields = []
            yield from found
        if fields:
            yield _section(fields, heading)

    def property(
        self, key: str, written: Schema, ui: Mapping[str, Any], *, required: bool, show_if: Condition | None = None
    ) -> Iterator[Section]:
        """The questions of a property: one, or those of an object or of each member of a list."""
        schema = self.resolved(written)
        kind = _type(schema)
        label = str(ui.get("ui:title") or ui.get("label") or schema.get("title") or key.rpartition(".")[2])
        if ui.get("ui:widget") == "hidden":
            self.form.lose(key, "it is hidden")
        elif kind == "object" and schema.get("properties"):
            yield from (
                _shown(each, show_if) for each in self.sections(f"{key}.", schema, ui, plain(label)) if each["fields"]
            )
            self.lose_rules(key, schema)
        elif kind == "array":
            yield from (_shown(each, show_if) for each in self._list(key, label, schema, ui, required))
        elif question := self._question(key, label, schema, ui, required=required, show_if=show_if):
            yield _section([question], "")

    def _list(self, key: str, label: str, schema: Schema, ui: Mapping[str, Any], required: bool) -> Iterator[Section]:
        items = self.resolved(schema.get("items") or {})
        if _type(items) == "object" and items.get("properties"):
            least = schema.get("minItems") or (1 if required else None)
            inside = self.sections(f"{key}.", items, ui.get("items") or {})
            yield _section([], plain(label)) | self.form.repeated(key, label, inside, least, schema.get("maxItems"))
        elif options := _options(items):
            limits = {"least": schema.get("minItems"), "most": schema.get("maxItems")}
            yield _section([self.form.boxes(key, label, options, required=required, **limits, **_hint(schema, ui))], "")
        elif items.get("format") == "data-url":
            most = schema.get("maxItems") or 5
            file = self.form.question(key, "file", label, required=required, max_files=int(most), **_hint(schema, ui))
            yield _section([file], "")
        else:
            entry = self._question(f"{key}.value", label, items, ui.get("items") or {})
            if entry:
                section = _section([entry], "")
                yield section | self.form.repeated(
                    key, label, [section], schema.get("minItems"), schema.get("maxItems")
                )

    def _question(
        self,
        key: str,
        label: str,
        schema: Schema,
        ui: Mapping[str, Any],
        *,
        required: bool = True,
        show_if: Condition | None = None,
    ) -> Question | None:
        for keyword in _LOST_KEYWORDS:
            if keyword in schema:
                self.form.lose(key, f"{keyword}: {schema[keyword]}")
        common = {"required": required, "show_if": show_if, **_hint(schema, ui)}
        kind = _type(schema)
        if kind == "boolean":
            is_consent = schema.get("const") is True
            asked = "yes_no" if required and not is_consent else "checkbox"
            return self.form.question(key, asked, label, **(common | {"required": required or is_consent}))
        if options := _options(schema):
            return self.form.choice(key, label, options, **common)
        if kind in ("number", "integer"):
            return self.form.question(key, "number", label, **common, **self._limits(key, schema))
        if kind == "string":
            return self._text(key, label, schema, ui, common)
        self.form.lose(key, f"there is no field type for {kind or 'what has no type'}")
        return None

    def _text(self, key: str, label: str, schema: Schema, ui: Mapping[str, Any], common: dict[str, Any]) -> Question:
        kind = _FORMATS.get(str(schema.get("format")), "text")
        widget = str(ui.get("ui:widget") or ui.get("format") or "")
        longest = schema.get("maxLength")
        if schema.get("format") == "date-time":
            self.form.lose(key, "the time of day is not asked")
        elif schema.get("format") and kind == "text":
            self.form.lose(key, f"the format {schema['format']}")
        if kind == "text" and (widget == "textarea" or ui.get("multi") or (longest or 0) > LONG_TEXT):
            kind = "textarea"
        limits = {"max_length": longest} if kind in ("text", "textarea") else {}
        return self.form.question(key, kind, label, **common, **limits)

    def _limits(self, key: str, schema: Schema) -> dict[str, Any]:
        for each in ("exclusiveMinimum", "exclusiveMaximum"):
            if each in schema:
                self.form.lose(key, f"{each}: {schema[each]}")
        if _type(schema) == "integer":
            self.form.lose(key, "only whole numbers: a number may have decimals")
        return {"minimum": schema.get("minimum"), "maximum": schema.get("maximum")}

    def lose_rules(self, where: str, schema: Schema) -> None:
        """What a schema requires of several answers together."""
        for keyword in _LOST_RULES:
            if keyword in schema:
                self.form.lose(where, f"{keyword}: {schema[keyword]}")

    def resolved(self, schema: Schema) -> Schema:
        """The schema that a local `$ref` leads to, with what stands beside it."""
        for _ in range(DEEPEST):
            reference = schema.get("$ref")
            if not isinstance(reference, str) or not reference.startswith("#/"):
                break
            schema = {**self.at(reference), **{name: value for name, value in schema.items() if name != "$ref"}}
        return schema

    def at(self, pointer: str) -> Schema:
        """What stands at a pointer into the schema; an empty schema where nothing does."""
        found: Any = self.root
        for step in pointer.removeprefix("#/").split("/"):
            found = found.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(found, Mapping) else None
        return found if isinstance(found, Mapping) else {}


class _LayoutImporter:
    """Reads a UI schema of JSON Forms: layouts, groups and controls."""

    def __init__(self, form: ImportedForm, importer: _Importer) -> None:
        self.form = form
        self._importer = importer

    def read(self, ui: Mapping[str, Any]) -> None:
        """Add a page for each category, or one for all."""
        if ui.get("type") != "Categorization":
            self.form.add_page("form", self.form.title, list(self._sections(ui, "", None)))
            return
        for number, each in enumerate(ui.get("elements") or [], start=1):
            label = plain(each.get("label")) or f"{self.form.title} {number}"
            if each.get("type") == "Categorization":
                self.read(each)
                continue
            show_if = self._condition(each)
            self.form.add_page(label, label, list(self._sections(each, "", None)), show_if=show_if)

    def _sections(self, ui: Mapping[str, Any], heading: str, show_if: Condition | None) -> Iterator[Section]:
        fields: list[Question] = []
        for each in ui.get("elements") or [ui]:
            found = list(self._element(each))
            if len(found) == 1 and not {"heading", "repeat", "show_if"} & found[0].keys():
                fields += found[0]["fields"]
                continue
            if fields:
                yield _shown(_section(fields, heading), show_if)
                fields = []
            yield from (_shown(section, show_if) for section in found)
        if fields:
            yield _shown(_section(fields, heading), show_if)

    def _element(self, each: Mapping[str, Any]) -> Iterator[Section]:
        show_if = self._condition(each)
        match each.get("type"):
            case "Control":
                yield from self._control(each, show_if)
            case "Label":
                block = text_block(str(each.get("text")))
                yield _section([block | ({"show_if": show_if} if show_if else {})], "")
            case "Group" | "VerticalLayout" | "HorizontalLayout":
                yield from self._sections(each, plain(each.get("label")), show_if)
            case other:
                self.form.lose(str(each.get("label") or other), f"there is nothing like the element {other}")

    def _control(self, each: Mapping[str, Any], show_if: Condition | None) -> Iterator[Section]:
        scope = str(each.get("scope"))
        steps = scope.removeprefix("#/").split("/")
        key = _key(scope)
        if steps[0] != "properties" or not (schema := self._importer.at(scope)):
            self.form.lose(scope, "there is no such property in the schema")
            return
        required = steps[-1] in self._required(steps)
        if required and "rule" in each and show_if is None:
            self.form.lose(key, "it is optional now, as it is always asked")
            required = False
        label = each.get("label")
        ui = {**(each.get("options") or {}), **({"label": label} if isinstance(label, str) else {})}
        yield from self._importer.property(key, schema, ui, required=required, show_if=show_if)

    def _required(self, steps: list[str]) -> list[str]:
        parent = "/".join(steps[:-2])
        schema = self._importer.at(parent) if parent else self._importer.root
        return list(schema.get("required") or [])

    def _condition(self, each: Mapping[str, Any]) -> Condition | None:
        rule = each.get("rule")
        if not rule:
            return None
        where = _key(str(each.get("scope") or each.get("label") or each.get("type")))
        effect, node = rule.get("effect"), self._tried(rule.get("condition") or {})
        if node is None:
            self.form.lose(where, f"when it is shown: {rule}")
            return None
        if effect in ("ENABLE", "DISABLE"):
            self.form.lose(where, "it was greyed out where it is now hidden")
        return negated(node) if effect in ("HIDE", "DISABLE") else node

    def _tried(self, written: Mapping[str, Any]) -> Condition | None:
        if written.get("type") in ("AND", "OR"):
            grouping = "all" if written["type"] == "AND" else "any"
            return grouped(grouping, [self._tried(each) for each in written.get("conditions") or []])
        key = _key(str(written.get("scope")))
        if "expectedValue" in written:
            return self.form.compared(key, "is", written["expectedValue"])
        return self._by_schema(key, written.get("schema") or {})

    def _by_schema(self, key: str, schema: Schema) -> Condition | None:
        operators = {"const": "is", "enum": "one_of", "minimum": "at_least", "maximum": "at_most",
                     "exclusiveMinimum": "more", "exclusiveMaximum": "less"}  # fmt: skip
        if set(schema) == {"not"}:
            return negated(self._by_schema(key, schema["not"]))
        if not schema or not set(schema) <= operators.keys():
            return None
        return grouped("all", [self.form.compared(key, operators[name], value) for name, value in schema.items()])


def _section(fields: list[Question], heading: str) -> Section:
    return {**({"heading": {"sv": heading, "en": heading}} if heading else {}), "fields": fields}


def _shown(section: Section, show_if: Condition | None) -> Section:
    """The section, where the condition of what is around it holds too."""
    both = grouped("all", [node for node in (show_if, section.get("show_if")) if node])
    return {**section, "show_if": both} if both and not _is_single(section, show_if) else section


def _is_single(section: Section, show_if: Condition | None) -> bool:
    """Whether its only question has the condition already."""
    return len(section["fields"]) == 1 and section["fields"][0].get("show_if") == show_if


def _type(schema: Schema) -> str | None:
    found = schema.get("type")
    if isinstance(found, list):
        return next((each for each in found if each != "null"), None)
    if found is None and ("enum" in schema or "oneOf" in schema):
        return "string"
    return found or ("object" if "properties" in schema else None)


def _options(schema: Schema) -> list[tuple[Any, str]]:
    """Of `enum`, or of `oneOf` with a `const` each; `enumNames` are the labels of older forms."""
    if isinstance(schema.get("enum"), list):
        labels = schema.get("enumNames") or schema["enum"]
        return [(value, str(label)) for value, label in zip(schema["enum"], labels, strict=False) if value is not None]
    for keyword in ("oneOf", "anyOf"):
        members = schema.get(keyword)
        if (
            isinstance(members, list)
            and members
            and all(isinstance(each, Mapping) and "const" in each for each in members)
        ):
            return [(each["const"], str(each.get("title") or each["const"])) for each in members]
    return []


def _hint(schema: Schema, ui: Mapping[str, Any]) -> dict[str, Any]:
    return {"hint": ui.get("ui:help") or ui.get("ui:description") or schema.get("description")}


def _ordered(names: list[str], order: Any) -> list[str]:
    """As `ui:order` has them; `*` stands for all others."""
    if not isinstance(order, list):
        return names
    rest = [name for name in names if name not in order]
    named = [inner for each in order for inner in (rest if each == "*" else [each])]
    return [name for name in named if name in names] + ([] if "*" in order else rest)


def _key(scope: str) -> str:
    """`#/properties/person/properties/age` is `person.age`."""
    steps = scope.removeprefix("#/").split("/")
    return ".".join(steps[1::2]) if steps[0] == "properties" else scope
