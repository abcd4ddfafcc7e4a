"""A line of text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import marshmallow

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.keys import AUTOCOMPLETE, MAX_LENGTH
from services.intake.forms.fields.textual import TextualField, looks_personal
from shared.validation import described


@dataclass(frozen=True, kw_only=True)
class TextField(TextualField):
    """A line of text. `public`: anyone may read the answer, so it is rejected where it seems to hold personal data."""

    type: ClassVar[str] = "text"
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = {
        **AUTOCOMPLETE,
        **MAX_LENGTH,
        "public": marshmallow.fields.Bool(
            metadata=described("Anyone may read the answer; what looks like personal data is refused.")
        ),
    }

    public: bool = False

    @property
    def is_public(self) -> bool:
        """As the definition has it."""
        return self.public

    def check(self, text: str) -> None:
        """What becomes public holds no personal data."""
        if self.public and looks_personal(text):
            raise InvalidAnswer(
                "personal_data",
                "“%(label)s” becomes public. Leave out identity numbers, e-mail addresses and telephone numbers.",
                label=self.label,
            )
