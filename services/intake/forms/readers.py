"""Answers read: for each type of question a function that takes what was sent and gives what is kept, or raises InvalidAnswer.

Whether an answer is needed is not asked here: what is blank never comes this far.
"""

from collections.abc import Callable, Mapping

from services.intake.eservices.definition import Field
from services.intake.forms import compounds, values, words
from services.intake.forms.words import Reader
from shared.clock import Clock

_READERS: Mapping[str, Callable[[Field, Clock], Reader]] = {
    "text": words.line,
    "textarea": words.textarea,
    "email": words.email,
    "tel": words.telephone,
    "select": values.choice,
    "radio": values.choice,
    "checkbox": values.checkbox,
    "number": values.number,
    "date": values.day,
    "property": words.property_designation,
    "place": compounds.place,
    "address": compounds.address,
    "identity_number": values.identity_number,
}


def reader(field: Field, clock: Clock) -> Reader:
    """The function that reads answers to a question. `clock` tells what is past and what is to come."""
    return _READERS[field.type](field, clock)
