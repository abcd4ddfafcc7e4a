"""A personnummer, samordningsnummer or organisationsnummer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import marshmallow

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.field import Text
from services.intake.forms.fields.keys import filled
from services.intake.forms.fields.textual import TextualField
from shared.clock import Clock
from shared.file_schema import OneOf
from shared.swedish.identity_numbers import BadNumber, organisation_number, personal_identity_number, with_sign
from shared.swedish.time import local_date
from shared.validation import described

NUMBERS = ("person", "organisation")


@dataclass(frozen=True, kw_only=True)
class IdentityNumberField(TextualField):
    """A person's number, stored as twelve digits, or an organisation's, as ten. `numbers` are the kinds accepted."""

    type: ClassVar[str] = "identity_number"
    EXAMPLE: ClassVar[str] = """\
name: applicant_number
type: identity_number
label: {sv: Personnummer, en: Personal identity number}
numbers: [person]
"""
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = {
        "numbers": marshmallow.fields.List(
            marshmallow.fields.Str(validate=OneOf(NUMBERS)),
            validate=filled,
            metadata=described("The kinds of number; both when left out."),
        ),
    }
    input_class: ClassVar[str] = "input-medium"
    masked: ClassVar[bool] = True
    has_grammar: ClassVar[bool] = True

    numbers: tuple[str, ...] = NUMBERS

    @property
    def takes_persons(self) -> bool:
        """Whether the number may be a person's."""
        return "person" in self.numbers

    def read(self, value: Any, clock: Clock) -> str:
        """The number in its one form."""
        text = self.read_text(value).rstrip(" ,;.")
        try:
            if "organisation" in self.numbers and ("person" not in self.numbers or _is_an_organisation(text)):
                return organisation_number(text)
            return personal_identity_number(text, today=local_date(clock()))
        except BadNumber as error:
            raise self._invalid(error.code) from error

    def display(self, value: Any) -> Text:
        """With its sign, as people write it."""
        return {"sv": with_sign(value)}

    def _invalid(self, code: str) -> InvalidAnswer:
        errors = {
            "format": InvalidAnswer(
                "number_format",
                "“%(label)s” must be ten or twelve digits, such as YYYYMMDD-NNNN.",
                label=self.label,
            ),
            "kind": InvalidAnswer(
                "number_kind", "“%(label)s” is not a number of the kind asked for.", label=self.label
            ),
            "date": InvalidAnswer(
                "number_date",
                "“%(label)s” does not begin with a date that there is. Look at the first digits.",
                label=self.label,
            ),
            "future": InvalidAnswer(
                "number_future",
                "“%(label)s” begins with a day that is still to come. Look at the first digits.",
                label=self.label,
            ),
            "serial": InvalidAnswer(
                "number_serial",
                "“%(label)s” has the number 000 after the date, which nobody has. Look at the last four digits.",
                label=self.label,
            ),
            "century": InvalidAnswer(
                "number_century",
                "Write “%(label)s” with twelve digits: with ten it may be that of somebody a hundred years older.",
                label=self.label,
            ),
            "check_digit": InvalidAnswer(
                "number_check_digit",
                "“%(label)s” has a check digit that does not fit. Look at all the digits, above all the last.",
                label=self.label,
            ),
        }
        return errors[code]


def _is_an_organisation(text: str) -> bool:
    """The third digit of an organisation's number is 2 or more, where a person's has the month."""
    digits = re.sub(r"\D", "", text)[-10:]
    return len(digits) == 10 and digits[2] >= "2"
