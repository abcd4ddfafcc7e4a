"""Answers of several parts: places and addresses. Every fault of every part is told."""

import re
from collections.abc import Mapping
from typing import Any

from services.intake.eservices.definition import Field
from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.values import number
from services.intake.forms.words import Reader, is_blank, text
from shared.clock import Clock


def _parts(field: Field, part_readers: Mapping[str, Reader], needed: tuple[str, ...]) -> Reader:
    """An object of several parts; every fault of every part is told."""

    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or not value.keys() <= part_readers.keys():
            named = ", ".join(part_readers)
            raise InvalidAnswer("type", "“%(label)s” must be an object with %(parts)s.", label=field.label, parts=named)
        wrong: dict[str, InvalidAnswer] = {}
        told: dict[str, Any] = {}
        for name, part in part_readers.items():
            try:
                if not is_blank(value.get(name)):
                    told[name] = part(value[name])
                elif name in needed:
                    raise InvalidAnswer(
                        "required", "“%(label)s” must be filled in.", label=PARTS.get(name, field.label)
                    )
            except InvalidAnswer as fault:
                wrong[name] = fault
        if wrong:
            raise InvalidParts(wrong)
        return told

    return read


class InvalidParts(Exception):
    """Parts of an answer are not right."""

    def __init__(self, parts: Mapping[str, InvalidAnswer]) -> None:
        super().__init__(", ".join(parts))
        self.parts = parts


PARTS: Mapping[str, Mapping[str, str]] = {
    "latitude": {"sv": "Latitud", "en": "Latitude"},
    "longitude": {"sv": "Longitud", "en": "Longitude"},
    "street": {"sv": "Gatuadress eller box", "en": "Street address or box"},
    "postal_code": {"sv": "Postnummer", "en": "Postal code"},
    "city": {"sv": "Ort", "en": "Town"},
}


def _part(name: str, kind: str, **options: Any) -> Field:
    return Field(name, kind, PARTS[name], **options)


# Sweden in WGS 84, with a little around it: what is outside is a mistake.
_LATITUDE = _part("latitude", "number", minimum=55, maximum=69.5)
_LONGITUDE = _part("longitude", "number", minimum=10, maximum=25)


def place(field: Field, clock: Clock) -> Reader:
    """A place in words, with or without its position (WGS 84)."""
    words = Field("text", "text", field.label, max_length=300)
    whole = _parts(
        field,
        {"text": text(words), "latitude": number(_LATITUDE, clock), "longitude": number(_LONGITUDE, clock)},
        needed=("text",),
    )

    def read(value: Any) -> dict[str, Any]:
        told: dict[str, Any] = whole(value)
        if ("latitude" in told) != ("longitude" in told):
            lacking = "longitude" if "latitude" in told else "latitude"
            raise InvalidParts(
                {lacking: InvalidAnswer("required", "“%(label)s” must be filled in.", label=PARTS[lacking])}
            )
        return told

    return read


def address(field: Field, _: Clock) -> Reader:
    """A postal address in Sweden."""
    return _parts(
        field,
        {
            "street": text(_part("street", "text", max_length=120)),
            "postal_code": _postal_code,
            "city": text(_part("city", "text", max_length=60)),
        },
        needed=("street", "postal_code", "city"),
    )


def _postal_code(value: Any) -> str:
    """Five digits, as `796 31`."""
    digits = re.sub(r"\s", "", value) if isinstance(value, str) else ""
    if not re.fullmatch("[1-9][0-9]{4}", digits):
        raise InvalidAnswer("postal_code", "“%(label)s” must be five digits.", label=PARTS["postal_code"])
    return f"{digits[:3]} {digits[3:]}"
