"""What an e-service takes, as JSON Schema (draft 2020-12), for those who write clients and tests."""

from typing import Any

from services.intake.eservices.definition import EService, Field
from services.intake.forms.words import MAX_EMAIL, MAX_TEXT, MAX_TEXTAREA
from shared.municipalities import LANGUAGES

DIALECT = "https://json-schema.org/draft/2020-12/schema"

JsonSchema = dict[str, Any]


def json_schema(eservice: EService, address: str) -> JsonSchema:
    """The schema of a submission to the e-service. `address` is its own, `$id`.

    It says less than the form checks: check digits, dates past or to come and what is written in words are left out.
    """
    return {
        "$schema": DIALECT,
        "$id": address,
        "title": eservice.title["sv"],
        "description": eservice.summary["sv"],
        "type": "object",
        "properties": {
            "eservice": {"const": eservice.code},
            "language": {"enum": list(LANGUAGES)},
            "answers": _answers(eservice),
            "attachments": _attachments(eservice),
        },
        "required": ["eservice", "answers", *_required_files(eservice)],
        "additionalProperties": False,
    }


def _answers(eservice: EService) -> JsonSchema:
    conditional = [_needed_when(field) for field in eservice.fields.values() if field.required_if]
    return {
        "type": "object",
        "properties": {name: _question(field) for name, field in eservice.fields.items()},
        "required": [name for name, field in eservice.fields.items() if field.required],
        "additionalProperties": False,
        **({"allOf": conditional} if conditional else {}),
    }


def _needed_when(field: Field) -> JsonSchema:
    condition = str(field.required_if)
    return {
        "if": {"properties": {condition: {"const": True}}, "required": [condition]},
        "then": {"required": [field.name]},
        "else": {"properties": {field.name: False}},
    }


def _attachments(eservice: EService) -> JsonSchema:
    return {
        "type": "object",
        "properties": {name: _files(field) for name, field in eservice.files.items()},
        "required": [name for name, field in eservice.files.items() if field.required],
        "additionalProperties": False,
    }


def _required_files(eservice: EService) -> list[str]:
    return ["attachments"] if any(field.required for field in eservice.files.values()) else []


def _files(field: Field) -> JsonSchema:
    return {
        "title": field.label["sv"],
        "type": "array",
        "items": {"type": "string", "format": "uuid"},
        "minItems": 1 if field.required else 0,
        "maxItems": field.max_files,
        "uniqueItems": True,
    }


def _question(field: Field) -> JsonSchema:
    hint = {"description": field.hint["sv"]} if field.hint else {}
    return {"title": field.label["sv"], **hint, **_of_type(field)}


def _of_type(field: Field) -> JsonSchema:
    match field.type:
        case "select" | "radio":
            return {"enum": [option.code for option in field.options]}
        case "checkbox":
            return {"const": True} if field.required else {"type": "boolean"}
        case "number":
            limits = {"minimum": field.minimum, "maximum": field.maximum}
            return {"type": "number", **{name: limit for name, limit in limits.items() if limit is not None}}
        case "date":
            return {"type": "string", "format": "date"}
        case "email":
            return {"type": "string", "format": "email", "maxLength": MAX_EMAIL}
        case _:
            return _PARTS.get(field.type) or _words(field)


def _words(field: Field) -> JsonSchema:
    most = field.max_length or (MAX_TEXTAREA if field.type == "textarea" else MAX_TEXT)
    return {"type": "string", "maxLength": most, **({"minLength": 1} if field.required else {})}


_PARTS: dict[str, JsonSchema] = {
    "place": {
        "type": "object",
        "properties": {
            "text": {"type": "string", "minLength": 1, "maxLength": 300},
            "latitude": {"type": "number", "description": "WGS 84."},
            "longitude": {"type": "number", "description": "WGS 84."},
        },
        "required": ["text"],
        "dependentRequired": {"latitude": ["longitude"], "longitude": ["latitude"]},
        "additionalProperties": False,
    },
    "address": {
        "type": "object",
        "properties": {
            "street": {"type": "string", "minLength": 1, "maxLength": 120},
            "postal_code": {"type": "string", "pattern": "^\\s*[1-9]\\d{2}\\s?\\d{2}\\s*$"},
            "city": {"type": "string", "minLength": 1, "maxLength": 60},
        },
        "required": ["street", "postal_code", "city"],
        "additionalProperties": False,
    },
}
