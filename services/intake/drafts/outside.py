"""Places that seem to lie outside the municipality: the form asks whether they are right before it goes on.

The API takes them as they are. A border file may be coarse, so this is a question and never a refusal.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.intake.forms.errors import FieldError, InvalidAnswer
from services.intake.forms.fields.field import Posted
from services.intake.forms.fields.place import OUTSIDE, PlaceField
from services.intake.forms.form import Place, Reading, pointer
from shared.conditions.areas import Position
from shared.i18n.errors import ErrorMessage
from shared.municipalities import Municipality

CODE = "outside_municipality"


@dataclass(frozen=True)
class OutsidePlace:
    """A place outside, and the municipality that holds it, where one of the installation does.

    `confirmation` is what its box posts: it is for this position and no other.
    """

    place: Place
    question: PlaceField
    position: Position
    municipality: Municipality
    holder: Municipality | None

    @property
    def name(self) -> str:
        """The question on the page, in an entry of a repeated section as well: `children.0.place`."""
        return ".".join(str(step) for step in self.place[1:])

    @property
    def confirmation(self) -> str:
        """The value of the box."""
        return f"{self.position.latitude},{self.position.longitude}"

    @property
    def message(self) -> ErrorMessage:
        """What the page shows of it."""
        names = {"label": self.question.label, "municipality": self.municipality.name}
        if self.holder is None:
            unknown = InvalidAnswer(CODE, "“%(label)s”: the place seems to lie outside the %(municipality)s.", **names)
            return unknown.error
        return InvalidAnswer(
            CODE,
            "“%(label)s”: the place seems to lie outside the %(municipality)s. It is probably in the %(holder)s.",
            **names,
            holder=self.holder.name,
        ).error

    def is_confirmed(self, inputs: Posted) -> bool:
        """Whether the person has confirmed it."""
        return inputs.get(f"{self.name}.{OUTSIDE}") == self.confirmation

    def error(self) -> FieldError:
        """What is missing as long as it is not confirmed."""
        return FieldError(pointer(*self.place, OUTSIDE), self.message)


def outside_places(
    reading: Reading, municipality: Municipality, municipalities: Mapping[str, Municipality]
) -> Iterator[OutsidePlace]:
    """Every answered place whose position lies outside the municipality, in the order of the form."""
    for place, question in reading.shown.items():
        if isinstance(question, PlaceField):
            position = Position.of(_answer(reading, place) or {})
            if position and municipality.lacks(position):
                holder = next((each for each in municipalities.values() if _holds(each, position)), None)
                yield OutsidePlace(place, question, position, municipality, holder)


def _answer(reading: Reading, place: Place) -> Any:
    """What was answered at a place; None where nothing was, or something wrong."""
    found: Any = reading.answers
    for step in place[1:]:
        try:
            found = found[step]
        except (LookupError, TypeError):
            return None
    return found


def _holds(municipality: Municipality, position: Position) -> bool:
    return municipality.border is not None and municipality.border.holds(position)
