"""Cases are chosen one by one, or all that a queue's filters or a search have: only those that the officer sees."""

from uuid import uuid4

import pytest

from services.routing.actions.claim import claim
from services.routing.bulk import selections
from services.routing.bulk.offer import IN_BULK, bulk_choices, offered, seen
from services.routing.bulk.preview import Recipients, preview
from services.routing.bulk.request import read
from services.routing.bulk.selections import Chooser, ChosenCase, SelectionNotFound, TooManyCases, keep, kept
from services.routing.cases.errors import InvalidInput
from services.routing.cases.state_machine import Action, State
from services.routing.queues.list_cases import CaseFilter
from services.routing.queues.sorting import Sort
from tests.store.routing.casework import ANNA, ERIK, EVA, command, decision_data
from tests.store.routing.conftest import MOST_IN_BULK as MOST


@pytest.fixture
def chooser(casework):
    """Chooses as Anna."""
    return Chooser(ANNA, MOST, casework.store.sessions)


def test_the_cases_that_were_ticked_are_chosen_in_their_order_with_their_versions(casework, chooser, claimed):
    other = casework.a_case()

    chosen = chooser.some([other.id, claimed.id, other.id, uuid4()])

    assert chosen == [ChosenCase(other.id, 2), ChosenCase(claimed.id, 3)]
    assert chooser.some([claimed.id], {claimed.id: 2}) == [ChosenCase(claimed.id, 2)]


def test_no_case_is_chosen_that_the_officer_does_not_see(casework, claimed):
    with pytest.raises(InvalidInput):
        Chooser(ERIK, MOST, casework.store.sessions).some([claimed.id])


def test_all_that_a_queue_s_filters_let_through_are_chosen(casework, chooser, claimed, alvdalen):
    waiting = [casework.a_case() for _ in range(2)]

    chosen = chooser.all_of_queue("bygglov", CaseFilter(State.QUEUED), alvdalen, Sort.AGE)

    assert {each.id for each in chosen} == {each.id for each in waiting}


def test_all_that_a_search_finds_are_chosen_over_its_pages(casework, chooser, monkeypatch):
    monkeypatch.setattr(selections, "PAGE", 2)
    cases = [casework.a_case() for _ in range(5)]

    assert {each.id for each in chooser.all_found("tillbyggnad")} == {each.id for each in cases}


@pytest.mark.parametrize("choose", ["some", "all_of_queue", "all_found"])
def test_more_than_a_job_may_have_are_not_chosen(casework, alvdalen, choose):
    cases = [casework.a_case() for _ in range(3)]
    chooser = Chooser(ANNA, 2, casework.store.sessions)
    by = {
        "some": ([each.id for each in cases],),
        "all_of_queue": ("bygglov", CaseFilter(), alvdalen, Sort.AGE),
        "all_found": ("tillbyggnad",),
    }

    with pytest.raises(TooManyCases) as error:
        getattr(chooser, choose)(*by[choose])
    assert error.value.most == 2


def test_a_selection_is_kept_for_who_made_it(casework, chooser, claimed):
    chosen = chooser.some([claimed.id])
    made = keep(ANNA, chosen, "/desk/queues/bygglov", **casework.store_and_time)

    assert kept(ANNA, made, sessions=casework.store.sessions).cases == chosen
    with pytest.raises(SelectionNotFound):
        kept(ERIK, made, sessions=casework.store.sessions)


def of_all(casework, organisation, *cases):
    """What may be done with all of the cases, and what may be chosen for it."""
    chosen = seen(ANNA, [ChosenCase(each.id, each.sequence) for each in cases], sessions=casework.store.sessions)
    choices = bulk_choices(chosen, organisation, **casework.store_and_time)
    return {each.action for each in offered(chosen, choices)}, choices


def test_only_what_all_chosen_cases_allow_is_offered(casework, claimed, alvdalen):
    casework.knows(EVA)
    waiting = casework.a_case()
    fault = casework.a_case(eservice="felanmalan", regime="faktiskt_handlande")
    claim(command(fault), **casework.store_and_time)

    one, choices = of_all(casework, alvdalen, claimed)
    mixed, _ = of_all(casework, alvdalen, claimed, waiting)
    regimes, _ = of_all(casework, alvdalen, claimed, casework.now(fault))

    assert {Action.DECIDE, Action.RELEASE, Action.MESSAGE, Action.TRANSFER} <= one
    assert choices["outcomes"] == [("bifall", {"sv": "Bifall", "en": "Granted"})]
    assert "bygglov" not in dict(choices["queues"])
    assert mixed == {Action.NOTE, Action.ASSIGN, Action.TRANSFER}
    assert Action.MESSAGE in regimes and Action.DECIDE not in regimes
    assert of_all(casework, alvdalen)[0] == set()


def test_a_preview_has_who_is_reached_how_and_why_some_cannot(casework, context, alvdalen):
    made = [casework.a_case(), casework.a_case(email=None), casework.a_case(secrecy="21 kap. 3 § OSL")]
    made += [casework.a_case(), casework.a_case(), casework.a_case()]
    for case in made[:5]:
        claim(command(case), **casework.store_and_time)
    chosen = [ChosenCase(each.id, casework.now(each).sequence) for each in made]
    chosen[4] = ChosenCase(made[4].id, 2)
    definition = IN_BULK[Action.DECIDE]
    data = read(definition, decision_data(), context.clock)

    cases = seen(ANNA, [*chosen, ChosenCase(uuid4(), 1)], sessions=casework.store.sessions)
    found = preview(cases, definition, data, alvdalen, casework.clock(), sessions=casework.store.sessions)
    none = preview(
        cases,
        definition,
        data | {"outcome": "finns-inte"},
        alvdalen,
        casework.clock(),
        sessions=casework.store.sessions,
    )

    assert [each.case.id for each in found.possible] == [each.id for each in made[:4]]
    assert found.recipients == Recipients(by_mail=3, secret=1, on_page=0, anonymous=1)
    assert [each.failure.reason for each in found.failures] == ["not_found", "changed", "not_allowed"]
    assert not none.possible
    assert [each.failure.reason for each in none.failures].count("invalid") == 4
