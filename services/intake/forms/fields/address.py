"""A postal address, in Sweden or abroad."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import marshmallow

from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.choice import Option
from services.intake.forms.fields.compound import CompoundField
from services.intake.forms.fields.field import LANGUAGES, AnswerField, JsonSchema, Posted, Text, is_blank
from services.intake.forms.fields.select import SelectField
from services.intake.forms.fields.text import TextField
from shared.clock import Clock
from shared.i18n.formats import country_names
from shared.validation import described

SWEDEN = "SE"
MAX_STREET = 120
MAX_CITY = 60
MAX_POSTAL_CODE = 20


@dataclass(frozen=True, kw_only=True)
class _PostalCode(TextField):
    input_class: ClassVar[str] = "input-short"
    inputmode: ClassVar[str] = "numeric"
    has_grammar: ClassVar[bool] = True

    def read(self, value: Any, clock: Clock) -> str:
        """Five digits, as `796 31`; the code of the country before them is left out."""
        written = re.fullmatch(r"(?:SE?[ -]*)?([1-9][0-9]{2})[ -]?([0-9]{2})", self.read_text(value), re.IGNORECASE)
        if not written:
            raise InvalidAnswer("postal_code", "“%(label)s” must be five digits.", label=self.label)
        return f"{written[1]} {written[2]}"


@dataclass(frozen=True, kw_only=True)
class _ForeignPostalCode(TextField):
    input_class: ClassVar[str] = "input-short"


@dataclass(frozen=True, kw_only=True)
class _City(TextField):
    input_class: ClassVar[str] = "input-medium"


@dataclass(frozen=True, kw_only=True)
class _Country(SelectField):
    """A country by its code; nothing chosen is Sweden."""

    @property
    def preselected(self) -> str:
        """What is chosen at first."""
        return SWEDEN

    def options_in(self, language: str) -> list[Option]:
        """Sweden first, then the others in the order of the language's alphabet."""
        others = (option for option in self.options if option.code != SWEDEN)
        first = Option(SWEDEN, self.labels[SWEDEN])
        return [first, *sorted(others, key=lambda option: _alphabetical(option.label[language], language))]


@dataclass(frozen=True, kw_only=True)
class AddressField(CompoundField):
    """A postal address in Sweden, all of it required where any is; with `abroad`, also one in another country.

    The country is `SE` where it is left out. Other countries may have no postal code.
    """

    type: ClassVar[str] = "address"
    EXAMPLE: ClassVar[str] = """\
name: owner_address
type: address
label: {sv: Ägarens adress, en: The owner's address}
abroad: true
"""
    KEYS: ClassVar[Mapping[str, marshmallow.fields.Field[Any]]] = {
        "abroad": marshmallow.fields.Bool(
            metadata=described("Also asks for the country; Sweden where none is chosen.")
        ),
    }
    template: ClassVar[str] = "fields/address.html"

    abroad: bool = False

    def make_parts(self) -> Mapping[str, AnswerField]:
        """Street, postal code, town, and the country where it may be another."""
        parts: dict[str, AnswerField] = {
            "street": TextField(
                name=f"{self.name}.street",
                label={"sv": "Gatuadress eller box", "en": "Street address or box"},
                required=True,
                max_length=MAX_STREET,
                autocomplete="street-address",
            ),
            "postal_code": _PostalCode(
                name=f"{self.name}.postal_code",
                label={"sv": "Postnummer", "en": "Postal code"},
                required=True,
                autocomplete="postal-code",
            ),
            "city": _City(
                name=f"{self.name}.city",
                label={"sv": "Ort", "en": "Town"},
                required=True,
                max_length=MAX_CITY,
                autocomplete="address-level2",
            ),
        }
        if self.abroad:
            parts["country"] = _Country(
                name=f"{self.name}.country",
                label={"sv": "Land", "en": "Country"},
                options=_countries(),
                autocomplete="country",
            )
        return parts

    def parts_of(self, value: Mapping[str, Any]) -> Mapping[str, AnswerField]:
        """The parts, with a postal code as the answer's country has it."""
        country = value.get("country")
        if is_blank(country) or country == SWEDEN:
            return self.parts
        swedish = self.parts["postal_code"]
        foreign = _ForeignPostalCode(name=swedish.name, label=swedish.label, max_length=MAX_POSTAL_CODE)
        return {**self.parts, "postal_code": foreign}

    def read(self, value: Any, clock: Clock) -> dict[str, Any]:
        """The address, with its country where it may be another than Sweden."""
        answer = super().read(value, clock)
        return {**answer, "country": answer.get("country", SWEDEN)} if self.abroad else answer

    def from_browser(self, posted: Posted) -> dict[str, Any]:
        """A country alone, which a browser posts always, is no answer."""
        answer = super().from_browser(posted)
        rest = {name: part for name, part in answer.items() if name != "country"}
        return rest if is_blank(rest) else answer

    def json_schema(self) -> JsonSchema:
        """An object with `street`, `postal_code` and `city`, and `country` where it may be another than Sweden."""
        swedish = {"type": "string", "pattern": "^\\s*([Ss][Ee]?[\\s-]*)?[1-9]\\d{2}[\\s-]?\\d{2}\\s*$"}
        properties: JsonSchema = {
            "street": {"type": "string", "minLength": 1, "maxLength": MAX_STREET},
            "postal_code": swedish,
            "city": {"type": "string", "minLength": 1, "maxLength": MAX_CITY},
        }
        schema: JsonSchema = {"type": "object", "properties": properties, "additionalProperties": False}
        if not self.abroad:
            return {**schema, "required": list(properties)}
        properties |= {
            "postal_code": {"type": "string", "maxLength": MAX_POSTAL_CODE},
            "country": self.parts["country"].json_schema(),
        }
        in_sweden = {"properties": {"country": {"const": SWEDEN}}}
        postal_code = {"properties": {"postal_code": swedish}, "required": ["postal_code"]}
        return {**schema, "required": ["street", "city"], "if": in_sweden, "then": postal_code}

    def display(self, value: Mapping[str, Any]) -> Text:
        """The address on one line, with its country where that is not Sweden."""
        town = " ".join(value[part] for part in ("postal_code", "city") if part in value)
        swedish = f"{value['street']}, {town}"
        country = value.get("country", SWEDEN)
        if country == SWEDEN:
            return {"sv": swedish}
        names = self.parts["country"].display(country)
        return {language: f"{swedish}, {names[language]}" for language in LANGUAGES}


@cache
def _countries() -> tuple[Option, ...]:
    names = {language: country_names(language) for language in LANGUAGES}
    codes = sorted(set.intersection(*(set(each) for each in names.values())))
    return tuple(Option(code, {language: names[language][code] for language in LANGUAGES}) for code in codes)


def _alphabetical(name: str, language: str) -> str:
    """What names are sorted by: characters other than a-z as their base, but å, ä and ö last in Swedish."""
    folded = name.casefold()
    if language == "sv":
        folded = folded.translate({ord("å"): "{", ord("ä"): "|", ord("ö"): "}"})
    return "".join(each for each in unicodedata.normalize("NFD", folded) if not unicodedata.combining(each))
