"""The number of a bank account."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.field import JsonSchema
from services.intake.forms.fields.textual import TextualField
from shared.clock import Clock

_DIGITS = re.compile("[0-9]{5,15}")  # without clearing number, as Swedish banks have them
_SEPARATORS = re.compile("[ .-]")


@dataclass(frozen=True, kw_only=True)
class BankAccountField(TextualField):
    """The number of a bank account in Sweden, without its clearing number; shown again only with its end hidden."""

    type: ClassVar[str] = "bank_account"
    EXAMPLE: ClassVar[str] = """\
name: account
type: bank_account
label: {sv: Kontonummer, en: Account number}
hint: {sv: Utan clearingnummer., en: Without the clearing number.}
"""
    default_max_length: ClassVar[int] = 30
    has_grammar: ClassVar[bool] = True
    masked: ClassVar[bool] = True
    may_be_prefilled: ClassVar[bool] = False
    input_class: ClassVar[str] = "input-medium"
    inputmode: ClassVar[str] = "numeric"

    def read(self, value: Any, clock: Clock) -> str:
        """The digits alone."""
        digits = _SEPARATORS.sub("", self.read_text(value))
        if not _DIGITS.fullmatch(digits):
            raise InvalidAnswer(
                "bank_account", "“%(label)s” must be the digits of an account, 5 to 15 of them.", label=self.label
            )
        return digits

    def json_schema(self) -> JsonSchema:
        """Text of a bounded length."""
        return {"type": "string", "maxLength": self.default_max_length, **self._not_empty()}
