"""Placeholders in standard texts: `{case_number}` becomes the case's own. Values are put in once, never read again."""

import re
from collections.abc import Iterable, Mapping

from services.routing.desk.texts import later

_WRITTEN = re.compile(r"\{([^{}\n]{0,80})\}")

NOT_FILLED = later("Write something in the place of {names}.")

# What each stands for, as the desk explains it.
PLACEHOLDERS: Mapping[str, str] = {
    "case_number": later("the case number"),
    "case_title": later("the title of the case"),
    "reference": later("the submitter’s reference"),
    "eservice": later("the name of the e-service"),
    "submitter": later("the name of the submitter"),
    "received": later("the day when it was received"),
    "deadline": later("the last day to decide or reply"),
    "answer_by": later("the last day for the submitter to answer"),
    "board": later("the name of the board"),
    "officer": later("your name"),
    "today": later("today’s date"),
}


def unknown(text: str) -> list[str]:
    """What stands in braces and is no placeholder, in the order written."""
    return [name for name in dict.fromkeys(_WRITTEN.findall(text)) if name not in PLACEHOLDERS]


def left(text: str) -> list[str]:
    """The placeholders that stand in a text that is to be sent: the case had no value, or somebody typed them."""
    return [name for name in dict.fromkeys(_WRITTEN.findall(text)) if name.strip().casefold() in PLACEHOLDERS]


def in_braces(names: Iterable[str]) -> str:
    """Names as they are written, for a message: `{case_number}, {officer}`."""
    return ", ".join(f"{{{name}}}" for name in names)


def filled(text: str, values: Mapping[str, str | None]) -> str:
    """The text with its values; a placeholder without a value stays, for the officer to see."""
    return _WRITTEN.sub(lambda found: values.get(found[1]) or found[0], text)
