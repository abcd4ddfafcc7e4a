"""A choice of several options."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import marshmallow
from marshmallow import validate

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.choice import OptionsField
from services.intake.forms.fields.field import LANGUAGES, JsonSchema, Posted, Text
from shared.clock import Clock
from shared.conditions.fact_types import FactKind, FactType
from shared.validation import described


@dataclass(frozen=True, kw_only=True)
class CheckboxesField(OptionsField):
    """A choice of several options, at least `least` and at most `most` of them; the answer has them in their order.

    A browser posts each option as an input of its own, `<name>.<code>`, with the value `ticked`.
    """

    type: ClassVar[str] = "checkboxes"
    EXAMPLE: ClassVar[str] = """\
name: weekdays
type: checkboxes
label: {sv: "Vilka dagar?", en: "Which days?"}
options:
  - {code: monday, label: {sv: Måndag, en: Monday}}
  - {code: tuesday, label: {sv: Tisdag, en: Tuesday}}
  - {code: wednesday, label: {sv: Onsdag, en: Wednesday}}
most: 2
"""
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = {
        **OptionsField.KEYS,
        "least": marshmallow.fields.Int(
            strict=True,
            validate=validate.Range(1, 100),
            metadata=described("How many must be chosen, where any is; else 1."),
        ),
        "most": marshmallow.fields.Int(
            strict=True, validate=validate.Range(1, 100), metadata=described("How many may be chosen; else all.")
        ),
    }
    template: ClassVar[str] = "fields/checkboxes.html"
    ticked: ClassVar[str] = "yes"

    least: int = 1
    most: int | None = None

    @property
    def fact_type(self) -> FactType:
        """A list of codes."""
        return FactType(FactKind.CHOICES, tuple(self.labels), option_name=f"option of {self.name}")

    def definition_errors(self) -> dict[str, Any]:
        """As many as are needed may be chosen."""
        if (errors := super().definition_errors()) or self.options_from:
            return errors
        if self.least > (self.most or len(self.options)):
            return {"least": ["must not be more than most, or than there are options"]}
        if self.most and self.most > len(self.options):
            return {"most": ["must not be more than there are options"]}
        return {}

    def read(self, value: Any, clock: Clock) -> list[str]:
        """The codes of the chosen options, each once."""
        known = isinstance(value, list) and all(isinstance(each, str) and each in self.labels for each in value)
        if not known:
            raise InvalidAnswer("option", "“%(label)s” must be a list of the choices.", label=self.label)
        chosen = [code for code in self.labels if code in value]
        if not chosen:
            raise self.required_error()
        if len(chosen) < self.least:
            raise InvalidAnswer(
                "too_few",
                "Choose at least %(least)s answers to “%(label)s”. Now it is %(chosen)s.",
                label=self.label,
                least=self.least,
                chosen=len(chosen),
            )
        if len(chosen) > (self.most or len(chosen)):
            raise InvalidAnswer(
                "too_many",
                "Choose at most %(most)s answers to “%(label)s”. Now it is %(chosen)s.",
                label=self.label,
                most=self.most or 0,
                chosen=len(chosen),
            )
        return chosen

    def from_browser(self, posted: Posted) -> list[str]:
        """A browser posts the ticked boxes only."""
        return [code for code in self.labels if posted.get(f"{self.name}.{code}") == self.ticked]

    def to_browser(self, answer: list[str]) -> dict[str, str]:
        """The ticked boxes."""
        return {f"{self.name}.{code}": self.ticked for code in answer}

    def json_schema(self) -> JsonSchema:
        """A list of codes."""
        return {
            "type": "array",
            "items": {"enum": list(self.labels)},
            "minItems": self.least,
            "maxItems": self.most or len(self.options),
            "uniqueItems": True,
        }

    def display(self, value: list[str]) -> Text:
        """The labels of the chosen options."""
        return {language: ", ".join(each[language] for each in self.labels_of(value)) for language in LANGUAGES}

    def labels_of(self, value: list[str]) -> list[Text]:
        """The label of each chosen option."""
        return [self.labels[code] for code in value]
