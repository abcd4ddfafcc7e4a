"""What goes in and out of the API of submissions."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from shared.events.intake import ArrivalChannel
from shared.municipalities import LANGUAGES

REFERENCE = {
    "example": "7K3M-9QXT-2WVC-D4TA",
    "description": "The submitter's key. Whoever has it sees the submission.",
}


class _Files(fields.Dict):
    def __init__(self, values: fields.Field[Any], **options: Any) -> None:
        super().__init__(keys=fields.Str(validate=_NAME), values=values, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        """Put an error at the file itself, without the steps `key` and `value` that marshmallow adds."""
        try:
            return super()._deserialize(value, attr, data, **options)  # type: ignore[no-untyped-call]
        except ValidationError as error:
            if isinstance(error.messages, dict):
                error.messages = {
                    name: inner.get("key") or inner.get("value", inner) for name, inner in error.messages.items()
                }
            raise


class _FilesOrEntries(fields.Field[Any]):
    """The ids of a question's files; of a repeated section those of each entry, by question."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> Any:
        is_repeated = isinstance(value, list) and any(isinstance(each, dict) for each in value)
        return (_ENTRIES if is_repeated else _IDS).deserialize(value)


_NAME = validate.Regexp(r"[^.]*\Z")  # inside, a name with full stops is that of a question in an entry
_IDS = fields.List(fields.UUID(), validate=validate.Length(max=100))
_ENTRIES = fields.List(_Files(_IDS), validate=validate.Length(max=100))
_SCHEMA_OF_IDS = {"type": "array", "items": {"type": "string", "format": "uuid"}, "maxItems": 100}
_SCHEMA_OF_ENTRIES = {
    "type": "array",
    "items": {"type": "object", "additionalProperties": _SCHEMA_OF_IDS},
    "maxItems": 100,
}


class ArrivalSchema(Schema):
    """How something came that its submitter did not send through the e-service."""

    channel = fields.Enum(ArrivalChannel, required=True, by_value=True)
    received_on = fields.Date(
        required=True,
        metadata={
            "description": "The day that it reached the municipality: within the last year. Time limits run from it."
        },
    )


class SubmissionSchema(Schema):
    """A submission. What `answers` may hold is in the e-service's JSON Schema."""

    eservice = fields.Str(required=True, validate=validate.Length(min=1, max=40), metadata={"example": "felanmalan"})
    language = fields.Str(
        validate=validate.OneOf(LANGUAGES), metadata={"description": "The language to write to the submitter in."}
    )
    answers = fields.Dict(
        required=True,
        keys=fields.Str(),
        metadata={"example": {"category": "street_light", "place": {"text": "Dalgatan 3"}, "description": "Släckt."}},
    )
    attachments = _Files(
        _FilesOrEntries(metadata={"anyOf": [_SCHEMA_OF_IDS, _SCHEMA_OF_ENTRIES]}),
        metadata={
            "description": "Ids of uploaded files, by the question that they answer; for a repeated section a list "
            "with such a mapping for each entry, in the order of the entries in `answers`. `_original`: what came in."
        },
    )
    arrival = fields.Nested(
        ArrivalSchema,
        metadata={"description": "Only with an officer's `Arrival-Permit`; any answer may then be missing."},
    )


class ReceiptSchema(Schema):
    """The submission was received: this is the receipt."""

    reference = fields.Str(required=True, metadata=REFERENCE)
    received_at = fields.AwareDateTime(required=True)
    page = fields.Url(required=True, metadata={"description": "Where the submitter follows the case."})
