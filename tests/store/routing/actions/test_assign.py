"""Giving a case to a named officer."""

from services.routing.actions.assign import assign
from shared.events.routing import CaseAssigned
from tests.store.routing.casework import command


def test_a_case_is_given_to_a_named_officer(casework, alvdalen):
    case = casework.a_case()

    assign(command(case), "eva", "Eva Ek", alvdalen, **casework.store_and_time)

    assert (casework.now(case).state, casework.now(case).officer_subject) == ("assigned", "eva")
    assert CaseAssigned.open(casework.published(case)[-1]).officer_name == "Eva Ek"
