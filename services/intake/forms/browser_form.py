"""What a browser posts, which is all text, as the answers that a form reads; and where on the page an error belongs."""

from typing import Any

from services.intake.eservices.definition import EService
from services.intake.forms.fields.field import Posted


def answers(eservice: EService, posted: Posted) -> dict[str, Any]:
    """The answers to the e-service's questions; what is not a question of it is passed over."""
    return {name: field.from_browser(posted) for name, field in eservice.fields.items()}


def question(pointer: str) -> str:
    """The name of the question that an error is about."""
    return pointer.split("/")[2]


def input_name(eservice: EService, pointer: str) -> str:
    """The name of the input that an error belongs to, from its pointer (`/answers/place/text` → `place.text`)."""
    _, kind, name, *rest = pointer.split("/")
    if kind != "answers" or name not in eservice.fields:
        return name
    return eservice.fields[name].input_name(*rest[:1])
