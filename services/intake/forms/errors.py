"""What can be wrong with what somebody sent: a code for the figures, a sentence for the person, in their language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.intake.eservices.definition import Text
from shared.web.languages import gettext, language


@dataclass(frozen=True)
class ErrorMessage:
    """One thing wrong. `text` is English, the source language; its values may be texts by language."""

    code: str
    text: str
    values: Mapping[str, str | int | float | Text]

    def told(self) -> str:
        """The sentence in the reader's language."""
        values: dict[str, Any] = {
            name: value.get(language(), value["sv"]) if isinstance(value, Mapping) else value
            for name, value in self.values.items()
        }
        return gettext(self.text, **values)


@dataclass(frozen=True)
class FieldError:
    """A fault and where it is: a JSON Pointer (RFC 6901) into what was sent."""

    pointer: str
    fault: ErrorMessage


class SubmissionInvalid(Exception):
    """What was sent cannot be taken, for every reason there is."""

    def __init__(self, faults: Iterable[FieldError]) -> None:
        self.faults = tuple(faults)
        super().__init__(", ".join(sorted({each.fault.code for each in self.faults})))


class InvalidAnswer(Exception):
    """An answer is not right; the code and the sentence say how."""

    def __init__(self, code: str, text: str, **values: str | int | float | Text) -> None:
        super().__init__(code)
        self.fault = ErrorMessage(code, text, values)
