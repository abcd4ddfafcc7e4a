"""Every e-service of the repository: whatever way one takes through its form it is accepted, and reaches a queue."""

from functools import cache
from typing import Any

import pytest

from services.intake.eservices import loader as definitions
from services.intake.eservices.definition import EService
from services.intake.forms.form import Form
from services.routing.organisation import loader as organisations
from services.routing.organisation.organisation import Routing
from services.routing.rules.facts import facts_of
from services.standalone.demo_data import PEOPLE, SUBMISSIONS
from shared import municipalities
from shared.eservice_files import COMMON
from tests.builders import NOON, HandClock, a_submission
from tests.house.reading import ROOT
from tests.unit.intake.eservices.citizen import fill_in

DEFINITIONS = definitions.load(ROOT / "eservices")
TENANTS = municipalities.load(ROOT / "municipalities")
ORGANISATIONS = organisations.load(ROOT / "municipalities", ROOT / "eservices")
SEEDED = {
    "allman_handling",
    "autogiro",
    "bostadsanpassning",
    "bygglov",
    "ekonomiskt_bistand",
    "fardtjanst",
    "felanmalan",
    "foreningsbidrag",
    "forskola",
    "kulturskola",
    "livsmedel",
    "orosanmalan",
    "parkeringstillstand",
    "serveringstillstand",
    "synpunkt",
}
OFFERED = [(slug, code) for slug in TENANTS for code in DEFINITIONS.of(slug)]
EACH_ONCE = list({code: (slug, code) for slug, code in OFFERED}.values())
CITIZENS = range(400)  # as many ways through a form as are tried before a question counts as one that nobody gets


@cache
def eservice(slug: str, code: str) -> EService:
    return DEFINITIONS.of(slug)[code]


def routed(slug: str, code: str, facts: dict[str, object]) -> Routing:
    """Where a submission with these facts goes."""
    submission = a_submission(eservice=code, facts=facts)
    form = eservice(slug, code)
    return ORGANISATIONS[TENANTS[slug].code].route(
        facts_of(submission), board=form.board, secret=form.secrecy is not None, today=NOON.date()
    )


def test_all_municipalities_offer_the_common_eservices_and_one_of_their_own():
    own = {slug: set(DEFINITIONS.by_place[slug]) for slug in TENANTS}

    assert {"alvdalen", "karlstad", "kalmar", "robertsfors", "sundsvall"} == set(TENANTS)
    assert DEFINITIONS.by_place[COMMON].keys() >= SEEDED
    assert all(len(codes) == 1 for codes in own.values()), own


@pytest.mark.parametrize(("slug", "code"), EACH_ONCE)
def test_every_question_and_page_is_met_by_somebody_and_all_of_them_are_accepted(slug: str, code: str):
    form = Form(eservice(slug, code), HandClock())
    pages = {page.code for page in form.eservice.pages}
    questions = {name for name, each in form.eservice.questions.items() if each.type != "computed"}
    for citizen in CITIZENS:
        filled = fill_in(form, citizen)
        pages -= filled.pages
        questions -= filled.questions
        if not pages and not questions:
            break

    assert (pages, questions) == (set(), set())


@pytest.mark.parametrize(("slug", "code"), OFFERED)
def test_a_submission_reaches_a_queue_of_the_municipality_by_a_rule(slug: str, code: str):
    organisation = ORGANISATIONS[TENANTS[slug].code]
    form = Form(eservice(slug, code), HandClock())

    for citizen in range(3):
        routing = routed(slug, code, fill_in(form, citizen).facts)

        assert routing.rule
        assert organisation.queues[routing.queue.code] is routing.queue
        assert not routing.queue.protected


@pytest.mark.parametrize("slug", TENANTS)
def test_each_category_of_a_fault_reaches_the_unit_that_mends_it(slug: str):
    categories = [option.code for option in eservice(slug, "felanmalan").fields["category"].options]  # type: ignore[attr-defined]

    queues = {each: routed(slug, "felanmalan", {"category": each}).queue for each in categories}

    apart = ("road", "building", "vehicle", "water", "traffic_signal")
    assert all(queues[one].board == "TN" for one in apart)
    assert queues["building"] not in (queues["road"], queues["water"], queues["vehicle"])
    assert queues["traffic_signal"] != queues["road"]
    assert queues["water"] != queues["road"] != queues["waste"]


@pytest.mark.parametrize("slug", TENANTS)
def test_urgent_cases_of_the_social_services_are_urgent(slug: str):
    for code in ("orosanmalan", "ekonomiskt_bistand"):
        rule = routed(slug, code, {"urgent": True, "application": "first"}).rule

        assert rule
        assert (rule.priority.name, rule.tags, rule.deadline and rule.deadline.amount) == ("URGENT", ("akut",), 1)


@pytest.mark.parametrize("slug", TENANTS)
def test_somebody_can_sign_in_to_work_with_the_cases_of_each_board(slug: str):
    organisation = ORGANISATIONS[TENANTS[slug].code]
    theirs = [person for person in PEOPLE if person.municipality == TENANTS[slug].code]

    assert {board for person in theirs for board in person.boards} == organisation.boards.keys()
    assert set(organisation.protected_officers) <= {person.subject for person in theirs}


@pytest.mark.parametrize(("slug", "submission"), SUBMISSIONS)
def test_the_demo_submissions_are_accepted(slug: str, submission: dict[str, Any]):
    assert Form(eservice(slug, submission["eservice"]), HandClock()).read(submission["answers"], {})


@pytest.mark.parametrize(("slug", "code"), EACH_ONCE)
def test_what_the_municipality_promises_is_not_kept_or_broken_by_the_submitters_own_time(slug: str, code: str):
    deadline = eservice(slug, code).handling.deadline
    if deadline is None or not any(word in deadline.basis["sv"] for word in ("kommunens", "komplett ansökan")):
        return  # a time that the law counts from receipt

    assert deadline.restarts_on or deadline.stops_while_waiting, "a supplement request is answered in whose time?"
