"""What an e-service takes, as JSON Schema (draft 2020-12), for those who write clients and tests."""

from collections.abc import Iterator, Sequence

from services.intake.eservices.definition import EService, Section
from services.intake.forms.fields.field import LANGUAGES, AnswerField, Field, JsonSchema
from services.intake.forms.fields.file import FileField
from shared.conditions.condition import Condition, Group, Grouping, Node, OtherFact

Conditions = dict[str, list[Node]]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(eservice: EService, address: str) -> JsonSchema:
    """The schema of a submission to the e-service. `address` is its own, `$id`.

    The form checks more than the schema can express: check digits, past and future dates, what a text holds, conditions
    on days and on computed values, and those inside repeated sections.
    """
    conditions = _conditions(eservice)
    attachments = _attachments(eservice, conditions)
    return {
        "$schema": DIALECT,
        "$id": address,
        "title": eservice.title["sv"],
        "description": eservice.summary["sv"],
        "type": "object",
        "properties": {
            "eservice": {"const": eservice.code},
            "language": {"enum": list(LANGUAGES)},
            "answers": _answers(eservice, conditions),
            "attachments": attachments,
        },
        "required": ["eservice", "answers", *(["attachments"] if attachments["required"] else [])],
        "additionalProperties": False,
    }


def _answers(eservice: EService, conditions: Conditions) -> JsonSchema:
    rules = [rule for name, several in conditions.items() for rule in _where_shown(eservice, name, several)]
    always = [name for name, field in eservice.fields.items() if field.required and not conditions[name]]
    needed = [name for name, section in eservice.groups.items() if _least(section) and not conditions[name]]
    return {
        "type": "object",
        "properties": {
            **{name: _question(each) for name, each in eservice.fields.items()},
            **{name: _entries(section) for name, section in eservice.groups.items()},
        },
        "required": [*always, *needed],
        "additionalProperties": False,
        **({"allOf": rules} if rules else {}),
    }


def _conditions(eservice: EService) -> Conditions:
    """By question and repeated section, the conditions of its page, its section and its own: all must hold."""
    found: dict[str, list[Node]] = {}
    for page in eservice.pages:
        for section in page.sections:
            around = [each for each in (page.show_if, section.show_if) if each]
            if section.repeat:
                found[section.repeat.name] = around
                continue
            for field in section.fields:
                found[field.name] = [*around, *([field.show_if] if field.show_if else [])]
    return found


def _where_shown(eservice: EService, name: str, conditions: list[Node]) -> Iterator[JsonSchema]:
    field = eservice.fields.get(name)
    if field is None and name not in eservice.groups:
        return
    schemas = [_holds(eservice, each) for each in conditions]
    known = [each for each in schemas if each is not None]
    is_known = len(known) == len(schemas)
    required = field.required if field else _least(eservice.groups[name])
    if known:
        then = {"then": {"required": [name]}} if required and is_known else {}
        yield {"if": _all(known), **then, "else": {"properties": {name: False}}}
    needed = _holds(eservice, field.require_if) if field and field.require_if else None
    if needed is not None and is_known:
        yield {"if": _all([*known, needed]), "then": {"required": [name]}}


def _all(schemas: list[JsonSchema]) -> JsonSchema:
    return schemas[0] if len(schemas) == 1 else {"allOf": schemas}


def _holds(eservice: EService, node: Node) -> JsonSchema | None:
    """The schema of the answers for which the condition holds; None where it cannot be expressed."""
    if isinstance(node, Condition):
        return _compared(eservice, node)
    members = [_holds(eservice, member) for member in node.members]
    known = [each for each in members if each is not None]
    if len(known) < len(members):
        return None
    return _grouped(node, known)


def _grouped(group: Group, members: list[JsonSchema]) -> JsonSchema:
    match group.grouping:
        case Grouping.ALL:
            return _all(members)
        case Grouping.ANY:
            return {"anyOf": members}
        case Grouping.NONE:
            return {"not": {"anyOf": members}}


def _compared(eservice: EService, condition: Condition) -> JsonSchema | None:
    field, value = eservice.fields.get(condition.fact), condition.value
    if field is None or isinstance(value, OtherFact):
        return None
    shapes: dict[str, JsonSchema] = {
        "is": {"const": value},
        "is_not": {"not": {"const": value}},
        "one_of": {"enum": list(value) if isinstance(value, tuple) else []},
        "none_of": {"not": {"enum": list(value) if isinstance(value, tuple) else []}},
        "contains": {"contains": {"const": value}},
        "contains_any": {"contains": {"enum": list(value) if isinstance(value, tuple) else []}},
        "less": {"exclusiveMaximum": value},
        "at_most": {"maximum": value},
        "more": {"exclusiveMinimum": value},
        "at_least": {"minimum": value},
    }
    if condition.operator in shapes and not (isinstance(value, str) and condition.operator in _SIZES):
        return {"properties": {field.name: shapes[condition.operator]}, "required": [field.name]}
    return None


_SIZES = ("less", "at_most", "more", "at_least")


def _entries(section: Section) -> JsonSchema:
    repeat = section.repeat
    assert repeat
    answered = [each for each in section.fields if isinstance(each, AnswerField)]
    return {
        "title": repeat.entry["sv"],
        "type": "array",
        "minItems": repeat.least,
        "maxItems": repeat.most,
        "items": _entry(answered),
    }


def _entry(questions: Sequence[Field]) -> JsonSchema:
    return {
        "type": "object",
        "properties": {each.name: _question(each) for each in questions},
        "required": [each.name for each in questions if each.required and not each.show_if],
        "additionalProperties": False,
    }


def _least(section: Section) -> int:
    return section.repeat.least if section.repeat else 0


def _attachments(eservice: EService, conditions: Conditions) -> JsonSchema:
    """Those of a repeated section are by entry, in the order of the entries among the answers."""
    in_entries = {
        name: _entry(files)
        for name, section in eservice.groups.items()
        if (files := [each for each in section.fields if isinstance(each, FileField)])
    }
    once = {name: field for name, field in eservice.files.items() if name in conditions}
    needed = [name for name, entry in in_entries.items() if entry["required"] and _least(eservice.groups[name])]
    return {
        "type": "object",
        "properties": {
            **{name: _question(field) for name, field in once.items()},
            **{name: _files_of_entries(eservice.groups[name], entry) for name, entry in in_entries.items()},
        },
        "required": [
            *(name for name, field in once.items() if field.required and not conditions[name]),
            *(name for name in needed if not conditions[name]),
        ],
        "additionalProperties": False,
    }


def _files_of_entries(section: Section, entry: JsonSchema) -> JsonSchema:
    repeat = section.repeat
    assert repeat
    return {"title": repeat.entry["sv"], "type": "array", "maxItems": repeat.most, "items": entry}


def _question(field: Field) -> JsonSchema:
    hint = {"description": field.hint["sv"]} if field.hint else {}
    return {"title": field.label["sv"], **hint, **field.json_schema()}
