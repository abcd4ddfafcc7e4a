"""What one part of a municipality's casework requires of another, and of the e-services."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import structlog

from services.routing.organisation.eservices import Eservice
from services.routing.rules.facts import types_of_every_submission
from services.routing.rules.rules import Rule
from shared.conditions.areas import Area
from shared.conditions.condition import Condition, ConditionError
from shared.conditions.fact_types import FactType, errors_of
from shared.validation import Path, unknown

Errors = Iterator[tuple[Path, str]]
Eservices = Mapping[str, Eservice | None]

log = structlog.get_logger(__name__)


def check_names(casework: Mapping[str, Any]) -> Errors:
    """No two boards, queues or rules have the same name, and the boards and queues that are named exist."""
    yield from _repeated("boards", "code", [board.code for board in casework["boards"]])
    yield from _repeated("queues", "code", [queue.code for queue in casework["queues"]])
    yield from _repeated("rules", "name", [rule["name"] for rule in casework["rules"]])
    boards, queues = ({each.code for each in casework[name]} for name in ("boards", "queues"))
    for number, queue in enumerate(casework["queues"]):
        if queue.board not in boards:
            yield ("queues", number, "board"), unknown("board", queue.board, boards)
    if casework["registrar_queue"] not in queues:
        yield ("registrar_queue",), unknown("queue", casework["registrar_queue"], queues)
    for number, rule in enumerate(casework["rules"]):
        if rule["queue"] not in queues:
            yield ("rules", number, "queue"), unknown("queue", rule["queue"], queues)


def check_officers(casework: Mapping[str, Any]) -> Errors:
    """No two officers have the same subject, and their boards exist."""
    yield from _repeated("officers", "subject", [officer.subject for officer in casework["officers"]])
    boards = {board.code for board in casework["boards"]}
    for number, officer in enumerate(casework["officers"]):
        for place, board in enumerate(officer.boards):
            if board not in boards:
                yield ("officers", number, "boards", place), unknown("board", board, boards)


def check_systems(casework: Mapping[str, Any]) -> Errors:
    """No two systems are one user, and their queues exist and are published."""
    yield from _repeated("systems", "user", [system.user for system in casework["systems"]])
    queues = {queue.code: queue for queue in casework["queues"]}
    for number, system in enumerate(casework["systems"]):
        for place, code in enumerate(system.queues):
            if code not in queues:
                yield ("systems", number, "queues", place), unknown("queue", code, queues)
            elif not queues[code].publish:
                yield ("systems", number, "queues", place), f"{code} is not published: set its publish to true"


def check_protected(casework: Mapping[str, Any]) -> Errors:
    """The protected queue exists, and nothing else takes cases out of it or shows them."""
    if casework["protected_registrar"] is None:
        return
    code, path = casework["protected_registrar"]["queue"], ("protected_registrar", "queue")
    by_code = {queue.code: queue for queue in casework["queues"]}
    if code not in by_code:
        yield path, unknown("queue", code, by_code)
    elif code == casework["registrar_queue"]:
        yield path, "must be another queue than registrar_queue, which every registrar sees"
    elif by_code[code].publish:
        yield path, f"{code} is published to another system, which a protected queue cannot be"


def check_boards_of(eservices: Eservices, withheld: Sequence[str], boards: Mapping[str, Any]) -> Errors:
    """Every e-service that the municipality offers has a board that the municipality has."""
    for code, eservice in eservices.items():
        if eservice and code not in withheld and eservice.board not in boards:
            error = unknown("board", eservice.board, boards)
            yield ("boards",), f"{error} (the e-service {code} needs it: add it, or withhold the e-service)"


def check_conditions(rule: Rule, eservices: Eservices, areas: Mapping[str, Area]) -> Iterator[ConditionError]:
    """The rule's conditions name e-services, facts, options and areas that there are, and values that may be.

    Facts of an e-service whose definition is bad cannot be checked: they are taken, with a line in the log.
    """
    named = rule.eservices if rule.eservices is not None else eservices.keys()
    if unreadable := sorted(code for code in named if code in eservices and eservices[code] is None):
        log.warning("rule_not_checked", rule=rule.name, eservices=unreadable)
    known = _known_facts([eservice for code in sorted(named) if (eservice := eservices.get(code))], eservices)
    for error in errors_of(rule.when, known, areas):
        if not unreadable or not _is_about_a_form(rule, error):
            yield error


def _known_facts(tried_for: Sequence[Eservice], eservices: Eservices) -> dict[str, list[FactType]]:
    known = {name: [kind] for name, kind in types_of_every_submission(sorted(eservices)).items()}
    for eservice in tried_for:
        for name, kind in eservice.facts.items():
            known.setdefault(f"facts.{name}", []).append(kind)
    return known


def _is_about_a_form(rule: Rule, error: ConditionError) -> bool:
    node: Any = rule.when
    for step in error.path:
        if isinstance(step, int):
            node = node.members[step]
    return isinstance(node, Condition) and node.fact.startswith("facts.")


def _repeated(what: str, by: str, names: Sequence[str]) -> Errors:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield (what, number, by), f"two of them have the {by} {name}"
        seen.add(name)
