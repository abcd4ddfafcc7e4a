"""A property designation (fastighetsbeteckning)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import marshmallow

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.keys import AUTOCOMPLETE
from services.intake.forms.fields.textual import TextualField, looks_personal

# Block and unit after the name, which has no long number in it: `Åsen 3:14`, `S:t Eriks 5`; or, owned by several,
# land, facilities or fishing: `Byn S:1`, `Byn GA:3`, `Byn FS:12`.
_PROPERTY = re.compile(
    r"(?!.*[0-9]{4}.* )[^\W\d_]([\w .&'’-]|(?<=[^\W\d_]):(?=[^\W\d_])){0,60} "
    r"([0-9]{1,5}(:[0-9]{1,6})?|(?i:S|GA|FS):[0-9]{1,6})"
)


@dataclass(frozen=True, kw_only=True)
class PropertyField(TextualField):
    """A property designation, stored as it was typed. It becomes public, so it is nothing more."""

    type: ClassVar[str] = "property"
    EXAMPLE: ClassVar[str] = """\
name: property
type: property
label: {sv: Fastighetsbeteckning, en: Property designation}
fact: true
"""
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = AUTOCOMPLETE
    may_hold_personal_data: ClassVar[bool] = False
    has_grammar: ClassVar[bool] = True

    def _cleaned(self, value: str) -> str:
        return re.sub(" ?: ?", ":", super()._cleaned(value)).rstrip(" ,;.")

    def check(self, text: str) -> None:
        """A name, then block and unit; nothing that seems to be personal data."""
        if not _PROPERTY.fullmatch(text) or looks_personal(text):
            raise InvalidAnswer(
                "property", "“%(label)s” is not a property designation. Write it like Åsen 3:14.", label=self.label
            )
