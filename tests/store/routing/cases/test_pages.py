"""The page of a case, and its API, with what a newer version of the service has written."""

from uuid import uuid4

import pytest

from services.routing.actions.claim import claim
from services.routing.actions.decide import decide
from services.routing.actions.transfer import transfer
from services.routing.app import create_app
from services.routing.cases import journal
from services.routing.cases.models import Case, SubmissionCopy
from services.routing.desk import sessions
from services.routing.statistics.models import ExpectedTime
from services.routing.subtasks.subtasks import add
from shared.events.intake import Answer, AnswerSource
from shared.events.payloads import plain
from shared.web.tokens import Identity
from tests.builders import NOON
from tests.store.routing.casework import ANNA, ERIK, command, decision_data, settings_of
from tests.store.routing.desk_client import token_in

REGISTRAR = Identity("anna", "Anna Andersson", "2039", frozenset({"officer", "registrar"}), frozenset())


@pytest.fixture
def database_url(tmp_path):
    """What the pages show does not depend on the kind of store: one of them will do here."""
    return f"sqlite:///{tmp_path}/store.sqlite"


@pytest.fixture
def desk(store, clock):
    """Anna, signed in at the desk."""
    client = create_app(settings_of(store), clock=clock).test_client()
    token = sessions.begin(REGISTRAR, sessions=store.sessions, now=clock())
    with client.session_transaction() as session:
        session["desk"] = token
    return client


@pytest.fixture
def suspended(store, claimed) -> Case:
    """Anna's case, in a state and with a journal entry that only a newer version knows."""
    with store.sessions.begin() as session:
        case = session.get_one(Case, claimed.id)
        case.state = "suspended"
        journal.append(session, case, "suspend", {"until": "2027-01-01"}, actor=None, at=NOON)
    return case


def test_a_case_in_a_state_that_is_not_known_is_shown_with_what_is_known(desk, suspended):
    page = desk.get(f"/desk/cases/{suspended.id}")

    assert page.status_code == 200
    assert "annat läge" in page.text
    assert "En annan händelse" in page.text
    assert "Taget av handläggare" in page.text
    assert f"/desk/cases/{suspended.id}/notes" not in page.text
    assert f"/desk/cases/{suspended.id}/transfers" not in page.text


def test_nothing_is_done_with_a_case_in_a_state_that_is_not_known(desk, casework, suspended):
    token = token_in(desk.get("/desk/").text)
    form = {"csrf_token": token, "version": "4", "key": uuid4().hex, "text": "Ringde."}

    answer = desk.post(f"/desk/cases/{suspended.id}/notes", data=form)

    assert answer.status_code == 409
    assert "ärendet är i läget ”annat läge”" in answer.text
    assert casework.now(suspended).sequence == 4


def test_lists_are_shown_beside_a_case_in_a_state_that_is_not_known(desk, suspended):
    for page in ("/desk/", "/desk/mine", "/desk/queues/bygglov", "/desk/queues/bygglov?state=assigned"):
        assert desk.get(page).status_code == 200


def test_a_case_under_a_law_that_is_not_known_is_shown_and_listed(desk, store, claimed):
    with store.sessions.begin() as session:
        content = session.get_one(SubmissionCopy, claimed.id)
        content.handling = content.handling | {"legal_regime": "ny_lag"}

    assert "ny_lag" in desk.get(f"/desk/cases/{claimed.id}").text
    assert claimed.number in desk.get("/desk/mine").text


@pytest.mark.parametrize(
    ("changed", "note"),
    [
        (False, "Hämtat från fastighetsregistret 23 november 2026."),
        (True, "Hämtat från fastighetsregistret 23 november 2026 och sedan ändrat av inskickaren."),
    ],
)
def test_an_answer_that_was_prefilled_is_shown_with_its_source(desk, store, claimed, changed, note):
    label = {"sv": "fastighetsregistret", "en": "the property register"}
    source = AnswerSource("property", label, fetched_on=NOON.date(), as_of=NOON.date(), changed=changed)
    with store.sessions.begin() as session:
        content = session.get_one(SubmissionCopy, claimed.id)
        content.answers = [plain(Answer("area", {"sv": "Area"}, {"sv": "900 m²"}, source))]

    assert f">{note}</span>" in desk.get(f"/desk/cases/{claimed.id}").text


def test_an_error_in_a_form_is_in_the_title_and_in_a_summary(desk, claimed):
    token = token_in(desk.get("/desk/").text)

    answer = desk.post(
        f"/desk/cases/{claimed.id}/notes", data={"csrf_token": token, "version": "3", "key": uuid4().hex}
    )

    assert answer.status_code == 422
    assert "<title>Fel: " in answer.text
    assert "Det finns ett problem" in answer.text
    assert '<a href="#note-text">Skriv texten.</a>' in answer.text


def test_how_long_a_case_is_kept_follows_its_outcome(desk, store, claimed, casework, alvdalen):
    years = {"unit": "years", "basis": {"sv": "16 kap. 2 a §"}}
    shorter = {"outcome": "bifall", "amount": 5, **years}
    with store.sessions.begin() as session:
        content = session.get_one(SubmissionCopy, claimed.id)
        content.handling = content.handling | {"retention": {"amount": 30, **years, "outcomes": [shorter]}}

    page = desk.get(f"/desk/cases/{claimed.id}").text
    assert "Får gallras 30 år efter att ärendet har avslutats<br>" in page
    assert "<br>Bifall: Får gallras 5 år efter att ärendet har avslutats" in page

    decide(command(claimed), decision_data(), alvdalen, **casework.store_and_time)
    page = desk.get(f"/desk/cases/{claimed.id}").text
    assert ("Får gallras 5 år" in page, "30 år" in page) == (True, False)


def test_a_sub_task_of_who_cannot_see_the_case_any_more_is_marked(desk, casework, alvdalen):
    casework.knows(ERIK)
    case = casework.a_case(eservice="felanmalan", facts={"category": "road"})
    given = {"assignee_subject": ERIK.subject, "organisation": alvdalen}
    add(ANNA, case.id, "Mät upp.", **given, **casework.store_and_time)
    assert "kan inte se ärendet" not in desk.get(f"/desk/cases/{case.id}").text

    transfer(command(case), "bygglov", "Gäller ett bygge.", alvdalen, **casework.store_and_time)

    assert "kan inte se ärendet" in desk.get(f"/desk/cases/{case.id}").text


def test_an_open_case_shows_how_long_such_cases_take(desk, store, casework, alvdalen):
    """As the submitter's page does, so that both are of one mind when the submitter calls."""
    case = casework.a_case()
    address = f"/desk/cases/{case.id}"
    assert "För få sådana ärenden har avslutats" in desk.get(address).text

    with store.sessions.begin() as session:
        figures = {"cases": 20, "sequence": 1, "median_days_in_queue": 0, "ninetieth_days_in_queue": 4}
        known = {"municipality": case.municipality, "eservice": case.eservice}
        session.add(ExpectedTime(median_days=9, ninetieth_days=17, **known, **figures))
    whole, step = "hälften inom 9 dagar, nio av tio inom 17 dagar", "hälften inom 1 dag, nio av tio inom 4 dagar"
    page = desk.get(address).text
    assert (whole in page, step in page) == (True, True)
    claim(command(case), **casework.store_and_time)
    page = desk.get(address).text
    assert (whole in page, step in page) == (True, False)
    decide(command(case), decision_data(), alvdalen, **casework.store_and_time)
    assert whole not in desk.get(address).text


@pytest.mark.parametrize(
    ("retention", "words"),
    [({"amount": None, "unit": None}, "Bevaras"), ({"amount": 2, "unit": "decades"}, "Får gallras 2 decades efter")],
)
def test_a_case_is_kept_for_ever_or_for_a_time_that_only_a_newer_version_knows(desk, store, claimed, retention, words):
    with store.sessions.begin() as session:
        content = session.get_one(SubmissionCopy, claimed.id)
        content.handling = content.handling | {"retention": {"basis": {"sv": "nämndens beslut"}} | retention}

    assert words in desk.get(f"/desk/cases/{claimed.id}").text


def test_that_an_identity_is_not_proved_is_shown_where_an_e_id_is_asked_for(desk, store, claimed):
    assert "Identiteten är inte styrkt" not in desk.get(f"/desk/cases/{claimed.id}").text
    with store.sessions.begin() as session:
        content = session.get_one(SubmissionCopy, claimed.id)
        content.handling = content.handling | {"assurance_level": 3}

    assert "Identiteten är inte styrkt" in desk.get(f"/desk/cases/{claimed.id}").text
