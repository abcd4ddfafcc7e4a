"""Taking the next case of a queue."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.routing.actions.declare_conflict import declare_conflict
from services.routing.cases.models import HAND_OUT_DAY, NO_DEADLINE, NO_DEADLINE_DAYS, PRIORITY_DAYS, Case
from services.routing.directory.competence import Competence, set_competence
from services.routing.queues.claim_next import QueueNotTaken, claim_next
from services.routing.rules.rules import Priority
from shared.idempotency import KeyReused
from tests.builders import NOON, a_submission
from tests.store.routing.casework import ANNA, EVA, PERMIT, command, handling_with_deadline


def test_the_next_case_is_the_one_with_the_nearest_deadline(casework, alvdalen):
    casework.a_case(handling=handling_with_deadline(30))
    casework.a_case(handling=handling_with_deadline(10))
    casework.a_case(handling=handling_with_deadline(10), received_at=NOON - timedelta(minutes=1))

    taken = [claim_next(ANNA, "bygglov", alvdalen, **casework.store_and_time) for _ in range(4)]

    assert [done.number[-1] for done in taken if done] == ["3", "2", "1"]
    assert taken[3] is None


def test_the_next_case_requested_twice_with_one_key_is_one_case(casework, alvdalen):
    casework.a_case()
    casework.a_case()

    first = claim_next(ANNA, "bygglov", alvdalen, key="k1", **casework.store_and_time)

    assert claim_next(ANNA, "bygglov", alvdalen, key="k1", **casework.store_and_time) == first
    with pytest.raises(KeyReused):
        claim_next(ANNA, "gata", alvdalen, key="k1", **casework.store_and_time)


def test_a_case_that_must_be_decided_comes_before_those_that_are_later_still(casework, alvdalen):
    long_ago = NOON - timedelta(days=100)
    later = casework.a_case(handling=handling_with_deadline(1), received_at=long_ago)
    must = casework.a_case(handling=replace(a_submission().handling, deadline=PERMIT), received_at=long_ago)

    taken = [claim_next(ANNA, "bygglov", alvdalen, **casework.store_and_time) for _ in range(2)]

    assert [done.number for done in taken] == [must.number, later.number]


def numbers(casework, organisation, officer=ANNA):
    """The last digits of the cases that the officer is handed until there are no more."""
    taken = iter(lambda: claim_next(officer, "bygglov", organisation, **casework.store_and_time), None)
    return [done.number[-1] for done in taken]


def prioritised(casework, priority, **submitted):
    """A case of this priority."""
    case = casework.a_case(**submitted)
    with casework.store.sessions.begin() as session:
        session.get_one(Case, case.id).priority = priority
    return case


def test_priority_decides_then_the_deadline_then_age_and_who_has_waited_long_overtakes(casework, alvdalen):
    soon, later = handling_with_deadline(10), handling_with_deadline(30)
    prioritised(casework, Priority.NORMAL, handling=later)
    prioritised(casework, Priority.NORMAL, handling=soon)
    prioritised(casework, Priority.URGENT, handling=later)
    prioritised(casework, Priority.HIGH, handling=soon, received_at=NOON - timedelta(minutes=1))
    prioritised(casework, Priority.HIGH, handling=soon)
    prioritised(casework, Priority.LOW, handling=soon)
    prioritised(casework, Priority.LOW, handling=soon, received_at=NOON - timedelta(days=120))

    assert numbers(casework, alvdalen) == list("3457216")


def test_without_a_deadline_a_case_comes_after_those_that_have_one_but_not_for_ever(casework, alvdalen):
    casework.a_case(handling=handling_with_deadline(None))
    casework.a_case(handling=handling_with_deadline(None), received_at=NOON - timedelta(days=2 * NO_DEADLINE_DAYS))
    casework.a_case(handling=handling_with_deadline(10))

    assert numbers(casework, alvdalen) == list("231")


WAITS = st.tuples(
    st.sampled_from(Priority),
    st.one_of(st.none(), st.integers(-30, NO_DEADLINE_DAYS)),
    st.integers(0, 4_000),
)


@given(waits=WAITS, later=WAITS)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_starves_as_what_comes_so_much_later_always_comes_after_it(store, waits, later):
    longest = timedelta(days=30 + NO_DEADLINE_DAYS + 3 * PRIORITY_DAYS + 1)
    priority, days, after = later

    first, second = (
        hand_out_day_of(store, *each) for each in (waits, (priority, days, waits[2] + longest.days + after))
    )

    assert first < second


def hand_out_day_of(store, priority, days, received):
    """The hand-out day of a case that was received so many days on, with a deadline of so many days."""
    received_at = datetime(2020, 1, 1, 12, tzinfo=UTC) + timedelta(days=received)
    due_by = NO_DEADLINE if days is None else received_at.date() + timedelta(days=days)
    dialect = store.engine.dialect.name
    types = {"sqlite": ("TEXT", "TEXT"), "postgresql": ("date", "timestamptz")}[dialect]
    values = f"CAST(:due_by AS {types[0]}) AS due_by, CAST(:received_at AS {types[1]}) AS received_at"
    day = HAND_OUT_DAY[dialect].replace("::", "\\:\\:")
    query = text(f"SELECT {day} FROM (SELECT {values}, CAST(:priority AS integer) AS priority) AS waiting")
    given = {"due_by": due_by.isoformat(), "received_at": f"{received_at}", "priority": int(priority)}
    with store.sessions() as session:
        return session.scalar(query, given)


def test_a_low_one_is_handed_out_although_one_that_is_urgent_comes_for_each_that_is_taken(casework, alvdalen):
    low = prioritised(casework, Priority.LOW, handling=handling_with_deadline(None))
    for _ in range((NO_DEADLINE_DAYS + 3 * PRIORITY_DAYS) // 7 + 1):
        casework.clock.move(days=7)
        urgent = prioritised(
            casework, Priority.URGENT, handling=handling_with_deadline(1), received_at=casework.clock()
        )
        taken = claim_next(ANNA, "bygglov", alvdalen, **casework.store_and_time)
        if taken.case_id == low.id:
            break
        assert taken.case_id == urgent.id
    else:
        pytest.fail("it was never handed out")


def test_the_index_of_what_waits_is_what_the_next_case_is_found_by(casework):
    dialect = casework.store.engine.dialect.name
    explain = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}[dialect]
    day = HAND_OUT_DAY[dialect].replace("::", "\\:\\:")
    waiting = "SELECT id FROM cases WHERE municipality = '2039' AND queue = 'gata' AND state = 'queued'"
    query = f"{waiting} ORDER BY {day}, received_at, id LIMIT 1"
    with casework.store.sessions() as session:
        if dialect == "postgresql":
            for other in ("seqscan", "sort"):  # which are quicker for a few rows
                session.execute(text(f"SET enable_{other} = off"))
        plan = " ".join(str(row) for row in session.execute(text(f"{explain} {query}")))

    assert "ix_cases_by_hand_out_day" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


def test_an_officer_is_handed_what_they_take_and_may_claim_the_rest_by_hand(casework, alvdalen):
    [eva] = casework.knows(EVA)
    casework.a_case(eservice="rivningslov")
    casework.a_case()
    takes = {"queues": ["bygglov"], "eservices": ["bygglov"]}
    leader = replace(ANNA, leads=True)

    set_competence(leader, eva, Competence(**takes), alvdalen, **casework.store_and_time)
    assert numbers(casework, alvdalen, EVA) == ["2"]
    set_competence(leader, eva, Competence(queues=["gata"]), alvdalen, **casework.store_and_time)
    with pytest.raises(QueueNotTaken):
        claim_next(EVA, "bygglov", alvdalen, **casework.store_and_time)


def test_who_has_declared_a_conflict_of_interest_is_handed_the_next_case_instead(casework, alvdalen):
    first = casework.a_case(received_at=NOON - timedelta(hours=1))
    casework.a_case()
    declare_conflict(command(first, EVA), "Grannen söker.", alvdalen, **casework.store_and_time)

    assert numbers(casework, alvdalen, EVA) == ["2"]
    assert numbers(casework, alvdalen) == ["1"]
