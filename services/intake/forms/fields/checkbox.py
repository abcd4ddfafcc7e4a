"""A box to tick."""

from dataclasses import dataclass
from typing import Any, ClassVar

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.field import AnswerField, JsonSchema, Posted, Text
from services.intake.forms.fields.yes_no import NO, YES
from shared.clock import Clock
from shared.conditions.fact_types import FactKind, FactType


@dataclass(frozen=True, kw_only=True)
class CheckboxField(AnswerField):
    """A box to tick. One that is required must be ticked.

    `ticked` is what a browser posts of a ticked box.
    """

    type: ClassVar[str] = "checkbox"
    EXAMPLE: ClassVar[str] = """\
name: needs_interpreter
type: checkbox
label: {sv: Jag behöver tolk, en: I need an interpreter}
"""
    may_hold_personal_data: ClassVar[bool] = False
    template: ClassVar[str] = "fields/checkbox.html"
    may_be_prefilled: ClassVar[bool] = False  # to tick it is to agree, or to choose
    ticked: ClassVar[str] = "yes"

    @property
    def fact_type(self) -> FactType:
        """True or false."""
        return FactType(FactKind.TRUTH)

    def read(self, value: Any, clock: Clock) -> bool:
        """Whether the box is ticked."""
        if not isinstance(value, bool):
            raise InvalidAnswer("type", "“%(label)s” must be true or false.", label=self.label)
        if self.required and not value:
            raise self.required_error()
        return value

    def from_browser(self, posted: Posted) -> bool:
        """A browser posts nothing for an empty box."""
        return posted.get(self.name) == self.ticked

    def json_schema(self) -> JsonSchema:
        """True or false; only true where it must be ticked."""
        return {"const": True} if self.required else {"type": "boolean"}

    def display(self, value: bool) -> Text:
        """Yes or no."""
        return YES if value else NO

    def required_error(self) -> InvalidAnswer:
        """Asks to tick the box; other types ask to fill in."""
        return InvalidAnswer("required", "Tick “%(label)s” to go on.", label=self.label)
