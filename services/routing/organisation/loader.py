"""Casework as data: `municipalities/<slug>/casework.yaml`, with areas in `areas.geojson` (docs/casework.md)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from services.routing.organisation import eservices
from services.routing.organisation.checks import (
    check_boards_of,
    check_conditions,
    check_names,
    check_officers,
    check_protected,
    check_systems,
)
from services.routing.organisation.eservices import Eservice
from services.routing.organisation.organisation import OfferedEservice, Organisation
from services.routing.organisation.schema import CaseworkSchema
from services.routing.rules.rules import Priority, Rule
from shared import municipalities, yaml_files
from shared.conditions.areas import Area
from shared.conditions.condition import Group, InvalidCondition, parse_list
from shared.eservice_files import unread
from shared.live import Live, Reading, Stamp, stamps
from shared.municipalities import Municipality
from shared.settings import BadSetting
from shared.yaml_files import Document, FileError

_SCHEMA = CaseworkSchema()

Places = Sequence[str | int]
Adopt = Callable[[Organisation], Organisation]


@dataclass(frozen=True)
class Casework:
    """The municipalities by their slug, their casework by code, and the errors of the files.

    A municipality whose files have any error is left out; where it was good before, it is there as it was.
    """

    municipalities: Mapping[str, Municipality]
    organisations: Mapping[str, Organisation]
    errors: Sequence[FileError] = ()

    def municipality(self, code: str) -> Municipality | None:
        """The municipality with the code."""
        return next((each for each in self.municipalities.values() if each.code == code), None)


class CaseworkFolder:
    """The municipalities' folder, read again and again: only the casework that may have changed is."""

    def __init__(self, folder: Path, eservices_folder: Path) -> None:
        self._folder, self._eservices = folder, eservices_folder
        self._tenants: Mapping[str, Municipality] | None = None
        self._parts: dict[str, _Part] = {}

    def read(self) -> Casework:
        """Every municipality's casework, checked against the e-services.

        What was good at an earlier reading is there as it was. BadSetting for a bad `municipality.yaml` at the first.
        """
        offered = eservices.read(self._eservices)
        tenants = municipalities.reading(self._folder, self._tenants)
        self._tenants = tenants.value
        self._parts = {slug: self._part(each, offered.of(slug)) for slug, each in tenants.value.items()}
        errors = [*unread(self._eservices, tenants.value), *tenants.errors]
        return Casework(
            tenants.value,
            {
                tenants.value[slug].code: part.organisation
                for slug, part in self._parts.items()
                if part.organisation is not None
            },
            [*errors, *(error for part in self._parts.values() for error in part.errors)],
        )

    def _part(self, municipality: Municipality, offered: Mapping[str, Eservice | None]) -> "_Part":
        folder, last = self._folder / municipality.slug, self._parts.get(municipality.slug)
        seen = (municipality, offered, stamps([folder]))
        if last and last.seen == seen:
            return last
        organisation, errors = _read(folder, municipality, offered)
        if errors or (last and organisation == last.organisation):
            organisation = last.organisation if last else None
        return _Part(seen, organisation, errors)


@dataclass(frozen=True)
class _Part:
    """One municipality's casework: what it was read from, the last that was good, and the errors now."""

    seen: tuple[Municipality, Mapping[str, Eservice | None], Mapping[str, Stamp]]
    organisation: Organisation | None
    errors: Sequence[FileError]


def live(folder: Path, eservices_folder: Path, adopt: Adopt = lambda read: read) -> Live[Casework]:
    """The municipalities' casework as the files are now. `adopt` is applied once to each organisation that is read.

    BadSetting at the start for any error. Later what was good before serves on.
    """
    casework = CaseworkFolder(folder, eservices_folder)
    adopted: dict[str, tuple[Organisation, Organisation]] = {}

    def read(last: Casework | None) -> Reading[Casework]:
        found = casework.read()
        if last is None and found.errors:
            raise BadSetting(yaml_files.summary(found.errors))
        for code, each in found.organisations.items():
            if code not in adopted or adopted[code][0] is not each:
                adopted[code] = (each, adopt(each))
        organisations = {code: adopted[code][1] for code in found.organisations}
        return Reading(replace(found, organisations=organisations), found.errors)

    return Live("routing", [folder, eservices_folder], read)


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
    return CaseworkFolder(folder, eservices_folder).read()


def _read(
    folder: Path, municipality: Municipality, offered: Mapping[str, Eservice | None]
) -> tuple[Organisation | None, list[FileError]]:
    try:
        document = yaml_files.read(folder / "casework.yaml")
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
        errors_of_rule = check_conditions(rule, offered, municipality.areas)
        errors += [_condition_error(document, number, each.path, each.message) for each in errors_of_rule]
    read = _organisation(municipality.code, written, tuple(rules.values()), municipality.areas)
    return replace(read, eservices=_offered(offered, municipality)), errors


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
        *check_officers(written),
        *check_systems(written),
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
        officers=tuple(written["officers"]),
        systems=tuple(written["systems"]),
    )


def _offered(read: Mapping[str, Eservice | None], municipality: Municipality) -> dict[str, OfferedEservice]:
    withheld = municipality.eservices_withheld
    return {
        code: OfferedEservice(each.title, each.board, each.outcomes, each.regime)
        for code, each in read.items()
        if each and code not in withheld
    }
