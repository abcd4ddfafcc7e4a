"""A choice between options that are all seen."""

from dataclasses import dataclass
from typing import ClassVar

from services.intake.forms.fields.choice import ChoiceField


@dataclass(frozen=True, kw_only=True)
class RadioField(ChoiceField):
    """A choice between options that are all seen: for few of them."""

    type: ClassVar[str] = "radio"
    template: ClassVar[str] = "fields/radio.html"
