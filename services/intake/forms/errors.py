"""What can be wrong with what somebody sent: a code for the metrics, a sentence for the person, in their language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.i18n.errors import ErrorMessage, Value


@dataclass(frozen=True)
class FieldError:
    """An error and its place: a JSON Pointer (RFC 6901) into what was sent."""

    pointer: str
    error: ErrorMessage


class SubmissionInvalid(Exception):
    """What was sent cannot be accepted, with every error in it."""

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__(", ".join(sorted({each.error.code for each in self.errors})))


class InvalidAnswer(Exception):
    """An answer is not valid; for the reason of the code and the sentence."""

    def __init__(self, code: str, text: str, **values: Value) -> None:
        super().__init__(code)
        self.error = ErrorMessage(code, text, values)


class InvalidParts(Exception):
    """Some parts of an answer are not valid, by the name of the part."""

    def __init__(self, parts: Mapping[str, InvalidAnswer]) -> None:
        super().__init__(", ".join(parts))
        self.parts = parts
