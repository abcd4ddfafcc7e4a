"""Reminders: private or of the case, on the list of who is concerned on their day, until finished or removed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.routing.actions.transfer import transfer
from services.routing.cases.errors import CaseNotFound
from services.routing.reminders.reminders import ReminderNotFound, add, finish, reminders_due, reminders_of, remove
from shared.idempotency import KeyReused
from tests.builders import NOON
from tests.store.routing.casework import ANNA, ERIK, command

TODAY = NOON.date()
EVA = replace(ANNA, subject="eva", name="Eva Ek")


@pytest.fixture
def due(casework):
    """The texts of the reminders that an officer has by a day."""

    def texts(officer, by=TODAY, **more):
        page = reminders_due(officer, by, sessions=casework.store.sessions, **more)
        return [each.reminder.text for each in page.reminders]

    return texts


def remind(casework, case, text="Ring.", officer=EVA, days=0, **more):
    """Have an officer reminded so many days from today; the reminder."""
    return add(officer, case.id, text, TODAY + timedelta(days=days), **more, **casework.store_and_time)


def test_a_reminder_is_due_on_its_day_for_its_author_and_for_who_has_the_case(casework, claimed, due):
    remind(casework, claimed, "Ring grannen.", days=2)
    remind(casework, claimed, "Mitt eget.", private=True)

    assert (due(EVA), due(ANNA)) == (["Mitt eget."], [])
    assert due(EVA, TODAY + timedelta(days=2)) == ["Mitt eget.", "Ring grannen."]
    assert due(ANNA, TODAY + timedelta(days=2)) == ["Ring grannen."]
    assert due(replace(EVA, subject="nils"), TODAY + timedelta(days=2)) == []
    sessions = {"sessions": casework.store.sessions}
    assert [each.text for each in reminders_of(ANNA, claimed.id, **sessions)] == ["Ring grannen."]
    assert len(reminders_of(EVA, claimed.id, **sessions)) == 2


def test_a_reminder_is_finished_or_removed_once_and_a_private_one_by_its_author_alone(casework, claimed, due):
    sessions = {"sessions": casework.store.sessions}
    first, second = remind(casework, claimed), remind(casework, claimed, private=True)

    with pytest.raises(ReminderNotFound):
        finish(ANNA, second.id, **casework.store_and_time)
    assert finish(ANNA, first.id, **casework.store_and_time) == claimed.id
    assert remove(EVA, second.id, **sessions) == claimed.id

    assert due(EVA) == []
    for again in (first, second):
        with pytest.raises(ReminderNotFound):
            remove(EVA, again.id, **sessions)


def test_a_reminder_of_a_case_that_went_behind_a_wall_is_not_there(casework, alvdalen, due):
    case = casework.a_case(eservice="felanmalan", facts={"category": "road"})
    reminder = remind(casework, case, officer=ERIK)
    transfer(command(case), "bygglov", "Gäller ett bygge.", alvdalen, **casework.store_and_time)

    assert due(ERIK) == []
    with pytest.raises(ReminderNotFound):
        finish(ERIK, reminder.id, **casework.store_and_time)
    with pytest.raises(CaseNotFound):
        remind(casework, case, officer=ERIK)
    with pytest.raises(CaseNotFound):
        reminders_of(ERIK, case.id, sessions=casework.store.sessions)


def test_one_key_makes_one_reminder(casework, claimed, due):
    first = remind(casework, claimed, key="k1")

    assert remind(casework, claimed, key="k1").id == first.id
    assert due(EVA) == ["Ring."]
    with pytest.raises(KeyReused):
        remind(casework, claimed, "Annat.", key="k1")


def test_reminders_are_listed_page_by_page(casework, claimed, due):
    for number in range(3):
        remind(casework, claimed, str(number))
    page = reminders_due(EVA, TODAY, limit=2, sessions=casework.store.sessions)

    rest = due(EVA, after=page.next)

    assert sorted([*(each.reminder.text for each in page.reminders), *rest]) == ["0", "1", "2"]
