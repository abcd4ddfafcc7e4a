"""Why an action cannot be, or was not, performed on one case of a job."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError

from services.routing.cases.errors import CaseNotFound, InvalidInput, PartialOfficer, StaleCase
from services.routing.cases.journal import BrokenJournal
from services.routing.cases.state_machine import ActionNotAllowed


class Reason(StrEnum):
    """Why, in a word."""

    CHANGED = "changed"
    NOT_ALLOWED = "not_allowed"
    NOT_FOUND = "not_found"
    INVALID = "invalid"
    JOURNAL_BROKEN = "journal_broken"
    RIGHTS_OVER = "rights_over"
    PARTIAL = "partial"
    UNEXPECTED = "unexpected"


@dataclass(frozen=True)
class CaseFailure:
    """Why, and what there is to add: the case's `state`; or the `errors`, one message by field, in English."""

    reason: Reason
    detail: Mapping[str, Any] = field(default_factory=dict)


def failure_of(error: Exception) -> CaseFailure:
    """The failure that an error of an action is."""
    match error:
        case ActionNotAllowed():
            return CaseFailure(Reason.NOT_ALLOWED, {"state": error.state})
        case InvalidInput():
            return CaseFailure(Reason.INVALID, {"errors": {error.field: error.message}})
        case ValidationError():
            messages: dict[str, list[str]] = error.normalized_messages()  # type: ignore[no-untyped-call]
            return CaseFailure(Reason.INVALID, {"errors": {name: str(each[0]) for name, each in messages.items()}})
    return CaseFailure(next((reason for kind, reason in _PLAIN.items() if isinstance(error, kind)), Reason.UNEXPECTED))


_PLAIN: Mapping[type[Exception], Reason] = {
    StaleCase: Reason.CHANGED,
    CaseNotFound: Reason.NOT_FOUND,
    BrokenJournal: Reason.JOURNAL_BROKEN,
    PartialOfficer: Reason.PARTIAL,
}
