"""The JSON Schema of each kind of YAML file that municipalities keep, from the code that reads them."""

from functools import partial

from services.intake.eservices.authoring.expectations import ExpectationsSchema, Moment, QueueCode
from services.intake.eservices.authoring.plain_language import WordsSchema
from services.intake.eservices.data_files import Cell, TableSchema
from services.intake.eservices.definition import TextBlockKind
from services.intake.eservices.schema import ContentDefinition, EServiceSchema, LocalTimeKey, TextBlockSchema
from services.intake.eservices.vocabulary import VocabularySchema
from services.intake.forms.fields import keys
from services.intake.forms.fields.field import Field
from services.intake.forms.fields.registry import FIELD_TYPES, FieldDefinition, schema_of
from services.notify.messages.choice import MessagesSchema
from services.notify.messages.handlers import EVENTS_WITH_MESSAGE
from services.notify.messages.render import available_messages
from services.operations.json_schema import Converter, JsonSchema, described_by, document, reference
from services.routing.organisation.schema import CaseworkSchema, Conditions
from services.routing.rules.facts import types_of_every_submission
from shared.conditions.condition import COMPARE_FACTS, Grouping
from shared.conditions.operators import OPERATORS
from shared.conditions.value_shapes import ValueShape
from shared.municipalities import MunicipalitySchema

# As in YAML 1.2, where a day is text.
_LOCAL_TIME: JsonSchema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?$"}


def file_schemas() -> dict[str, JsonSchema]:
    """The JSON Schema of each kind of file, by the name of the kind."""
    return {
        "eservice": document(
            EServiceSchema(),
            "An e-service",
            {
                ContentDefinition: _content,
                FieldDefinition: _field,
                LocalTimeKey: lambda _: _LOCAL_TIME,
                keys.Conditions: partial(_conditions, _QUESTION),
            },
        ),
        "casework": document(
            CaseworkSchema(), "A municipality's casework", {Conditions: partial(_conditions, _FACT_OF_RULES)}
        ),
        "table": document(TableSchema(), "A table", {Cell: _cell}),
        "eservice_tests": document(
            ExpectationsSchema(), "What an author expects of a definition", {Moment: _moment, QueueCode: _queue_code}
        ),
        "plain_language": document(WordsSchema(), "Words that plain language avoids", {}),
        "municipality": document(MunicipalitySchema(), "A municipality", {}),
        "vocabulary": document(VocabularySchema(), "The words of the catalogue", {}),
        "messages": _messages(),
    }


def _content(converter: Converter) -> JsonSchema:
    """A question of a form, or a text between questions, which has no name."""
    kinds = {"enum": [each.value for each in TextBlockKind]}
    is_text = {"properties": {"type": kinds, "name": False}, "required": ["type"]}
    return {"if": is_text, "then": converter.nested(TextBlockSchema()), "else": _field(converter)}


def _moment(_: Converter) -> JsonSchema:
    """A time, which editors take as text."""
    return {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}"}


def _queue_code(_: Converter) -> JsonSchema:
    """One for all municipalities, or by municipality."""
    return {"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}


def _cell(converter: Converter) -> JsonSchema:
    """A plain value, or a text in both languages."""
    return {"anyOf": [{"type": ["string", "number", "boolean"]}, converter.nested(keys.TextSchema())]}


def _field(converter: Converter) -> JsonSchema:
    """A field of a form: it takes the keys of its type and no others."""
    types = [f"{name}: {described_by(kind.__doc__)['description']}" for name, kind in FIELD_TYPES.items()]
    return {
        "type": "object",
        "properties": {"type": {"enum": list(FIELD_TYPES), "description": "\n\n".join(types)}},
        "required": ["type"],
        "allOf": [
            {"if": _has("type", name), "then": _field_of_type(kind, converter)} for name, kind in FIELD_TYPES.items()
        ],
        "dependentSchemas": {"require_if": {"properties": {"required": {"const": False}}}},
    }


def _field_of_type(kind: type[Field], converter: Converter) -> JsonSchema:
    limits: JsonSchema = {"fact": {"const": False}} if kind.may_hold_personal_data else {}
    return converter.nested(schema_of(kind)) | ({"properties": limits} if limits else {})


_QUESTION: JsonSchema = {"description": "The name of an earlier question.", "type": "string"}
_FACT_OF_RULES: JsonSchema = {
    "description": "`facts.<name>` is an answer that the e-service's definition gives as a fact.",
    "type": "string",
    "anyOf": [{"enum": list(types_of_every_submission(()))}, {"pattern": r"^facts\.."}],
}


def _conditions(fact: JsonSchema, converter: Converter) -> JsonSchema:
    """A list of conditions, or one."""
    condition, conditions = reference("Condition"), reference("Conditions")
    converter.define(
        "Conditions",
        {"description": "One condition or more.", "type": "array", "items": condition, "minItems": 1},
    )
    converter.define(
        "Condition",
        {
            "description": "A fact compared with a value, or a group of conditions.",
            "type": "object",
            "properties": {
                each.value: conditions | {"description": f"Holds when {each.value} of these hold."} for each in Grouping
            },
            "if": {"anyOf": [{"required": [each.value]} for each in Grouping]},
            "then": {"maxProperties": 1},
            "else": converter.define("Comparison", _comparison(fact)),
        },
    )
    return {"if": {"type": "array"}, "then": conditions, "else": condition}


def _comparison(fact: JsonSchema) -> JsonSchema:
    """A fact compared with a value of the shape that the operator takes."""
    return {
        "description": "A fact compared with a value of the shape that the operator takes.",
        "type": "object",
        "properties": {
            "fact": fact,
            "operator": {"description": "How they are compared.", "enum": list(OPERATORS)},
            "value": {},
        },
        "required": ["fact", "operator", "value"],
        "additionalProperties": False,
        "allOf": [
            {"if": _has("operator", name), "then": {"properties": {"value": _value(name, operator.takes, fact)}}}
            for name, operator in OPERATORS.items()
        ],
    }


def _value(operator: str, shape: ValueShape, fact: JsonSchema) -> JsonSchema:
    described = described_by(shape.called)
    if operator not in COMPARE_FACTS:
        return described | dict(shape.json_schema)
    other = {"type": "object", "properties": {"fact": fact}, "required": ["fact"], "additionalProperties": False}
    return described | {"if": {"type": "object"}, "then": other, "else": dict(shape.json_schema)}


def _messages() -> JsonSchema:
    """The choice of messages, among the events and the templates that there are."""
    found = document(MessagesSchema(), "The choice of messages", {})
    events, exceptions = found["properties"]["events"], found["properties"]["eservices"]["additionalProperties"]
    messages = sorted(available_messages())
    events |= _by_event({"enum": messages}) | {"required": list(EVENTS_WITH_MESSAGE)}
    exceptions |= _by_event({"enum": [*messages, None]})
    return found


def _by_event(message: JsonSchema) -> JsonSchema:
    return {"properties": dict.fromkeys(EVENTS_WITH_MESSAGE, message), "additionalProperties": False}


def _has(key: str, value: str) -> JsonSchema:
    return {"properties": {key: {"const": value}}, "required": [key]}
