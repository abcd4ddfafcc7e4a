"""What an e-service takes, as JSON Schema (draft 2020-12), for those who write clients and tests."""

from services.intake.eservices.definition import EService
from services.intake.forms.fields.field import LANGUAGES, Field, JsonSchema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(eservice: EService, address: str) -> JsonSchema:
    """The schema of a submission to the e-service. `address` is its own, `$id`.

    The form checks more than the schema can express: check digits, past and future dates, what a text holds.
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
        "properties": {name: _question(field) for name, field in eservice.files.items()},
        "required": [name for name, field in eservice.files.items() if field.required],
        "additionalProperties": False,
    }


def _required_files(eservice: EService) -> list[str]:
    return ["attachments"] if any(field.required for field in eservice.files.values()) else []


def _question(field: Field) -> JsonSchema:
    hint = {"description": field.hint["sv"]} if field.hint else {}
    return {"title": field.label["sv"], **hint, **field.json_schema()}
