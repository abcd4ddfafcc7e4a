"""Fields as definition files have them, and their answers as a browser gives them."""

from typing import Any

import yaml

from services.intake.forms.errors import InvalidAnswer, InvalidParts
from services.intake.forms.fields.field import AnswerField, Field
from services.intake.forms.fields.registry import FIELD_TYPES, FieldDefinition
from tests.builders import HandClock

OPTIONS = [
    {"code": "one", "label": {"sv": "Ett", "en": "One"}},
    {"code": "two", "label": {"sv": "Två", "en": "Two"}},
]
NEEDED = {"select": {"options": OPTIONS}, "radio": {"options": OPTIONS}, "checkboxes": {"options": OPTIONS}}


def definition(type_name: str, **changes: Any) -> dict[str, Any]:
    """A definition with the keys that its type needs."""
    label = {"sv": "Fråga", "en": "Question"}
    return {"name": "question", "type": type_name, "label": label, **NEEDED.get(type_name, {}), **changes}


def load(type_name: str, **changes: Any) -> Field:
    """A field of the type."""
    return FieldDefinition().deserialize(definition(type_name, **changes))


def example(type_name: str) -> Field:
    """The field that the documentation of the type has."""
    return FieldDefinition().deserialize(yaml.safe_load(FIELD_TYPES[type_name].EXAMPLE))


def answered(field: AnswerField, inputs: str | dict[str, str]) -> Any:
    """The stored answer of what somebody fills in: in the only input, or in several by the end of their names."""
    ends = {"": inputs} if isinstance(inputs, str) else inputs
    posted = {f"{field.name}{end}": text for end, text in ends.items()}
    return field.read(field.from_browser(posted), HandClock())


def error_of(field: AnswerField, inputs: str | dict[str, str]) -> str | dict[str, str]:
    """The code of the error of what somebody fills in, or of each of its parts."""
    try:
        answer = answered(field, inputs)
    except InvalidAnswer as invalid:
        return invalid.error.code
    except InvalidParts as invalid:
        return {name: part.error.code for name, part in invalid.parts.items()}
    raise AssertionError(f"{inputs!r} is read as {answer!r}")
