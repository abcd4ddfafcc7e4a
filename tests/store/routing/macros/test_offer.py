"""A macro is offered where every step of it is possible, as far as can be known."""

from uuid import uuid4

import pytest

from services.routing.actions.declare_conflict import declare_conflict
from services.routing.actions.form_choices import form_choices
from services.routing.cases.case_file import open_case
from services.routing.macros import edit
from services.routing.macros.edit import KEPT
from services.routing.macros.models import Macro
from services.routing.macros.offer import Situation, offered
from shared.swedish.time import local_date
from tests.store.routing.casework import ANNA, EVA, command

TAG = ("add_tag", {"tag": "tjäle"})
CLAIM = ("claim", {})
NOTE = ("note", {"text": {"sv": "Ringde."}})
DECIDE = ("decide", {"outcome": "bifall", "reasons": {"sv": "PBL."}})
MOVE = ("transfer", {"queue": "gata", "reason": {"sv": "Fel kö."}})


@pytest.fixture
def names(casework, alvdalen):
    """The names of the macros that are offered an officer in a case, in their order."""

    def of(case, officer=ANNA):
        file, today = open_case(officer, case.id, **casework.store_and_time), local_date(casework.clock())
        choices = form_choices(officer, file, alvdalen, today, sessions=casework.store.sessions)
        situation = Situation(officer, file, alvdalen, choices, today)
        return [each.name for each in offered(situation, sessions=casework.store.sessions)]

    return of


def test_it_is_offered_in_the_state_that_its_steps_need(casework, make, claimed, names):
    for name, steps in {
        "Avgör": [DECIDE, ("close", {})],
        "Ta och avgör": [CLAIM, DECIDE, ("close", {})],
        "Tagga": [TAG],
    }.items():
        make(*steps, name=name)

    assert names(claimed) == ["Avgör", "Tagga"]
    assert names(casework.a_case()) == ["Ta och avgör", "Tagga"]


def test_it_is_offered_in_its_queue_and_e_service_the_narrowest_first(casework, make, names):
    for name, more in {
        **{name: {} for name in ("Öppna", "Évas", "Ändra", "återta", "Alla")},
        "Kö": {"queue": "bygglov"},
        "Båda": {"queue": "bygglov", "eservice": "bygglov"},
        "Annan": {"queue": "gata"},
    }.items():
        make(TAG, name=name, **more)

    assert names(casework.a_case()) == ["Båda", "Kö", "Alla", "Évas", "återta", "Ändra", "Öppna"]


def test_what_can_be_chosen_nowhere_in_the_case_is_not_offered(casework, make, claimed, names):
    casework.knows(EVA)
    make(("decide", {"outcome": "atgardat"}), name="Annat utfall")
    make(("transfer", {"queue": "bygglov", "reason": {"sv": "Hit."}}), name="Dit det är")
    make(("remove_tag", {"tag": "tjäle"}), name="Ta bort tagg")
    make(("end_hold", {}), name="Avsluta vila")
    make(("set_priority", {"priority": "normal", "reason": {"sv": "Åter."}}), name="Samma")
    make(("assign", {"officer_subject": "eva"}), name="Till Eva")

    assert names(claimed) == ["Till Eva"]


def test_after_a_move_out_of_sight_nothing_more_is_offered(casework, make, names):
    make(MOVE, NOTE, name="Flytta och notera")
    make(NOTE, MOVE, name="Notera och flytta")
    case = casework.a_case()

    assert names(case, EVA) == ["Notera och flytta"]
    assert names(case) == ["Flytta och notera", "Notera och flytta"]


def test_who_has_a_conflict_of_interest_is_offered_what_they_may_still_do(casework, alvdalen, make, names):
    make(NOTE, name="Notera")
    make(NOTE, CLAIM, name="Notera och ta")
    case = casework.a_case()
    declare_conflict(command(case), "Granne.", alvdalen, **casework.store_and_time)

    assert names(case) == ["Notera"]


def test_what_only_a_newer_version_knows_is_not_offered(casework, make, names):
    macro = make(TAG, name="Nyare")
    with casework.store.sessions.begin() as session:
        session.get_one(Macro, macro.id).steps = [{"action": "send_by_drone", "values": {}}]

    assert names(casework.a_case()) == []


def test_what_is_removed_is_not_offered(casework, alvdalen, make, names):
    macro = make(TAG)
    edit.remove(ANNA, macro.id, alvdalen, version=1, **casework.store_and_time)

    assert names(casework.a_case()) == []


def test_however_many_there_are_all_are_offered(casework, make, names):
    kept = make(TAG, name="Makro").steps
    more = [f"Makro {number:04}" for number in range(1, KEPT.most)]
    with casework.store.sessions.begin() as session:
        session.add_all(
            Macro(id=uuid4(), municipality="2039", version=1, name=name, steps=kept, removed=False) for name in more
        )

    assert names(casework.a_case()) == ["Makro", *more]
