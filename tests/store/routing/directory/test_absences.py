"""When officers are absent, and who may keep it."""

from dataclasses import replace
from datetime import date

import pytest

from services.routing.cases.errors import InvalidInput
from services.routing.directory.absences import (
    AbsenceNotFound,
    AbsenceRequest,
    NotYours,
    absences_of,
    enter_absence,
    remove_absence,
)
from services.routing.directory.competence import Competence, OnlyForLeaders, set_competence
from services.routing.directory.find import OfficerNotFound, listed_officer
from services.routing.directory.models import Absence
from shared.idempotency import KeyReused
from tests.store.routing.casework import ERIK, EVA, everything

TODAY = date(2026, 11, 23)
LEADER = replace(EVA, subject="lena", name="Lena Lind", leads=True)
AWAY = AbsenceRequest(TODAY, date(2026, 11, 27), None)


@pytest.fixture
def ids(casework):
    """Eva and Lena of BN, and Erik of TN, by subject."""
    return dict(zip(("eva", "lena", "erik"), casework.knows(EVA, LEADER, ERIK), strict=True))


def test_an_absence_shows_from_its_first_day_to_its_last(casework, ids):
    enter_absence(EVA, ids["eva"], replace(AWAY, deputy_id=ids["lena"]), **casework.store_and_time)

    with casework.store.sessions() as session:
        shown = {
            day: listed_officer(session, LEADER, ids["eva"], date(2026, 11, day)).absence is not None
            for day in (22, 23, 27, 28)
        }
        assert shown == {22: False, 23: True, 27: True, 28: False}
        assert listed_officer(session, LEADER, ids["eva"], TODAY).deputy.name == "Lena Lind"
        assert absences_of(session, ids["eva"], date(2026, 11, 28)) == []


def test_a_leader_of_the_board_keeps_it_too_but_no_colleague(casework, ids):
    absence = enter_absence(LEADER, ids["eva"], replace(AWAY, last_day=None), **casework.store_and_time)

    with pytest.raises(NotYours):
        enter_absence(EVA, ids["lena"], AWAY, **casework.store_and_time)
    with pytest.raises(OnlyForLeaders):
        set_competence(EVA, ids["eva"], Competence(), None, **casework.store_and_time)
    with pytest.raises(OfficerNotFound):
        enter_absence(LEADER, ids["erik"], AWAY, **casework.store_and_time)
    with pytest.raises(AbsenceNotFound):
        remove_absence(LEADER, ids["lena"], absence.id, **casework.store_and_time)
    remove_absence(EVA, ids["eva"], absence.id, **casework.store_and_time)
    assert everything(casework.store, Absence) == []


@pytest.mark.parametrize(
    ("requested", "field"),
    [
        (AbsenceRequest(date(2026, 11, 25), date(2026, 11, 24), None), "last_day"),
        (AbsenceRequest(date(2026, 11, 1), date(2026, 11, 22), None), "last_day"),
        (AbsenceRequest(date(2026, 12, 4), None, None), "first_day"),
        (AbsenceRequest(date(2026, 11, 30), date(2026, 12, 1), None), "first_day"),
    ],
)
def test_days_that_cannot_be_are_errors_at_their_field(casework, ids, requested, field):
    there = AbsenceRequest(date(2026, 12, 1), date(2026, 12, 4), None)
    enter_absence(EVA, ids["eva"], there, **casework.store_and_time)

    with pytest.raises(InvalidInput) as refusal:
        enter_absence(EVA, ids["eva"], requested, **casework.store_and_time)

    assert refusal.value.field == field
    enter_absence(EVA, ids["eva"], AbsenceRequest(TODAY, date(2026, 11, 30), None), **casework.store_and_time)


@pytest.mark.parametrize("deputy", ["eva", "erik"])
def test_a_deputy_is_somebody_else_with_a_board_in_common(casework, ids, deputy):
    everywhere = replace(LEADER, boards=None)

    with pytest.raises(InvalidInput, match="deputy"):
        enter_absence(everywhere, ids["eva"], replace(AWAY, deputy_id=ids[deputy]), **casework.store_and_time)


def test_the_same_request_twice_is_one_absence(casework, ids):
    first, again = (enter_absence(EVA, ids["eva"], AWAY, key="k1", **casework.store_and_time) for _ in range(2))

    assert first.id == again.id
    with pytest.raises(KeyReused):
        enter_absence(EVA, ids["eva"], replace(AWAY, last_day=None), key="k1", **casework.store_and_time)
