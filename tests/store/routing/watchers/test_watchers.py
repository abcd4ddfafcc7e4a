"""An officer follows a case that is not theirs, and sees it only for as long as they may see it."""

import pytest
from sqlalchemy import select

from services.routing.actions.note import note
from services.routing.actions.transfer import transfer
from services.routing.cases.errors import CaseNotFound
from services.routing.cases.models import Case
from services.routing.queues.list_cases import watched_cases
from services.routing.updates.unseen import unseen
from services.routing.watchers.watchers import unwatch, watch, watched_by, watchers_of
from tests.store.routing.casework import ANNA, ERIK, command


def followed(casework, officer):
    """The ids of the cases that the officer follows, as their list and a query of others have them."""
    with casework.store.sessions() as session:
        joined = session.scalars(select(Case.id).where(officer.sees, Case.id.in_(watched_by(officer)))).all()
    listed = [each.case.id for each in watched_cases(officer, sessions=casework.store.sessions).cases]
    assert sorted(joined) == sorted(listed)
    return listed


def test_an_officer_follows_a_case_once_and_stops(casework, claimed):
    sessions = {"sessions": casework.store.sessions}
    for _ in range(2):
        watch(ANNA, claimed.id, **casework.store_and_time)
    assert followed(casework, ANNA) == [claimed.id]
    assert [each.name for each in watchers_of(ANNA, claimed.id, **sessions)] == [ANNA.name]

    unwatch(ANNA, claimed.id, **sessions)
    assert (followed(casework, ANNA), watchers_of(ANNA, claimed.id, **sessions)) == ([], [])


def test_a_case_behind_a_wall_is_neither_followed_nor_shown_to_who_followed_it(casework, alvdalen):
    case = casework.a_case(eservice="felanmalan", facts={"category": "road"})
    watch(ERIK, case.id, **casework.store_and_time)
    assert followed(casework, ERIK) == [case.id]

    transfer(command(case), "bygglov", "Gäller ett bygge.", alvdalen, **casework.store_and_time)

    assert followed(casework, ERIK) == []
    for ask in (watch, watchers_of):
        more = casework.store_and_time if ask is watch else {"sessions": casework.store.sessions}
        with pytest.raises(CaseNotFound):
            ask(ERIK, case.id, **more)
    unwatch(ERIK, case.id, sessions=casework.store.sessions)
    assert watchers_of(ANNA, case.id, sessions=casework.store.sessions) == []


def test_what_happens_in_a_followed_case_is_new_for_who_follows_it_while_they_may_see_it(casework, alvdalen):
    case = casework.a_case(eservice="felanmalan", facts={"category": "road"})
    watch(ERIK, case.id, **casework.store_and_time)

    note(command(case), "Ringde.", **casework.store_and_time)
    assert [each.action for each in unseen(ERIK, sessions=casework.store.sessions).items] == ["note"]

    transfer(command(case), "bygglov", "Gäller ett bygge.", alvdalen, **casework.store_and_time)
    assert unseen(ERIK, sessions=casework.store.sessions).items == []
