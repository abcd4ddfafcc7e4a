"""What a case has that others may have too, as rows for the store: hashed, so that a row names nobody."""

import hmac
from collections.abc import Iterator, Mapping
from hashlib import sha256
from math import cos, floor, hypot, radians
from typing import Any

from services.routing.cases.models import CaseIdentity
from services.routing.related.models import Kind
from services.routing.search.words import folded, phone_digits
from shared.conditions.areas import Position

CELL = 0.002  # degrees of latitude: 222 m
CELLS_ACROSS = 2  # degrees of longitude are about half as wide in Sweden
SHORTEST_PLACE = 6  # characters: shorter ones, as "hemma", are what many write
METRES = 111_200  # to a degree of latitude


def likenesses(case: CaseIdentity, content: Mapping[str, Any], places: list[str], key: str) -> list[dict[str, Any]]:
    """The rows of a case, by its content as plain values and the places that its answers name."""
    found = [
        *((Kind.PERSON, value, None) for value in _persons(content["submitter"] or {})),
        *((Kind.PLACE, value, None) for value in map(_place, places) if len(value) >= SHORTEST_PLACE),
        *((Kind.CELL, cell(position), position) for position in positions(content["answers"])),
    ]
    rows = {
        (kind, value): {
            "case_id": case.id,
            "municipality": case.municipality,
            "kind": kind,
            "value": hashed(kind, value, key),
            "latitude": position.latitude if position else None,
            "longitude": position.longitude if position else None,
        }
        for kind, value, position in found
    }
    return list(rows.values())


def positions(answers: list[dict[str, Any]]) -> list[Position]:
    """The positions of the places that were answered."""
    read = (Position.of(each.get("position") or {}) for each in answers)
    return [position for position in read if position]


def hashed(kind: Kind, value: str, key: str) -> str:
    """A value as the store has it."""
    return hmac.new(key.encode(), f"{kind} {value}".encode(), sha256).hexdigest()[:32]


def cell(position: Position) -> str:
    """The square of the map that a position is in."""
    return "{} {}".format(*_cell(position))


def cells_about(position: Position) -> list[str]:
    """That square and those around it."""
    north, east = _cell(position)
    return [f"{north + up} {east + across}" for up in (-1, 0, 1) for across in (-1, 0, 1)]


def metres_between(one: Position, other: Position) -> float:
    """How far it is between two positions that are near each other."""
    across = (one.longitude - other.longitude) * cos(radians(one.latitude))
    return hypot(across, one.latitude - other.latitude) * METRES


def _cell(position: Position) -> tuple[int, int]:
    return floor(position.latitude / CELL), floor(position.longitude / CELL / CELLS_ACROSS)


def _persons(submitter: Mapping[str, Any]) -> Iterator[str]:
    if submitter.get("email"):
        yield submitter["email"].strip().casefold()
    if submitter.get("phone"):
        yield phone_digits(submitter["phone"])


def _place(written: str) -> str:
    return folded(written, "").strip()
