"""Casework as data: `municipalities/<slug>/casework.yaml`, with areas in `areas.geojson` (docs/casework.md)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
from marshmallow import ValidationError

from services.routing.organisation import eservices
from services.routing.organisation.checks import check_boards_of, check_conditions, check_names, check_protected
from services.routing.organisation.eservices import Eservice
from services.routing.organisation.organisation import Organisation
from services.routing.organisation.schema import CaseworkSchema
from services.routing.rules.rules import Priority, Rule
from shared import municipalities, yaml_files
from shared.conditions.areas import Area, InvalidAreas, read_areas
from shared.conditions.condition import Group, InvalidCondition, parse_list
from shared.eservice_files import unread
from shared.municipalities import Municipality
from shared.settings import BadSetting
from shared.yaml_files import Document, FileError

_SCHEMA = CaseworkSchema()

Places = Sequence[str | int]


@dataclass(frozen=True)
class Casework:
    """The municipalities' casework by code, and the errors of the files; a municipality with any error is left out."""

    organisations: Mapping[str, Organisation]
    errors: Sequence[FileError]


def load(folder: Path, eservices_folder: Path) -> dict[str, Organisation]:
    """Every municipality's casework by its code.

    Raises BadSetting with one line: the first error with its file and line, and how many more there are.
    """
    casework = read(folder, eservices_folder)
    if casework.errors:
        raise BadSetting(yaml_files.summary(casework.errors))
    return dict(casework.organisations)


def read(folder: Path, eservices_folder: Path) -> Casework:
    """Read every municipality's casework, checked against the e-services. BadSetting for a bad `municipality.yaml`."""
    offered = eservices.read(eservices_folder)
    tenants = municipalities.load(folder)
    organisations, errors = {}, unread(eservices_folder, tenants)
    for municipality in tenants.values():
        organisation, found = _read(folder / municipality.slug, municipality, offered.of(municipality.slug))
        errors += found
        if organisation and not found:
            organisations[municipality.code] = organisation
    return Casework(organisations, errors)


def _read(
    folder: Path, municipality: Municipality, offered: Mapping[str, Eservice | None]
) -> tuple[Organisation | None, list[FileError]]:
    try:
        document = yaml_files.read(folder / "casework.yaml")
        areas = _areas(folder / "areas.geojson")
    except FileError as error:
        return None, [error]
    errors = document.repeated_keys()
    groups, condition_errors = _conditions(document)
    errors += condition_errors
    try:
        written = _SCHEMA.load(document.content)
    except ValidationError as error:
        return None, [*errors, *document.errors(error.messages)]
    rules = {number: _rule(written["rules"][number], group) for number, group in groups.items()}
    errors += _disagreements(document, written, municipality, offered)
    for number, rule in rules.items():
        errors_of_rule = check_conditions(rule, offered, areas)
        errors += [_condition_error(document, number, each.path, each.message) for each in errors_of_rule]
    return _organisation(municipality.code, written, tuple(rules.values()), areas), errors


def _disagreements(
    document: Document,
    written: Mapping[str, Any],
    municipality: Municipality,
    offered: Mapping[str, Eservice | None],
) -> list[FileError]:
    """Where one part of the file does not fit another, or the e-services."""
    boards = {board.code: board for board in written["boards"]}
    found = (
        *check_names(written),
        *check_protected(written),
        *check_boards_of(offered, municipality.eservices_withheld, boards),
    )
    return [document.error(path, message) for path, message in found]


def _conditions(document: Document) -> tuple[dict[int, Group], list[FileError]]:
    """What stands under `when` of each rule by the rule's number, also where the rest of the file is wrong."""
    groups: dict[int, Group] = {}
    errors: list[FileError] = []
    for number, when in _written_conditions(document.content):
        try:
            groups[number] = parse_list(when if isinstance(when, list) else [when])
        except InvalidCondition as invalid:
            errors += [_condition_error(document, number, each.path, each.message) for each in invalid.errors]
    return groups, errors


def _written_conditions(content: Mapping[str, Any]) -> Iterator[tuple[int, Any]]:
    rules = content.get("rules")
    for number, rule in enumerate(rules if isinstance(rules, list) else []):
        if isinstance(rule, dict) and "when" in rule:
            yield number, rule["when"]


def _condition_error(document: Document, number: int, path: Places, message: str) -> FileError:
    """`when` may be a list of conditions, or one condition: then the list that it was read as is not in the file."""
    rule = document.content["rules"][number]
    inside = path if isinstance(rule["when"], list) else path[1:]
    return document.error(("rules", number, "when", *inside), f"{message} (rule {rule.get('name')})")


def _areas(file: Path) -> dict[str, Area]:
    if not file.exists():
        return {}
    try:
        return read_areas(orjson.loads(file.read_bytes()))
    except OSError as error:
        raise FileError(file, 1, f"cannot be read ({error.strerror})") from error
    except orjson.JSONDecodeError as error:
        raise FileError(file, error.lineno, f"is not JSON: {error.msg}") from error
    except InvalidAreas as error:
        raise FileError(file, 1, str(error)) from error


def _rule(written: Mapping[str, Any], when: Group) -> Rule:
    priority = Priority[written["priority"].upper()]
    return Rule(**{**written, "when": when, "priority": priority, "tags": tuple(written["tags"])})


def _organisation(
    municipality: str, written: Mapping[str, Any], rules: tuple[Rule, ...], areas: Mapping[str, Area]
) -> Organisation:
    protected = written["protected_registrar"] or {"queue": None, "officers": ()}
    return Organisation(
        municipality=municipality,
        boards={board.code: board for board in written["boards"]},
        queues={queue.code: replace(queue, protected=queue.code == protected["queue"]) for queue in written["queues"]},
        registrar_queue=written["registrar_queue"],
        rules=rules,
        protected_officers=tuple(protected["officers"]),
        appeals=written["appeals"],
        areas=areas,
    )
