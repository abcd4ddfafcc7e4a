"""A line of text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import marshmallow

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.field import JsonSchema
from services.intake.forms.fields.keys import AUTOCOMPLETE, LIMITS
from services.intake.forms.fields.pattern import Pattern, PatternSchema
from services.intake.forms.fields.textual import TextualField, looks_personal
from shared.validation import described


@dataclass(frozen=True, kw_only=True)
class TextField(TextualField):
    """A line of text. `public`: anyone may read the answer, so it is rejected where it seems to hold personal data."""

    type: ClassVar[str] = "text"
    EXAMPLE: ClassVar[str] = """\
name: registration
type: text
label: {sv: Fordonets registreringsnummer, en: The vehicle's registration number}
max_length: 10
pattern:
  regex: '[A-Za-z]{3} ?[0-9]{2}[A-Za-z0-9]'
  message: {sv: Skriv tre bokstäver och tre tecken., en: Write three letters and three characters.}
  example: ABC 12D
"""
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = {
        **AUTOCOMPLETE,
        **LIMITS,
        "pattern": marshmallow.fields.Nested(
            PatternSchema, metadata=described("What the answer must look like, beside its length.")
        ),
        "public": marshmallow.fields.Bool(
            metadata=described("Anyone may read the answer; what looks like personal data is refused.")
        ),
    }

    public: bool = False
    pattern: Pattern | None = None

    @property
    def is_public(self) -> bool:
        """As the definition has it."""
        return self.public

    def definition_errors(self) -> dict[str, Any]:
        """The example of the pattern is an answer."""
        try:
            if self.pattern:
                self.check(self.read_text(self.pattern.example))
        except InvalidAnswer as invalid:
            return {"pattern": {"example": [f"is no answer: {invalid.error.code}"]}}
        return {}

    def check(self, text: str) -> None:
        """What becomes public holds no personal data; what has a pattern matches it."""
        if self.public and looks_personal(text):
            raise InvalidAnswer(
                "personal_data",
                "“%(label)s” becomes public. Leave out identity numbers, e-mail addresses and telephone numbers.",
                label=self.label,
            )
        if self.pattern and not self.pattern.matches(text):
            raise InvalidAnswer("pattern", "“%(label)s”: %(message)s", label=self.label, message=self.pattern.message)

    def json_schema(self) -> JsonSchema:
        """Text of a bounded length, with its pattern where it has one."""
        pattern = {"pattern": f"^(?:{self.pattern.regex})$"} if self.pattern else {}
        return {**super().json_schema(), **pattern}
