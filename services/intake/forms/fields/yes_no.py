"""A question that is answered with yes or no."""

from dataclasses import dataclass
from typing import Any, ClassVar

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.choice import Option, choose_error
from services.intake.forms.fields.field import AnswerField, JsonSchema, Posted, Text
from shared.clock import Clock
from shared.conditions.fact_types import FactKind, FactType

YES: Text = {"sv": "Ja", "en": "Yes"}
NO: Text = {"sv": "Nej", "en": "No"}


@dataclass(frozen=True, kw_only=True)
class YesNoField(AnswerField):
    """A question that is answered with yes or no: unlike a box, no is an answer, and nothing is none.

    `choices` are the two as a browser posts them.
    """

    type: ClassVar[str] = "yes_no"
    EXAMPLE: ClassVar[str] = """\
name: has_children
type: yes_no
label: {sv: "Har du barn som bor hos dig?", en: "Do you have children who live with you?"}
required: true
"""
    may_hold_personal_data: ClassVar[bool] = False
    template: ClassVar[str] = "fields/radio.html"
    choices: ClassVar[tuple[Option, ...]] = (Option("yes", YES), Option("no", NO))

    @property
    def fact_type(self) -> FactType:
        """True or false."""
        return FactType(FactKind.TRUTH)

    def read(self, value: Any, clock: Clock) -> bool:
        """Whether the answer is yes."""
        if not isinstance(value, bool):
            raise InvalidAnswer("type", "“%(label)s” must be answered with yes or no.", label=self.label)
        return value

    def from_browser(self, posted: Posted) -> Any:
        """True or false; what is neither is left for `read` to refuse."""
        text = posted.get(self.name)
        return {"yes": True, "no": False}.get(text or "", text)

    def to_browser(self, answer: bool) -> dict[str, str]:
        """The choice by its code."""
        return {self.name: "yes" if answer else "no"}

    def json_schema(self) -> JsonSchema:
        """True or false."""
        return {"type": "boolean"}

    def display(self, value: bool) -> Text:
        """Yes or no."""
        return YES if value else NO

    def required_error(self) -> InvalidAnswer:
        """Asks to choose, as other choices do."""
        return choose_error(self.label)
