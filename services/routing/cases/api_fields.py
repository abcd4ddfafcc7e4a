"""Fields that the API's schemas of several capabilities have."""

from typing import Any

from marshmallow import fields

from services.routing.cases.state_machine import State
from services.routing.rules.rules import Priority


def localized_text() -> fields.Dict:
    """A text by language."""
    return fields.Dict(
        keys=fields.Str(), values=fields.Str(), required=True, metadata={"description": "By language, sv and en."}
    )


def state_field(attribute: str | None = None) -> fields.Str:
    """The state of a case. Not an enum in the API: a newer version of the service may write states not known yet."""
    known = ", ".join(State)
    return fields.Str(
        required=True, attribute=attribute, metadata={"description": f"One of {known}; later versions may have more."}
    )


class PriorityName(fields.Str):
    """A case's priority by the name that rules give it; the database has a number, to sort by."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> str:
        return Priority(value).code
