"""Taking a case up again."""

from dataclasses import replace
from datetime import date

from services.routing.actions.close import close
from services.routing.actions.decide import decide
from services.routing.actions.reopen import reopen
from services.routing.decisions.models import Decision
from shared.events.routing import CaseDecided
from tests.store.routing.casework import ANNA, command, decision_data, everything, only


def test_a_case_is_decided_closed_and_taken_up_again(casework, claimed, alvdalen):
    decide(command(claimed), decision_data(presenter="Per Persson"), alvdalen, **casework.store_and_time)
    decided = only(casework.store, Decision)
    assert (decided.version, decided.decided_on, decided.decided_by) == (1, date(2026, 11, 23), "Anna Andersson")
    assert CaseDecided.open(casework.published(claimed)[-1]).outcome_label["sv"] == "Bifall"

    close(command(claimed), **casework.store_and_time)
    reopen(
        command(claimed, replace(ANNA, subject="eva", name="Eva Ek")), "Skrivfel (FL 36 §).", **casework.store_and_time
    )
    assert (casework.now(claimed).state, casework.now(claimed).officer_name) == ("assigned", "Eva Ek")

    decide(command(claimed), decision_data("Rättat."), alvdalen, **casework.store_and_time)
    assert [each.version for each in everything(casework.store, Decision)] == [1, 2]
