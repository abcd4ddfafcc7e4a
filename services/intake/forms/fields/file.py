"""Files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import marshmallow
from marshmallow import validate

from services.intake.attachments.file_types import MEDIA_TYPES
from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.field import Field, JsonSchema
from services.intake.forms.fields.keys import filled
from shared.file_schema import OneOf
from shared.validation import described

MB = 1_000_000


@dataclass(frozen=True, kw_only=True)
class FileField(Field):
    """A question answered by files: of the kinds in `accept`, at most `max_files`, each of at most `max_bytes`."""

    type: ClassVar[str] = "file"
    EXAMPLE: ClassVar[str] = """\
name: drawings
type: file
label: {sv: Ritningar, en: Drawings}
accept: [pdf]
max_files: 5
"""
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = {
        "accept": marshmallow.fields.List(
            marshmallow.fields.Str(validate=OneOf(tuple(MEDIA_TYPES))),
            validate=filled,
            metadata=described("The kinds of file."),
        ),
        "max_files": marshmallow.fields.Int(
            strict=True, validate=validate.Range(1, 20), metadata=described("How many files; 1 when left out.")
        ),
        "max_bytes": marshmallow.fields.Int(
            strict=True, validate=validate.Range(1, 50_000_000), metadata=described("The size of each file at most.")
        ),
    }
    template: ClassVar[str] = "fields/file.html"

    accept: tuple[str, ...] = ("pdf", "jpeg", "png")
    max_files: int = 1
    max_bytes: int = 25 * MB

    @property
    def media_types(self) -> list[str]:
        """The media types of the kinds accepted."""
        return [MEDIA_TYPES[kind] for kind in self.accept]

    @property
    def max_megabytes(self) -> int:
        """The size of the largest file, in whole MB."""
        return self.max_bytes // MB

    def errors(self, count: int) -> Iterator[InvalidAnswer]:
        """What is wrong with this many files."""
        if self.required and not count:
            yield self.required_error()
        if count > self.max_files:
            yield InvalidAnswer(
                "too_many_files", "“%(label)s” may be at most %(most)s files.", label=self.label, most=self.max_files
            )

    def json_schema(self) -> JsonSchema:
        """The ids of uploads."""
        return {
            "type": "array",
            "items": {"type": "string", "format": "uuid"},
            "minItems": 1 if self.required else 0,
            "maxItems": self.max_files,
            "uniqueItems": True,
        }

    def required_error(self) -> InvalidAnswer:
        """Asks to attach a file; other types ask to fill in."""
        return InvalidAnswer("required", "“%(label)s” must be attached.", label=self.label)
