"""Who has a case open, for a while, and what they do with it meanwhile."""

from dataclasses import replace

import pytest

from services.routing.actions.note import note
from services.routing.cases.errors import CaseNotFound
from services.routing.presence.models import CasePresence
from services.routing.presence.present import others_present, stay
from tests.store.routing.casework import ANNA, ERIK, command, only

EVA = replace(ANNA, subject="eva", name="Eva Ek")


def test_colleagues_see_each_other_for_as_long_as_they_stay(casework, case):
    first = stay(ANNA, case.id, case.sequence, **casework.store_and_time)
    assert (first.colleagues, first.entries) == ([], [])
    assert stay(EVA, case.id, case.sequence, **casework.store_and_time).colleagues == ["Anna Andersson"]
    assert others_present(ANNA, case.id, **casework.store_and_time) == ["Eva Ek"]

    casework.clock.move(seconds=15)
    stay(ANNA, case.id, case.sequence, **casework.store_and_time)
    casework.clock.move(seconds=6)
    assert others_present(ANNA, case.id, **casework.store_and_time) == []
    assert others_present(EVA, case.id, **casework.store_and_time) == ["Anna Andersson"]


def test_what_was_done_since_the_officers_version_comes_along(casework, case):
    note(command(case, EVA), "Ny.", **casework.store_and_time)

    now = stay(ANNA, case.id, case.sequence, **casework.store_and_time)

    assert now.version == case.sequence + 1
    assert [(each.action, each.actor_name) for each in now.entries] == [("note", "Eva Ek")]


def test_a_page_that_asks_every_few_seconds_does_not_write_each_time(casework, case):
    stay(ANNA, case.id, case.sequence, **casework.store_and_time)
    written = only(casework.store, CasePresence).at
    casework.clock.move(seconds=5)
    stay(ANNA, case.id, case.sequence, **casework.store_and_time)

    assert only(casework.store, CasePresence).at == written


def test_nobody_is_present_at_a_case_that_they_may_not_see(casework, case):
    with pytest.raises(CaseNotFound):
        stay(ERIK, case.id, case.sequence, **casework.store_and_time)

    assert others_present(ANNA, case.id, **casework.store_and_time) == []
