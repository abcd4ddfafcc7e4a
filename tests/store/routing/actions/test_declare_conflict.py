"""A conflict of interest: who has declared one has no part in the case any more."""

from dataclasses import replace

import pytest

from services.routing.actions.claim import claim
from services.routing.actions.decide import decide
from services.routing.actions.declare_conflict import declare_conflict
from services.routing.actions.note import note
from services.routing.actions.registry import possible
from services.routing.actions.withdraw_conflict import withdraw_conflict
from services.routing.cases.case_file import open_case
from services.routing.cases.errors import CaseNotFound, InvalidInput, PartialOfficer
from services.routing.cases.models import JournalEntry
from services.routing.cases.state_machine import Action
from shared.events.routing import CaseReleased
from tests.store.routing.casework import ANNA, EVA, command, decision_data, everything

REASON = "Sökanden är min bror."


def test_who_has_the_case_loses_it_to_the_queue_and_the_reason_is_in_the_journal(casework, claimed, alvdalen):
    declare_conflict(command(claimed), REASON, alvdalen, **casework.store_and_time)

    case = casework.now(claimed)
    assert (case.state, case.officer_subject, case.officer_name) == ("queued", None, None)
    entry = everything(casework.store, JournalEntry, case_id=case.id)[-1]
    assert (entry.action, entry.state, entry.data) == ("declare_conflict", "queued", {"reason": REASON})
    assert CaseReleased.open(casework.published(case)[-1]).state == "queued"


def test_a_colleagues_case_stays_with_the_colleague_and_nothing_is_published(casework, claimed, alvdalen):
    published = len(casework.published(claimed))

    declare_conflict(command(claimed, EVA), REASON, alvdalen, **casework.store_and_time)

    assert (casework.now(claimed).state, casework.now(claimed).officer_subject) == ("assigned", "anna")
    assert len(casework.published(claimed)) == published


def test_who_has_declared_one_handles_nothing_more_and_is_offered_nothing_of_it(casework, claimed, alvdalen):
    declare_conflict(command(claimed, EVA), REASON, alvdalen, **casework.store_and_time)
    file = open_case(EVA, claimed.id, **casework.store_and_time)

    for refused in (
        lambda: claim(command(claimed, EVA), **casework.store_and_time),
        lambda: decide(command(claimed, EVA), decision_data(), alvdalen, **casework.store_and_time),
        lambda: declare_conflict(command(claimed, EVA), "Igen.", alvdalen, **casework.store_and_time),
    ):
        with pytest.raises(PartialOfficer):
            refused()
    offered = {each.action for each in possible(EVA, file)}
    assert offered == {Action.NOTE, Action.RECEIVE_SUPPLEMENT, Action.REQUEST_DECISION} | {
        Action.ASSIGN,
        Action.TRANSFER,
        Action.RELEASE,
    }
    assert note(command(claimed, EVA), "Lämnade över.", **casework.store_and_time)
    assert Action.DECIDE in {each.action for each in possible(ANNA, file)}


LEADER = replace(ANNA, subject="lena", name="Lena Lind", leads=True)


def test_a_leader_withdraws_what_a_colleague_declared_by_mistake_and_both_stand_in_the_journal(
    casework, claimed, alvdalen
):
    declare_conflict(command(claimed, EVA), REASON, alvdalen, **casework.store_and_time)

    withdraw_conflict(command(claimed, LEADER), "eva", "Fel ärende.", **casework.store_and_time)

    *_, declared, withdrawn = everything(casework.store, JournalEntry, case_id=claimed.id)
    assert (declared.action, declared.data) == ("declare_conflict", {"reason": REASON})
    assert (withdrawn.action, withdrawn.actor_name, withdrawn.state) == ("withdraw_conflict", "Lena Lind", "assigned")
    assert withdrawn.data == {"officer_subject": "eva", "officer": "Eva Ek", "reason": "Fel ärende."}
    assert decide(command(claimed, EVA), decision_data(), alvdalen, **casework.store_and_time)
    with pytest.raises(InvalidInput):
        withdraw_conflict(command(claimed, LEADER), "eva", "Igen.", **casework.store_and_time)
    assert declare_conflict(command(claimed, EVA), "Jo.", alvdalen, **casework.store_and_time)


def test_nobody_withdraws_their_own_and_only_who_leads_withdraws_another_s(casework, claimed, alvdalen):
    declare_conflict(command(claimed, LEADER), REASON, alvdalen, **casework.store_and_time)

    with pytest.raises(PartialOfficer):
        withdraw_conflict(command(claimed, LEADER), "lena", "Ändrade mig.", **casework.store_and_time)
    with pytest.raises(CaseNotFound):
        withdraw_conflict(command(claimed, EVA), "lena", "Fel ärende.", **casework.store_and_time)
