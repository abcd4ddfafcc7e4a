"""Giving a case to an officer of the directory."""

from dataclasses import replace

import pytest

from services.routing.actions.assign import assign
from services.routing.actions.declare_conflict import declare_conflict
from services.routing.cases.errors import InvalidInput
from shared.events.routing import CaseAssigned
from tests.store.routing.casework import ERIK, EVA, command


def test_a_case_is_given_to_an_officer_of_its_board_by_the_name_in_the_directory(casework, alvdalen):
    casework.knows(EVA)
    case = casework.a_case()

    assign(command(case), "eva", alvdalen, **casework.store_and_time)

    assert (casework.now(case).state, casework.now(case).officer_subject) == ("assigned", "eva")
    assert CaseAssigned.open(casework.published(case)[-1]).officer_name == "Eva Ek"


def test_it_is_given_to_nobody_unknown_of_another_board_or_municipality_or_with_a_conflict(casework, alvdalen):
    casework.knows(EVA, ERIK, replace(EVA, subject="stina", municipality="2409"))
    case = casework.a_case()
    declare_conflict(command(case, EVA), "Min bror söker.", alvdalen, **casework.store_and_time)

    for subject, why in (
        ("ingen", "no such officer"),
        ("stina", "no such officer"),
        ("erik", "may not see"),
        ("eva", "declared a conflict"),
    ):
        with pytest.raises(InvalidInput, match=why) as refusal:
            assign(command(case), subject, alvdalen, **casework.store_and_time)
        assert refusal.value.field == "officer_subject"
    assert casework.now(case).state == "queued"
