"""The topics and life situations that the catalogue is sorted by: codes with labels, shared by all e-services.

An installation's `<eservices>/vocabulary.yaml` takes the place of the one that comes with the code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from services.intake.forms.fields import keys
from services.intake.forms.fields.field import Text
from shared import yaml_files
from shared.eservice_files import VOCABULARY
from shared.file_schema import FileSchema
from shared.validation import described

OURS = Path(__file__).with_name(VOCABULARY)


@dataclass(frozen=True)
class Vocabulary:
    """The labels by code, in the order that the catalogue has them."""

    topics: Mapping[str, Text] = field(default_factory=dict)
    life_situations: Mapping[str, Text] = field(default_factory=dict)


def read(folder: Path) -> Vocabulary:
    """The vocabulary of a folder with e-services. Raises FileError for the first error in it."""
    file = folder / VOCABULARY
    document = yaml_files.read(file if file.exists() else OURS)
    for error in document.repeated_keys():
        raise error
    try:
        vocabulary: Vocabulary = VocabularySchema().load(document.content)
    except ValidationError as error:
        raise document.errors(error.messages)[0] from error
    return vocabulary


class TermSchema(FileSchema):
    """A topic or a life situation."""

    code = fields.Str(required=True, validate=keys.code)
    label = keys.text()


class VocabularySchema(FileSchema):
    """The topics and life situations that the catalogue is sorted by, in its order."""

    topics = fields.List(
        fields.Nested(TermSchema), required=True, metadata=described("What e-services are about; each is a heading.")
    )
    life_situations = fields.List(
        fields.Nested(TermSchema), required=True, metadata=described("What may happen in a life that leads to them.")
    )

    @validates_schema(skip_on_field_errors=True)
    def check(self, data: Mapping[str, Any], **_: Any) -> None:
        """No code stands for two."""
        for name, terms in data.items():
            if keys.repeated(term["code"] for term in terms):
                raise ValidationError("two have the same code", name)

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Vocabulary:
        """As a dataclass."""
        return Vocabulary(**{name: {term["code"]: term["label"] for term in terms} for name, terms in data.items()})
