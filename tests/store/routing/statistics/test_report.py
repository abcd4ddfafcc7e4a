"""The figures of a leader's page, and how long cases take."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.routing.actions.claim import claim
from services.routing.actions.decide import decide
from services.routing.models import Outbox
from services.routing.statistics import expected_times
from services.routing.statistics.figures import Age, FigureTaker
from services.routing.statistics.report import report
from shared.events.envelope import Event
from shared.events.routing import CaseTimesMeasured
from tests.builders import a_submission
from tests.store.routing.casework import (
    ANNA,
    ERIK,
    EVA,
    SARA,
    command,
    decision_data,
    everything,
    handling_with_deadline,
)

LEADER = replace(ANNA, leads=True)


@pytest.fixture
def figures(casework):
    """The report of now, by default a leader's of all boards."""

    def of_now(officer=LEADER, queue=None, eservice=None):
        FigureTaker(casework.store.sessions, casework.clock).run()
        return report(officer, queue=queue, eservice=eservice, **casework.store_and_time)

    return of_now


def ended(casework, alvdalen, *, days, deadline=10, **submitted):
    """A case that is received now, and decided so many days later."""
    case = casework.a_case(handling=handling_with_deadline(deadline), received_at=casework.clock(), **submitted)
    claim(command(case), **casework.store_and_time)
    casework.clock.move(days=days)
    decide(command(case), decision_data(), alvdalen, **casework.store_and_time)
    casework.clock.move(days=-days)


def test_weeks_have_what_came_in_and_what_ended_in_time_or_late(casework, alvdalen, figures):
    casework.a_case()
    ended(casework, alvdalen, days=1)
    ended(casework, alvdalen, days=1, deadline=None)
    ended(casework, alvdalen, days=21)
    casework.clock.move(days=21)

    found = figures()
    weeks = {week.begins: week for week in found.weeks}
    first, last = weeks[date(2026, 11, 23)], weeks[date(2026, 12, 14)]
    assert (first.received, first.ended_in_time, first.ended_late, first.ended_without_deadline) == (4, 1, 0, 1)
    assert (last.received, last.ended, last.ended_late) == (0, 1, 1)
    assert (found.open, found.share_in_time) == (1, 0.5)
    assert found.taken_at == casework.clock()


def test_weeks_that_are_over_are_counted_once_an_hour_and_this_one_each_time(casework, figures):
    casework.a_case()
    casework.clock.move(days=7)
    figures()
    casework.a_case(received_at=casework.clock.now - timedelta(days=7))
    casework.a_case(received_at=casework.clock())

    assert [week.received for week in figures().weeks[-2:]] == [1, 1]
    casework.clock.move(hours=1)
    assert [week.received for week in figures().weeks[-2:]] == [2, 1]


def test_open_cases_are_counted_by_age(casework, figures):
    for days in (100, 60, 6, 0):
        casework.clock.move(days=-days)
        casework.a_case(received_at=casework.clock())
        casework.clock.move(days=days)

    assert figures().ages == {Age.WEEK: 2, Age.MONTH: 0, Age.QUARTER: 1, Age.HALF_YEAR: 1, Age.LONGER: 0}


def test_the_forecast_goes_by_how_many_end_in_a_week(casework, alvdalen, figures):
    for _ in range(8):
        ended(casework, alvdalen, days=0)
    casework.clock.move(days=7)
    for days in (1, 1, 1, 6, 40):
        casework.a_case(handling=handling_with_deadline(days), received_at=casework.clock())
    casework.clock.move(days=4)

    found = figures()
    assert (found.pace, found.overdue) == (1.0, 3)
    assert [(each.due, each.late_by_then) for each in found.due[:3]] == [(0, 2), (1, 2), (0, 1)]


def test_who_leads_sees_who_has_how_many_and_nobody_else(casework, figures):
    for _ in range(2):
        claim(command(casework.a_case(handling=handling_with_deadline(3))), **casework.store_and_time)
    claim(command(casework.a_case(), EVA), **casework.store_and_time)
    casework.clock.move(days=14)

    [most, other] = figures().officers
    assert (most.name, most.open, most.overdue) == ("Anna Andersson", 2, 2)
    assert (other.name, other.open, other.overdue) == ("Eva Ek", 1, 0)
    assert figures(ANNA).officers is None


def test_each_sees_the_figures_of_their_boards(casework, figures):
    casework.a_case()
    casework.a_case("2409")

    assert [figures(officer).open for officer in (LEADER, EVA, ERIK, SARA)] == [1, 1, 0, 1]


def test_protected_cases_are_counted_for_the_named_few(casework, figures):
    casework.a_case(
        eservice="hemlig", handling=replace(handling_with_deadline(None), secrecy="26 kap. 1 § OSL", board="XX")
    )

    assert figures(LEADER).open == 0
    assert figures(replace(LEADER, sees_protected=True)).open == 1


def test_one_queue_or_e_service_can_be_chosen(casework, figures):
    case = casework.a_case()
    casework.a_case(eservice="rivningslov")

    found = figures(eservice="bygglov")
    assert (found.open, found.eservices) == (1, ["bygglov", "rivningslov"])
    assert figures(queue=case.queue, eservice="rivningslov").open <= 1
    assert figures(queue="ingen").open == 0


def test_how_long_cases_take_is_shown_and_published_once_enough_have_ended(casework, alvdalen, figures):
    for days in range(expected_times.LEAST_CASES - 1):
        ended(casework, alvdalen, days=days)
    casework.clock.move(days=40)
    assert figures().expected == {}
    assert measured(casework) == []

    ended(casework, alvdalen, days=30)
    casework.clock.move(days=30)
    times = figures().expected["bygglov"]
    assert (times.cases, times.median_days, times.ninetieth_days, times.median_days_in_queue) == (20, 9, 17, 0)
    [published] = measured(casework)
    assert (published.enough, published.cases, published.median_days) == (True, 20, 9)

    figures()
    assert len(measured(casework)) == 1, "what has not changed is published once"

    casework.clock.move(days=400)
    assert figures().expected == {}
    assert [each.enough for each in measured(casework)] == [True, False]


def measured(casework):
    """The times that routing has published."""
    rows = everything(casework.store, Outbox, subject="2039/bygglov")
    return [CaseTimesMeasured.open(Event.decode(row.body)) for row in sorted(rows, key=lambda row: row.id)]


def test_there_are_no_figures_before_they_are_taken(casework):
    casework.a_case()

    found = report(LEADER, queue=None, eservice=None, **casework.store_and_time)
    assert (found.taken_at, found.open, found.share_in_time) == (None, 0, None)
    assert a_submission().eservice not in found.expected


@pytest.mark.parametrize("database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_while_one_worker_takes_the_figures_no_other_does(casework, figures):
    casework.a_case()
    figures()
    casework.a_case()

    with casework.store.engine.begin() as other:
        other.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('arende case figures'))")
        assert figures().open == 1
    assert figures().open == 2
