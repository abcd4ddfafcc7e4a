"""An amount of money."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import marshmallow

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.field import LANGUAGES, Posted, Text, plain_text
from services.intake.forms.fields.keys import RANGE
from services.intake.forms.fields.number import NumericField
from shared.clock import Clock
from shared.i18n.formats import format_kronor

_LARGEST = 10**13  # below it a number of JSON keeps öre apart
_CURRENCY = re.compile(r"^(?:sek|kr\.?) ?|(?: ?(?:sek|kr\.?|kronor|:-|,-))$", re.IGNORECASE)
# Groups of three have one separator throughout; decimals another one. A single group after `.` or `,` may be either.
_AMOUNT = re.compile(
    r"(?P<sign>[-+]?) ?(?P<whole>[0-9]+|[0-9]{1,3}(?:(?P<group>[ '])[0-9]{3})(?:(?P=group)[0-9]{3})*"
    r"|[0-9]{1,3}(?:\.[0-9]{3})+(?=,)|[0-9]{1,3}(?:,[0-9]{3})+(?=\.)|[0-9]{1,3}(?:\.[0-9]{3}){2,}"
    r"|[0-9]{1,3}(?:,[0-9]{3}){2,})(?:[.,:](?P<decimals>[0-9]{1,2}))?",
    re.ASCII,
)


@dataclass(frozen=True, kw_only=True)
class MoneyField(NumericField):
    """An amount in Swedish kronor from `minimum` to `maximum`, with two decimals at most."""

    type: ClassVar[str] = "money"
    EXAMPLE: ClassVar[str] = """\
name: rent
type: money
label: {sv: "Hur hög är hyran per månad?", en: "How much is the rent a month?"}
minimum: 0
"""
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = RANGE
    script_kind: ClassVar[str | None] = "money"

    def read(self, value: Any, clock: Clock) -> float:
        """Kronor with two decimals at most."""
        amount = super().read(value, clock)
        if abs(amount) >= _LARGEST or round(amount, 2) != amount:
            raise self.type_error()
        return amount

    def from_browser(self, posted: Posted) -> float | str:
        """An amount as people write it, `1 234,50 kr`, `1.234,50` or `100:-`; else the text, for `read` to refuse."""
        text = posted.get(self.name, "")
        written = _AMOUNT.fullmatch(_CURRENCY.sub("", plain_text(text)))
        if not written:
            return text
        whole = re.sub("[^0-9]", "", written["whole"])
        return float(f"{written['sign']}{whole}.{written['decimals'] or 0}")

    def type_error(self) -> InvalidAnswer:
        """How an amount is written."""
        return InvalidAnswer(
            "money",
            "“%(label)s” must be an amount in kronor with two decimals at most, written like 1234,50.",
            label=self.label,
        )

    def display(self, value: float) -> Text:
        """The amount as the language writes it, with its currency."""
        return {language: format_kronor(value, language) for language in LANGUAGES}
