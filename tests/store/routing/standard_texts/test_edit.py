"""Standard texts are changed version by version, and nobody's change is lost or unseen."""

from dataclasses import replace
from uuid import uuid4

import pytest

from services.routing.actions.claim import claim
from services.routing.cases.case_file import open_case
from services.routing.cases.errors import InvalidInput
from services.routing.standard_texts import edit
from services.routing.standard_texts.choose import texts_for
from services.routing.standard_texts.edit import StaleText, StandardTextNotFound, TextContent, UnknownPlaceholders
from shared.idempotency import KeyReused
from shared.swedish.time import local_date
from tests.store.routing.casework import ANNA, ERIK, SARA, command

HELLO = TextContent("Hej", "message", {"sv": "Hej! {case_number} /{officer}"})


@pytest.fixture
def editing(casework, alvdalen):
    """What the use cases of editing take beside the officer and the text."""
    return {"organisation": alvdalen, **casework.store_and_time}


@pytest.fixture
def offered(casework, alvdalen):
    """The names and the texts that are offered in a case."""

    def texts(case, officer=ANNA):
        file = open_case(officer, case.id, **casework.store_and_time)
        today = local_date(casework.clock())
        found = texts_for(officer, file, alvdalen, today, sessions=casework.store.sessions)
        return [(each.name, each.text, each.outcome) for each in found]

    return texts


def test_each_change_is_a_version_with_who_made_it(casework, alvdalen, editing):
    made = edit.create(ANNA, HELLO, **editing)

    changed = edit.change(ERIK, made.id, replace(HELLO, name="Hälsning"), version=1, **editing)

    assert changed.version == 2
    _, versions = edit.text_with_versions(ANNA, made.id, alvdalen, sessions=casework.store.sessions)
    assert [(each.version, each.by_name, each.content["name"]) for each in versions] == [
        (2, ERIK.name, "Hälsning"),
        (1, ANNA.name, "Hej"),
    ]


def test_what_somebody_else_has_changed_is_not_written_over(editing):
    made = edit.create(ANNA, HELLO, **editing)
    edit.change(ERIK, made.id, HELLO, version=1, **editing)

    with pytest.raises(StaleText) as error:
        edit.change(ANNA, made.id, HELLO, version=1, **editing)
    with pytest.raises(StaleText):
        edit.remove(ANNA, made.id, version=1, **editing)

    assert error.value.current == 2


def test_a_text_sent_twice_is_one(casework, alvdalen, editing):
    first = edit.create(ANNA, HELLO, key="k", **editing)

    assert edit.create(ANNA, HELLO, key="k", **editing).id == first.id
    with pytest.raises(KeyReused):
        edit.create(ANNA, replace(HELLO, name="Annan"), key="k", **editing)
    assert len(edit.texts_of(ANNA, alvdalen, sessions=casework.store.sessions)) == 1


def test_an_unknown_placeholder_is_named_with_the_language_it_stands_in(editing):
    with pytest.raises(UnknownPlaceholders) as error:
        edit.create(ANNA, replace(HELLO, text={"sv": "Hej", "en": "Dear {name}"}), **editing)

    assert (error.value.language, error.value.names) == ("en", ["name"])


def test_texts_of_queues_that_an_officer_may_not_see_are_not_theirs_to_see_or_change(casework, alvdalen, editing):
    of_permits = edit.create(ANNA, replace(HELLO, queue="bygglov"), **editing)

    assert edit.texts_of(ERIK, alvdalen, sessions=casework.store.sessions) == []
    for attempt in (
        lambda: edit.change(ERIK, of_permits.id, HELLO, version=1, **editing),
        lambda: edit.remove(ERIK, of_permits.id, version=1, **editing),
        lambda: edit.remove(SARA, of_permits.id, version=1, **editing),
        lambda: edit.remove(ANNA, uuid4(), version=1, **editing),
    ):
        with pytest.raises(StandardTextNotFound):
            attempt()
    for queue in ("bygglov", "finns-inte"):
        with pytest.raises(InvalidInput):
            edit.create(ERIK, replace(HELLO, queue=queue), **editing)


def test_a_text_for_an_e_service_that_is_not_offered_is_an_error_at_its_field(editing):
    with pytest.raises(InvalidInput) as error:
        edit.create(ANNA, replace(HELLO, eservice="finns-inte"), **editing)

    assert error.value.field == "eservice"


def test_a_case_is_offered_what_fits_its_queue_and_e_service_the_narrowest_first(casework, editing, offered):
    for name, more in {
        "Övrigt": {},
        "Andra": {},
        "Kö": {"queue": "bygglov"},
        "E-tjänst": {"eservice": "bygglov", "queue": "bygglov", "action": "decide", "outcome": "bifall"},
        "Annan kö": {"queue": "gata"},
        "Annan e-tjänst": {"eservice": "felanmalan"},
        "Borttagen": {},
    }.items():
        made = edit.create(ANNA, replace(HELLO, name=name, **more), **editing)
    edit.remove(ANNA, made.id, version=1, **editing)
    case = casework.a_case()

    found = offered(case)

    assert [name for name, *_ in found] == ["E-tjänst", "Kö", "Andra", "Övrigt"]
    assert found[0][2] == "bifall"


def test_a_text_has_the_cases_values_in_the_submitters_language(casework, editing, offered):
    text = "{case_number} {eservice} {submitter} {received} {deadline} {answer_by} {officer} {board}"
    edit.create(ANNA, replace(HELLO, text={"sv": f"Hej {text}", "en": f"Dear {text}"}), **editing)
    swedish, english = casework.a_case(), casework.a_case(language="en")
    claim(command(swedish), **casework.store_and_time)

    [(_, in_swedish, _)], [(_, in_english, _)] = offered(swedish), offered(english)

    assert in_swedish == (
        f"Hej {swedish.number} Ansökan om bygglov Kim Karlsson 23 november 2026 1 februari 2027 {{answer_by}} "
        "Anna Andersson Byggnadsnämnden"
    )
    assert in_english.startswith(
        f"Dear {english.number} Application for a building permit Kim Karlsson 23 November 2026"
    )


def test_an_outcome_that_the_e_service_lacks_is_not_chosen(casework, editing, offered):
    edit.create(ANNA, replace(HELLO, action="decide", outcome="finns-inte"), **editing)

    assert [outcome for *_, outcome in offered(casework.a_case())] == [None]
