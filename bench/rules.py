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
from shared.conditions.condition import Condition, Group, Grouping, parse_list

RULES = 5_000
OF_ONE_ESERVICE = 20
CASES = 100
ROUNDS = 5
MOST_MILLISECONDS = 2.0
MOST_KILOBYTES = 10.0

NAME = {"sv": "Kö", "en": "Queue"}
TODAY = date(2026, 11, 23)


def measure() -> list[Figure]:
    """The fastest round's milliseconds for a case, and the longest explanation's kB, where an e-service has twenty.

    The last figure has no goal: all of the rules are of one e-service, so that the index gives nothing.
    """
    spread = _organisation([_rule(number, f"eservice_{number // OF_ONE_ESERVICE}") for number in range(RULES)])
    crowded = _organisation([_rule(number, "eservice_0") for number in range(RULES)])
    of_each = [_facts(number, f"eservice_{number * 2}") for number in range(CASES)]
    of_one = [_facts(number * 50, "eservice_0") for number in range(CASES // 20)]
    what = f"routing by {RULES:,} rules"
    return [
        Figure(
            f"{what}, processor time a case",
            _milliseconds(spread, of_each),
            "ms",
            wanted=MOST_MILLISECONDS,
            more_is_better=False,
        ),
        Figure(
            f"{what}, explanation of a case",
            max(len(_routed(spread, facts)) for facts in of_each) / 1000,
            "kB",
            wanted=MOST_KILOBYTES,
            more_is_better=False,
        ),
        Figure(f"{what}, all of one e-service", _milliseconds(crowded, of_one), "ms"),
    ]


def _organisation(rules: Sequence[Rule]) -> Organisation:
    return Organisation(
        municipality="2039",
        boards={"TN": Board("TN", NAME, "{board} {year}-{number}")},
        queues={code: Queue(code, NAME, "TN") for code in ("egen", "registrator")},
        registrar_queue="registrator",
        rules=tuple(rules),
        version=1,
    )


def _rule(number: int, eservice: str) -> Rule:
    """One as a municipality writes them: an e-service, what is asked for, and when, with an alternative in it."""
    nested = parse_list(
        [
            {"fact": "facts.category", "operator": "one_of", "value": [f"c{number}", f"d{number}"]},
            {
                "any": [
                    {"fact": "received_hour", "operator": "at_least", "value": 7},
                    {"fact": "weekday", "operator": "one_of", "value": ["saturday", "sunday"]},
                ]
            },
        ]
    )
    of_eservice = Condition("eservice", "is", eservice)
    because = {"sv": f"det är en anmälan av slaget {number}", "en": f"it is a report of kind {number}"}
    return Rule(f"Regel {number}", because, Group(Grouping.ALL, (of_eservice, *nested.members)), "egen")


def _facts(number: int, eservice: str) -> dict[str, object]:
    return {
        "eservice": eservice,
        "language": "sv",
        "anonymous": False,
        "has_attachments": False,
        "weekday": "monday",
        "time_of_day": "12:00",
        "received_hour": 12,
        "facts.category": f"c{number * 2 * OF_ONE_ESERVICE}",
    }


def _routed(organisation: Organisation, facts: dict[str, object]) -> bytes:
    explanation = organisation.route(facts, board="TN", secret=False, today=TODAY).explanation
    return orjson.dumps(explanation.as_data())


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
