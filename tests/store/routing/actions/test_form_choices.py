"""What may be chosen in the forms of a case."""

import pytest

from services.routing.actions.assign import assign
from services.routing.actions.form_choices import form_choices
from services.routing.cases.case_file import open_case
from tests.store.routing.casework import ANNA, command


@pytest.fixture
def choices_of(casework, alvdalen):
    """What Anna may choose in a case."""

    def choices(case):
        file = open_case(ANNA, case.id, **casework.store_and_time)
        return form_choices(ANNA, file, alvdalen, sessions=casework.store.sessions)

    return choices


def test_a_case_is_moved_to_any_other_queue(casework, alvdalen, choices_of):
    codes = [code for code, _ in choices_of(casework.a_case())["queues"]]

    assert codes == [code for code in alvdalen.queues if code != "bygglov"]


def test_a_case_is_given_to_the_officer_or_to_whoever_has_a_case_of_the_board(casework, alvdalen, choices_of):
    assign(command(casework.a_case()), "eva", "Eva Ek", alvdalen, **casework.store_and_time)
    assign(
        command(casework.a_case(eservice="felanmalan", facts={"category": "road"})),
        "per",
        "Per Ek",
        alvdalen,
        **casework.store_and_time,
    )

    assert choices_of(casework.a_case())["colleagues"] == [("anna", "Anna Andersson"), ("eva", "Eva Ek")]


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
