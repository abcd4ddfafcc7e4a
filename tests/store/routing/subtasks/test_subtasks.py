"""Sub-tasks of a case: each an officer's, until finished; who closes the case with open ones is to confirm it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.routing.actions.close import close
from services.routing.actions.decide import decide
from services.routing.actions.transfer import transfer
from services.routing.cases.errors import InvalidInput
from services.routing.cases.models import Case, JournalEntry
from services.routing.subtasks.subtasks import (
    SubtaskNotFound,
    add,
    finish,
    on_case,
    own_subtasks,
    reassign,
    subtasks_of,
    who_may_not_see,
)
from shared.idempotency import KeyReused
from tests.builders import NOON
from tests.store.routing.casework import ANNA, ERIK, EVA, command, decision_data, everything

TODAY = NOON.date()


@pytest.fixture
def give(casework, alvdalen):
    """Gives an officer of the directory, Erik unless another is named, a part of the work with a case."""
    casework.knows(ERIK, EVA)

    def given(case, text="Mät upp.", officer=ANNA, to=ERIK.subject, **more):
        return add(
            officer, case.id, text, assignee_subject=to, **more, organisation=alvdalen, **casework.store_and_time
        )

    return given


@pytest.fixture
def road(casework):
    """A case of Erik's board."""
    return casework.a_case(eservice="felanmalan", facts={"category": "road"})


def own(casework, officer=ERIK, **more):
    """The texts of the sub-tasks that an officer has."""
    page = own_subtasks(officer, sessions=casework.store.sessions, **more)
    return [each.subtask.text for each in page.subtasks]


def test_a_sub_task_is_its_officers_the_first_due_first_until_anybody_finishes_it(casework, road, give):
    give(road, "Någon gång.")
    first = give(road, "Snart.", due_on=TODAY + timedelta(days=1))
    assert own(casework) == ["Snart.", "Någon gång."]
    page = own_subtasks(ERIK, limit=1, sessions=casework.store.sessions)
    assert own(casework, after=page.next) == ["Någon gång."]

    assert finish(ANNA, first.id, **casework.store_and_time) == road.id

    assert own(casework) == ["Någon gång."]
    finished = {each.finished_by for each in subtasks_of(ANNA, road.id, sessions=casework.store.sessions)}
    assert finished == {None, ANNA.name}
    with pytest.raises(SubtaskNotFound):
        finish(ANNA, first.id, **casework.store_and_time)


def test_a_sub_task_of_a_case_that_went_behind_a_wall_is_not_there(casework, road, give, alvdalen):
    given = give(road)
    transfer(command(road), "bygglov", "Gäller ett bygge.", alvdalen, **casework.store_and_time)

    assert own(casework) == []
    with pytest.raises(SubtaskNotFound):
        finish(ERIK, given.id, **casework.store_and_time)


def test_whoever_sees_the_case_sees_that_who_has_its_sub_task_does_not(casework, road, give, alvdalen):
    given, finished = give(road), give(road, "Mät om.")
    finish(ANNA, finished.id, **casework.store_and_time)

    def blind():
        with casework.store.sessions() as session:
            return who_may_not_see(session, casework.now(road), on_case(session, casework.now(road)), alvdalen)

    assert blind() == set()
    transfer(command(road), "bygglov", "Gäller ett bygge.", alvdalen, **casework.store_and_time)
    assert blind() == {ERIK.subject}
    reassign(ANNA, given.id, EVA.subject, organisation=alvdalen, sessions=casework.store.sessions)
    assert blind() == set()


def test_no_sub_task_of_a_protected_case_is_given_to_who_may_not_see_it(casework, give):
    case = casework.a_case()
    with casework.store.sessions.begin() as session:
        session.get_one(Case, case.id).protected = True

    with pytest.raises(InvalidInput) as refusal:
        give(case, officer=replace(ANNA, sees_protected=True), to=EVA.subject)

    assert refusal.value.field == "assignee_subject"


@pytest.mark.parametrize("subject", [ERIK.subject, "ingen"])
def test_no_sub_task_is_given_to_another_boards_officer_or_nobody(claimed, give, subject):
    with pytest.raises(InvalidInput) as refusal:
        give(claimed, to=subject)

    assert refusal.value.field == "assignee_subject"


def test_an_open_sub_task_is_given_to_another_who_may_have_it(casework, road, give, alvdalen):
    ingrid = replace(ERIK, subject="ingrid", name="Ingrid Isaksson")
    casework.knows(ingrid)
    given = give(road)
    with_organisation = {"organisation": alvdalen, "sessions": casework.store.sessions}

    moved = reassign(ERIK, given.id, "ingrid", **with_organisation)

    assert (moved.assignee_subject, moved.assignee_name) == ("ingrid", "Ingrid Isaksson")
    assert (moved.created_by, moved.handed_on_by, moved.handed_on_from) == (ANNA.name, ERIK.name, ERIK.name)
    again = reassign(ANNA, given.id, "ingrid", **with_organisation)
    assert again.handed_on_by == ERIK.name, "it was hers already"
    assert (own(casework), own(casework, ingrid)) == ([], ["Mät upp."])
    for subject in (EVA.subject, "ingen"):
        with pytest.raises(InvalidInput, match="assignee_subject"):
            reassign(ERIK, given.id, subject, **with_organisation)
    with pytest.raises(SubtaskNotFound):
        reassign(EVA, given.id, "ingrid", **with_organisation)
    finish(ANNA, given.id, **casework.store_and_time)
    with pytest.raises(SubtaskNotFound):
        reassign(ERIK, given.id, ERIK.subject, **with_organisation)


def test_one_key_makes_one_sub_task(casework, road, give):
    assert give(road, key="k1").id == give(road, key="k1").id
    assert own(casework) == ["Mät upp."]
    with pytest.raises(KeyReused):
        give(road, "Annat.", key="k1")


def test_who_closes_a_case_with_open_sub_tasks_is_to_confirm_it(casework, claimed, give, alvdalen):
    now = casework.store_and_time
    give(claimed, to=EVA.subject)
    decide(command(claimed), decision_data(), alvdalen, **now)

    with pytest.raises(InvalidInput) as warning:
        close(command(claimed), **now)
    assert (warning.value.field, casework.now(claimed).state) == ("confirmed", "decided")
    close(command(claimed), confirmed=True, **now)

    assert casework.now(claimed).state == "closed"
    assert everything(casework.store, JournalEntry, case_id=claimed.id)[-1].data == {"open_subtasks": 1}


def test_a_case_whose_sub_tasks_are_finished_is_closed_without_a_warning(casework, claimed, give, alvdalen):
    now = casework.store_and_time
    finish(ANNA, give(claimed, to=EVA.subject).id, **now)
    decide(command(claimed), decision_data(), alvdalen, **now)

    assert close(command(claimed), **now).state == "closed"
