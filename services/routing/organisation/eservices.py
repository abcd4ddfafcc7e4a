"""What routing needs to know of the e-services to check a municipality's rules: read from their definition files.

Intake checks definitions in full; one that cannot even be read for this is left out here too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from shared import yaml_files
from shared.conditions.fact_types import FactKind, FactType
from shared.eservice_files import COMMON, definition_files
from shared.swedish.law import LegalRegime
from shared.yaml_files import FileError

_BOARD = re.compile("[A-ZÅÄÖ]{1,8}")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Eservice:
    """An e-service: its title by language, the board that handles it, and the facts for rules, by field name.

    `outcomes` are what its cases may end in: the label by language, by code. `regime` is the law that its cases are
    handled under, None for one that only a newer version knows.
    """

    code: str
    title: Mapping[str, str]
    board: str
    facts: Mapping[str, FactType]
    outcomes: Mapping[str, Mapping[str, str]]
    regime: LegalRegime | None


@dataclass(frozen=True)
class Eservices:
    """The e-services of a folder by municipality (or `common`) and code; None for one whose definition is bad."""

    by_place: Mapping[str, Mapping[str, Eservice | None]]

    def of(self, slug: str) -> dict[str, Eservice | None]:
        """The e-services of a municipality: its own definition takes the place of the common one."""
        return {**self.by_place.get(COMMON, {}), **self.by_place.get(slug, {})}


def read(folder: Path) -> Eservices:
    """Read every `<folder>/<place>/<code>.yaml`; the log names those that are left out."""
    by_place: dict[str, dict[str, Eservice | None]] = {}
    for file in definition_files(folder):
        by_place.setdefault(file.parent.name, {})[file.stem] = _read(file)
    return Eservices(by_place)


def _read(file: Path) -> Eservice | None:
    try:
        document = yaml_files.read(file)
        for error in document.repeated_keys():
            raise error
        return _eservice(document.content, file.stem)
    except FileError as error:
        log.warning("eservice_unreadable", file=str(file), error=str(error))
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        log.warning("eservice_unreadable", file=str(file), error=repr(error))
    return None


def _eservice(written: Mapping[str, Any], code: str) -> Eservice:
    board = _text(written["board"])
    if written["code"] != code or not _BOARD.fullmatch(board):
        raise ValueError("the code is not the file's, or the board no board's code")
    outcomes = {_text(each["code"]): _by_language(each["label"]) for each in written.get("outcomes", ())}
    regime = next((each for each in LegalRegime if each == written.get("legal_regime")), None)
    return Eservice(code, _by_language(written["title"]), board, dict(_facts(written)), outcomes, regime)


def _by_language(written: Mapping[str, Any]) -> dict[str, str]:
    return {language: _text(text) for language, text in written.items()}


def _facts(written: Mapping[str, Any]) -> Iterator[tuple[str, FactType]]:
    for page in written["pages"]:
        for section in page["sections"]:
            for field in section["fields"]:
                if field.get("fact") is True and "repeat" not in section:
                    yield _text(field["name"]), _fact_type(field)


def _fact_type(field: Mapping[str, Any]) -> FactType:
    return FactType(
        FACT_KINDS[field["type"]],
        tuple(_text(option["code"]) for option in field.get("options", ())),
        _number(field.get("minimum")),
        _number(field.get("maximum")),
        option_name=f"option of {field['name']}",
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


# By field type: those whose answers may be facts. Routing has intake's files, not its code; a test keeps them equal.
FACT_KINDS: Mapping[str, FactKind] = {
    "property": FactKind.TEXT,
    "select": FactKind.CHOICE,
    "radio": FactKind.CHOICE,
    "checkboxes": FactKind.CHOICES,
    "checkbox": FactKind.TRUTH,
    "yes_no": FactKind.TRUTH,
    "number": FactKind.NUMBER,
    "money": FactKind.NUMBER,
    "date": FactKind.DATE,
    "month": FactKind.TEXT,
    "time": FactKind.TIME_OF_DAY,
    "place": FactKind.PLACE,
    "computed": FactKind.NUMBER,
}
