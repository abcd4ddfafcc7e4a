"""A choice between options that are all seen."""

from dataclasses import dataclass
from typing import ClassVar

from services.intake.forms.fields.choice import ChoiceField


@dataclass(frozen=True, kw_only=True)
class RadioField(ChoiceField):
    """A choice between options that are all seen: for few of them."""

    type: ClassVar[str] = "radio"
    EXAMPLE: ClassVar[str] = """\
name: plan
type: radio
label: {sv: "Ligger det inom detaljplan?", en: "Is it within a detailed plan?"}
options:
  - {code: inside, label: {sv: Ja, en: "Yes"}}
  - {code: outside, label: {sv: Nej, en: "No"}}
"""
    template: ClassVar[str] = "fields/radio.html"
