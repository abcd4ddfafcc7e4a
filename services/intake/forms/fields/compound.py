"""The base of field types whose answer has several parts, each a field in itself."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from services.intake.forms.errors import InvalidAnswer, InvalidParts
from services.intake.forms.fields.field import AnswerField, Posted, is_blank
from shared.clock import Clock


@dataclass(frozen=True, kw_only=True)
class CompoundField(AnswerField):
    """A question whose answer is an object. Errors of all parts are found at once."""

    @abstractmethod
    def make_parts(self) -> Mapping[str, AnswerField]:
        """The parts by name, in the order of the page; each `required` or not, its own name that of its input."""

    @cached_property
    def parts(self) -> Mapping[str, AnswerField]:
        """The parts, made once."""
        return self.make_parts()

    def parts_of(self, value: Mapping[str, Any]) -> Mapping[str, AnswerField]:
        """The parts as this answer needs them, where one depends on another."""
        return self.parts

    def read(self, value: Any, clock: Clock) -> dict[str, Any]:
        """The parts that were filled in, by name."""
        if not isinstance(value, dict) or not value.keys() <= self.parts.keys():
            names = ", ".join(self.parts)
            raise InvalidAnswer("type", "“%(label)s” must be an object with %(parts)s.", label=self.label, parts=names)
        errors: dict[str, InvalidAnswer] = {}
        answer: dict[str, Any] = {}
        for name, part in self.parts_of(value).items():
            try:
                if not is_blank(value.get(name)):
                    answer[name] = part.read(value[name], clock)
                elif part.required:
                    raise part.required_error()
            except InvalidAnswer as error:
                errors[name] = error
        if errors:
            raise InvalidParts(errors)
        return answer

    def from_browser(self, posted: Posted) -> dict[str, Any]:
        """Each part from its own input."""
        return {name: part.from_browser(posted) for name, part in self.parts.items()}

    def to_browser(self, answer: Mapping[str, Any]) -> dict[str, str]:
        """The inputs of the parts that the answer has."""
        return {
            name: text
            for part, each in self.parts.items()
            if part in answer
            for name, text in each.to_browser(answer[part]).items()
        }

    def input_name(self, part: str | None = None) -> str:
        """The input of the part, or of the first."""
        return self.parts[part or next(iter(self.parts))].name
