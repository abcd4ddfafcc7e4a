"""An error in what somebody sent, as a code for the metrics and a sentence in the language of the person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.i18n.formats import localized
from shared.i18n.translations import Languages

Value = str | int | float | Mapping[str, str]


@dataclass(frozen=True)
class ErrorMessage:
    """One error. `text` is English, the source language; its values may be texts by language."""

    code: str
    text: str
    values: Mapping[str, Value]

    def localized(self, language: str, languages: Languages) -> str:
        """The sentence in the language, with its values filled in."""
        values: dict[str, Any] = {
            name: localized(value, language) if isinstance(value, Mapping) else value
            for name, value in self.values.items()
        }
        return languages.gettext(language, self.text, **values)
