"""A choice from a list that opens."""

from dataclasses import dataclass
from typing import ClassVar

from services.intake.forms.fields.choice import ChoiceField

SHORT = 15  # options that are seen at a glance


@dataclass(frozen=True, kw_only=True)
class SelectField(ChoiceField):
    """A choice from a list that opens. Of more than 15 options, or a data file, a script makes a box to search in."""

    type: ClassVar[str] = "select"
    EXAMPLE: ClassVar[str] = """\
name: measure
type: select
label: {sv: "Vad vill du göra?", en: "What do you want to do?"}
options:
  - {code: sign, label: {sv: Skylt, en: Sign}}
  - {code: facade, label: {sv: Ändrad fasad, en: Changed façade}}
"""
    template: ClassVar[str] = "fields/select.html"

    @property
    def is_long(self) -> bool:
        """Whether the page lets people search among the options, where scripts run."""
        return self.options_from is not None or len(self.options) > SHORT
