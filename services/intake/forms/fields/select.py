"""A choice from a list that opens."""

from dataclasses import dataclass
from typing import ClassVar

from services.intake.forms.fields.choice import ChoiceField


@dataclass(frozen=True, kw_only=True)
class SelectField(ChoiceField):
    """A choice from a list that opens: for many options."""

    type: ClassVar[str] = "select"
    template: ClassVar[str] = "fields/select.html"
