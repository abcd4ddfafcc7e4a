"""Routing by five thousand rules: processor time for a case, and how long its explanation is.

`python -m bench.rules` measures this alone.
"""

from collections.abc import Callable, Sequence
from datetime import date
from time import process_time

import orjson

from bench import figures
from bench.figures import Figure
from services.routing.organisation.organisation import Board, Organisation, Queue
from services.routing.rules.rules import Rule
from shared.conditions.condition import parse_list

RULES = 5_000
OF_ONE_ESERVICE = 20
CASES = 100
ROUNDS = 5
MOST_MILLISECONDS = 2.0
MOST_KILOBYTES = 10.0

NAME = {"sv": "Kö", "en": "Queue"}
TODAY = date(2026, 11, 23)


def measure() -> list[Figure]:
    """The fastest round's milliseconds for a case, and the longest explanation's kB, however the rules are shared out.

    By e-services, twenty rules each; all of one e-service; or none of which names an e-service.
    """
    return [
        *_figures("twenty of each e-service", lambda number: f"eservice_{number // OF_ONE_ESERVICE}"),
        *_figures("all of one e-service", lambda _: "eservice_0"),
        *_figures("no e-service named", lambda _: None),
    ]


def _figures(shape: str, eservice_of: Callable[[int], str | None]) -> list[Figure]:
    organisation = _organisation([_rule(number, eservice_of(number)) for number in range(RULES)])
    step = RULES // CASES
    cases = [_facts(number, eservice_of(number) or "eservice_0") for number in range(0, RULES, step)]
    what = f"routing by {RULES:,} rules, {shape}"
    kilobytes = max(len(_routed(organisation, facts)) for facts in cases) / 1000
    return [
        _at_most(MOST_MILLISECONDS, f"{what}: processor time a case", _milliseconds(organisation, cases), "ms"),
        _at_most(MOST_KILOBYTES, f"{what}: explanation of a case", kilobytes, "kB"),
    ]


def _at_most(most: float, what: str, value: float, unit: str) -> Figure:
    return Figure(what, value, unit, wanted=most, more_is_better=False)


def _organisation(rules: Sequence[Rule]) -> Organisation:
    return Organisation(
        municipality="2039",
        boards={"TN": Board("TN", NAME, "{board} {year}-{number}")},
        queues={code: Queue(code, NAME, "TN") for code in ("egen", "registrator")},
        registrar_queue="registrator",
        rules=tuple(rules),
        version=1,
    )


def _rule(number: int, eservice: str | None) -> Rule:
    """One as a municipality writes them: an e-service, what is asked for, and when, with an alternative in it."""
    written: list[dict[str, object]] = [
        {"fact": "facts.category", "operator": "one_of", "value": [f"c{number}", f"d{number}"]},
        {
            "any": [
                {"fact": "received_hour", "operator": "at_least", "value": number % 24},
                {"fact": "weekday", "operator": "one_of", "value": ["saturday", "sunday"]},
            ]
        },
    ]
    if eservice:
        written.insert(0, {"fact": "eservice", "operator": "is", "value": eservice})
    because = {"sv": f"det är en anmälan av slaget {number}", "en": f"it is a report of kind {number}"}
    return Rule(f"Regel {number}", because, parse_list(written), "egen")


def _facts(number: int, eservice: str) -> dict[str, object]:
    return {
        "eservice": eservice,
        "language": "sv",
        "anonymous": False,
        "has_attachments": False,
        "weekday": "monday",
        "time_of_day": "12:00",
        "received_hour": 12,
        "facts.category": f"c{number}",
    }


def _routed(organisation: Organisation, facts: dict[str, object]) -> bytes:
    explanation = organisation.route(facts, board="TN", secret=False, today=TODAY).explanation
    return orjson.dumps(explanation)


def _milliseconds(organisation: Organisation, cases: Sequence[dict[str, object]]) -> float:
    def all_of_them() -> None:
        for facts in cases:
            _routed(organisation, facts)

    all_of_them()
    return 1000 * min(_seconds(all_of_them) for _ in range(ROUNDS)) / len(cases)


def _seconds(run: Callable[[], None]) -> float:
    began = process_time()
    run()
    return process_time() - began


if __name__ == "__main__":
    print(figures.table(measure()))
