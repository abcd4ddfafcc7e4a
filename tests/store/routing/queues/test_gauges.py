"""The figures that operators see."""

from dataclasses import replace
from datetime import timedelta

from prometheus_client import REGISTRY

from services.routing.actions.claim import claim
from services.routing.actions.transfer import transfer
from services.routing.queues.gauges import measure
from tests.builders import NOON, a_submission
from tests.store.routing.casework import PERMIT, command


def figure(name, **labels):
    """What a metric reads."""
    return REGISTRY.get_sample_value(name, labels)


def test_the_gauges_show_how_each_queue_stands(casework, organisations):
    casework.a_case(received_at=NOON - timedelta(days=300))
    claim(command(casework.a_case()), **casework.store_and_time)
    casework.a_case(eservice="borgerlig_vigsel")

    measure(casework.store.sessions, organisations.values(), now=NOON)

    assert figure("routing_queue_cases", municipality="2039", queue="bygglov") == 1
    assert figure("routing_queue_oldest_seconds", municipality="2039", queue="bygglov") == 300 * 86_400
    assert figure("routing_cases_overdue", municipality="2039", queue="bygglov") == 1
    assert figure("routing_queue_cases", municipality="2039", queue="gata") == 0
    assert figure("routing_cases_unmatched_waiting", municipality="2039") == 1
    assert figure("routing_cases_unmatched_waiting", municipality="2409") == 0


def test_what_must_be_decided_is_counted_from_the_day_after_its_last(casework, organisations):
    casework.a_case(handling=replace(a_submission().handling, deadline=PERMIT))
    casework.a_case()

    for days, count in ((70, 0), (71, 1)):
        measure(casework.store.sessions, organisations.values(), now=NOON + timedelta(days=days))
        assert figure("routing_cases_must_be_decided", municipality="2039", queue="bygglov") == count


def test_a_queue_that_is_no_more_is_measured_until_it_is_empty(casework, alvdalen):
    case = casework.a_case()
    without = replace(alvdalen, queues={k: v for k, v in alvdalen.queues.items() if k != "bygglov"})

    measure(casework.store.sessions, [without], now=NOON)
    assert figure("routing_queue_cases", municipality="2039", queue="bygglov") == 1

    transfer(command(case), "gata", "Kön läggs ner.", without, **casework.store_and_time)
    measure(casework.store.sessions, [without], now=NOON)
    assert figure("routing_queue_cases", municipality="2039", queue="bygglov") == 0


def test_what_happens_is_counted_once_it_has_committed(casework):
    counted = {
        "routing_cases_registered_total": {"municipality": "2039", "eservice": "bygglov"},
        "routing_cases_routed_total": {"municipality": "2039", "rule": "Bygglov"},
        "routing_actions_total": {"municipality": "2039", "action": "claim"},
    }
    before = {name: figure(name, **labels) or 0 for name, labels in counted.items()}

    claim(command(casework.a_case()), **casework.store_and_time)

    assert {name: figure(name, **labels) for name, labels in counted.items()} == {
        name: count + 1 for name, count in before.items()
    }
