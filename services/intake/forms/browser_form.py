"""What a browser posts, which is all text, as the answers that a form reads; and where on the page a fault belongs."""

from typing import Any

from werkzeug.datastructures import MultiDict

from services.intake.eservices.definition import EService, Field

TICKED = "yes"
_FIRST_INPUT = {"place": "text", "address": "street"}
_PARTS = {"place": ("text", "latitude", "longitude"), "address": ("street", "postal_code", "city")}
_NUMBERS = ("latitude", "longitude")

Posted = MultiDict[str, str]


def answers(eservice: EService, posted: Posted) -> dict[str, Any]:
    """The answers to the e-service's questions; what is not a question of it is passed over."""
    return {name: _answer(field, posted) for name, field in eservice.fields.items()}


def question(pointer: str) -> str:
    """The name of the question that a fault is about."""
    return pointer.split("/")[2]


def input_name(eservice: EService, pointer: str) -> str:
    """The name of the input that a fault belongs to, from its pointer (`/answers/place/text` → `place.text`)."""
    _, kind, name, *rest = pointer.split("/")
    if kind != "answers" or name not in eservice.fields:
        return name
    part = rest[0] if rest else _FIRST_INPUT.get(eservice.fields[name].type)
    return f"{name}.{part}" if part else name


def _answer(field: Field, posted: Posted) -> Any:
    if field.type == "checkbox":
        return posted.get(field.name) == TICKED
    if field.type == "number":
        return _number(posted.get(field.name, ""))
    if field.type in _PARTS:
        return {part: _part(part, posted.get(f"{field.name}.{part}", "")) for part in _PARTS[field.type]}
    return posted.get(field.name)


def _part(name: str, written: str) -> Any:
    return _number(written) if name in _NUMBERS else written


def _number(written: str) -> float | str:
    """A number as people write it, `1 234,5`; else the text as it is, for the form to refuse."""
    bare = "".join(written.split()).replace(",", ".").replace("−", "-")
    try:
        return float(bare) if bare.strip("+-.0123456789") == "" else written
    except ValueError:
        return written
