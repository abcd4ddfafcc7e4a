"""A choice from a list that opens."""

from dataclasses import dataclass
from typing import ClassVar

from services.intake.forms.fields.choice import ChoiceField


@dataclass(frozen=True, kw_only=True)
class SelectField(ChoiceField):
    """A choice from a list that opens: for many options."""

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
