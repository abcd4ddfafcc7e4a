"""Files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import marshmallow
from marshmallow import validate

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.field import Field, JsonSchema, Text
from services.intake.forms.fields.keys import filled
from shared.file_schema import OneOf
from shared.files.file_types import KINDS, names
from shared.files.storage import MB
from shared.validation import described

MOST_MEGABYTES = 50  # of one file
FORM_MEGABYTES = 100  # of all files of a form together


@dataclass(frozen=True, kw_only=True)
class FileField(Field):
    """A question answered by files: of the kinds in `accept`, at most `max_files`, each of at most `max_megabytes`.

    Where a picture was taken is removed from it, unless the question is to `keep_position`.
    """

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
            marshmallow.fields.Str(validate=OneOf(tuple(KINDS))),
            validate=filled,
            metadata=described("The kinds of file; `pdf`, `jpeg`, `png` and `heic` when left out."),
        ),
        "max_files": marshmallow.fields.Int(
            strict=True, validate=validate.Range(1, 20), metadata=described("How many files; 1 when left out.")
        ),
        "max_megabytes": marshmallow.fields.Int(
            strict=True,
            validate=validate.Range(1, MOST_MEGABYTES),
            metadata=described("The size of each file at most, in MB; 25 when left out."),
        ),
        "max_megabytes_in_all": marshmallow.fields.Int(
            strict=True,
            validate=validate.Range(1, FORM_MEGABYTES),
            metadata=described("The size of all its files together, in MB; that of the form when left out."),
        ),
        "keep_position": marshmallow.fields.Bool(
            metadata=described("Keep what a picture says about where it was taken; else it is removed.")
        ),
    }
    template: ClassVar[str] = "fields/file.html"

    accept: tuple[str, ...] = ("pdf", "jpeg", "png", "heic")
    max_files: int = 1
    max_megabytes: int = 25
    max_megabytes_in_all: int = FORM_MEGABYTES
    keep_position: bool = False

    @property
    def removes_position(self) -> bool:
        """Whether it may be answered with pictures, and where they were taken is removed."""
        return not self.keep_position and any(name.startswith("image/") for name in self.offered)

    @property
    def form_megabytes(self) -> int:
        """What all files of a form may be together, in MB."""
        return FORM_MEGABYTES

    @property
    def kinds(self) -> Text:
        """What people call the kinds accepted, by language."""
        return names(self.accept)

    @property
    def offered(self) -> list[str]:
        """What a browser offers to choose: the media types and, since not all systems know these, the suffixes."""
        kinds = [KINDS[code] for code in self.accept]
        suffixes = [f".{suffix}" for kind in kinds for suffix in kind.suffixes]
        return [*(name for kind in kinds for name in kind.media_types), *suffixes]

    @property
    def max_bytes(self) -> int:
        """The size of the largest file, in bytes."""
        return self.max_megabytes * MB

    @property
    def max_bytes_in_all(self) -> int:
        """The size of all files together, in bytes."""
        return self.max_megabytes_in_all * MB

    def errors(self, count: int, *, needed: bool = False) -> Iterator[InvalidAnswer]:
        """What is wrong with this many files; `needed`: other answers ask for one."""
        if (self.required or needed) and not count:
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
