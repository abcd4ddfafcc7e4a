"""How the desk names things: by what they are, and otherwise where a case ends in a reply."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from services.routing.app import TEXTS
from services.routing.cases.state_machine import Action, State
from services.routing.desk import labels
from services.routing.desk.labels import Term
from shared.swedish.law import LegalRegime
from shared.web import languages

DECISION, REPLY = LegalRegime.FORVALTNINGSLAGEN, LegalRegime.FAKTISKT_HANDLANDE
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def in_swedish() -> Iterator[None]:
    """A request of somebody who reads Swedish."""
    app = Flask(__name__)
    languages.install(app, TEXTS)
    with app.test_request_context("/?lang=sv"):
        yield


def test_every_state_action_regime_and_term_has_a_label():
    assert set(labels.STATES) == set(State)
    assert set(Action) <= set(labels.ENTRIES)
    assert set(labels.LEGAL_REGIMES) == set(LegalRegime)
    assert set(labels.TERMS) == set(Term)


@pytest.mark.parametrize(
    ("shown", "decision", "reply"),
    [
        (lambda regime: labels.state_text(State.DECIDED, regime), "beslutat", "besvarat"),
        (lambda regime: labels.state_text(State.CLOSED, regime), "avslutat", "avslutat"),
        (lambda regime: labels.entry_text(Action.DECIDE, regime), "Beslutat", "Besvarat"),
        (lambda regime: labels.term_text(Term.REASONS, regime), "Skäl", "Förklaring"),
        (lambda regime: labels.term_text(Term.LAST_DAY, regime), "Sista dag att besluta", "Sista dag att svara"),
    ],
)
def test_a_case_without_a_decision_is_replied_to(shown, decision, reply):
    assert (shown(DECISION), shown(REPLY)) == (decision, reply)


def test_what_only_a_newer_version_knows_has_a_neutral_label():
    assert labels.state_text("suspended", DECISION) == "annat läge"
    assert labels.entry_text("suspend", DECISION) == "En annan händelse"
    assert labels.law_text("ny_lag") == "ny_lag"


def test_a_term_is_filled_in():
    text = labels.term_text(Term.DECIDED_BY_ON, REPLY, who="Anna", day="i dag")

    assert text == "Svar från Anna den i dag."


@pytest.mark.parametrize(
    ("due_on", "text"),
    [
        (date(2026, 11, 21), "2 dagar försenat"),
        (date(2026, 11, 23), "sista dagen i dag"),
        (date(2026, 11, 24), "1 dag kvar"),
    ],
)
def test_the_time_left_is_in_words(due_on, text):
    assert labels.time_left(due_on, TODAY) == text


def test_an_age_is_in_days():
    assert (labels.age(TODAY, TODAY), labels.age(date(2026, 11, 22), TODAY)) == ("i dag", "1 dag")


@pytest.mark.parametrize(("octets", "text"), [(1, "1 kB"), (412_000, "412 kB"), (1_840_000, "1,8 MB")])
def test_a_files_size_is_in_its_nearest_unit(octets, text):
    assert labels.size(octets) == text


def test_a_fact_is_shown_as_a_person_reads_it():
    assert [labels.fact(each) for each in (True, False, ["a", True], 7)] == ["ja", "nej", "a, ja", "7"]


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 12, 4, 23, tzinfo=UTC), "5 december 2026"),
        (datetime(2026, 12, 4, 7, 30, tzinfo=UTC), "4 december 2026 kl. 08:30"),
    ],
)
def test_until_the_beginning_of_a_day_is_shown_without_a_time(moment, text):
    assert labels.until_text(moment) == text
