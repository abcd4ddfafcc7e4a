"""What the schemas of YAML files share: the error of an unknown key or value names the one that was likely intended."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from shared.validation import likely


class FileSchema(Schema):
    """The schema of a mapping in a YAML file."""

    error_messages = {"type": "must have keys of its own: write them below it, each indented"}  # noqa: RUF012

    def handle_error(self, error: ValidationError, data: Any, *, many: bool, **_: Any) -> None:
        """Add the likely key to the error of an unknown one."""
        if many or not isinstance(data, Mapping) or not isinstance(error.messages, dict):
            return
        known = [field.data_key or name for name, field in self.fields.items()]
        for key in set(data) - set(known):
            if key in error.messages:
                error.messages[key] = [_with_likely(self.error_messages["unknown"], key, known)]


class OneOf(validate.OneOf):
    """One of the choices."""

    def _format_error(self, value: Any) -> str:
        return _with_likely(super()._format_error(value), value, map(str, self.choices))


class EnumValue(fields.Enum[Any]):
    """A value of an enum."""

    def __init__(self, enum: type[StrEnum], **options: Any) -> None:
        super().__init__(enum, by_value=True, **options)

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        try:
            return super()._deserialize(value, *args, **options)
        except ValidationError as error:
            known = [str(each.value) for each in self.enum]
            raise ValidationError(_with_likely(str(error.messages[0]), value, known)) from error


def _with_likely(message: str, name: Any, known: Iterable[str]) -> str:
    end = likely(name, known)
    return f"{message.rstrip('.')}{end}" if end else message
