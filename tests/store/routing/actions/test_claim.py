"""Claiming a case."""

from dataclasses import replace

import pytest

from services.routing.actions.claim import claim
from services.routing.cases.models import JournalEntry
from services.routing.cases.state_machine import Action, ActionNotAllowed
from shared.events.routing import CaseAssigned
from tests.store.routing.casework import ANNA, command, everything


def test_a_claimed_case_is_the_officers(casework):
    case = casework.a_case()

    done = claim(command(case), **casework.store_and_time)

    now = casework.now(case)
    assert (now.state, now.officer_subject, now.officer_name) == ("assigned", "anna", "Anna Andersson")
    assert (done.state, done.sequence, now.sequence) == ("assigned", 3, 3)
    assert CaseAssigned.open(casework.published(case)[-1]).officer_name == "Anna Andersson"


def test_a_claimed_case_cannot_be_claimed_by_another(casework, claimed):
    with pytest.raises(ActionNotAllowed) as refusal:
        claim(command(claimed, replace(ANNA, subject="eva")), **casework.store_and_time)

    assert Action.RELEASE in refusal.value.allowed
    assert casework.now(claimed).officer_subject == "anna"
    assert len(everything(casework.store, JournalEntry, case_id=claimed.id)) == 3
