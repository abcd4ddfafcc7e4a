"""What may be chosen in the forms of a case."""

from dataclasses import replace
from datetime import date

import pytest

from services.routing.actions.form_choices import form_choices
from services.routing.cases.case_file import open_case
from services.routing.directory.absences import AbsenceRequest, enter_absence
from shared.swedish.time import local_date
from tests.store.routing.casework import ANNA, ERIK, EVA


@pytest.fixture
def choices_of(casework, alvdalen):
    """What Anna may choose in a case."""

    def choices(case):
        file = open_case(ANNA, case.id, **casework.store_and_time)
        today = local_date(casework.clock())
        return form_choices(ANNA, file, alvdalen, today, sessions=casework.store.sessions)

    return choices


def test_a_case_is_moved_to_any_other_queue(casework, alvdalen, choices_of):
    codes = [code for code, _ in choices_of(casework.a_case())["queues"]]

    assert codes == [code for code in alvdalen.queues if code != "bygglov"]


def test_a_case_is_given_to_any_officer_of_its_board_and_the_absent_are_shown_with_their_deputies(
    casework, alvdalen, choices_of
):
    anna, _, eva, _ = casework.knows(ANNA, ERIK, EVA, replace(EVA, subject="ake", name="Åke Öst"))
    away = AbsenceRequest(local_date(casework.clock()), date(2026, 12, 4), anna)
    enter_absence(EVA, eva, away, **casework.store_and_time)

    offered = choices_of(casework.a_case())["officers"]

    assert [(subject, text["sv"]) for subject, text in offered] == [
        ("anna", "Anna Andersson"),
        ("eva", "Eva Ek (frånvarande till och med 4 december 2026, ersättare Anna Andersson)"),
        ("ake", "Åke Öst"),
    ]


@pytest.mark.parametrize(
    ("regime", "deciders"),
    [
        ("forvaltningslagen", ["Anna Andersson", "Byggnadsnämnden", "Kommunfullmäktige"]),
        ("laglighetsprovning", ["Byggnadsnämnden", "Kommunfullmäktige", "Anna Andersson"]),
    ],
)
def test_whoever_is_likeliest_to_have_decided_comes_first(casework, choices_of, regime, deciders):
    assert [name for name, _ in choices_of(casework.a_case(regime=regime))["deciders"]] == deciders


def test_an_outcome_is_one_of_the_eservices(casework, choices_of):
    assert choices_of(casework.a_case())["outcomes"] == [("bifall", {"sv": "Bifall", "en": "Granted"})]
