"""Many cases at once at the desk: chosen in a list, looked through, ordered, and followed to the end."""

import re
import threading

import pytest
from playwright.sync_api import Page, expect

from services.routing.actions.claim import claim
from services.routing.actions.decide import decide
from services.routing.actions.note import note
from services.routing.bulk.perform_jobs import JobPerformer
from services.routing.cases.models import Case
from services.routing.context import RoutingContext
from services.routing.organisation import loader
from services.routing.subtasks.subtasks import add
from shared.files.storage import Storage
from tests.browser.checks import assert_well_made
from tests.browser.conftest import Visit
from tests.browser.routing_service import ESERVICES, MUNICIPALITIES, RoutingService, fault_report
from tests.store.routing.casework import ANNA, LINK_KEY, command

pytestmark = pytest.mark.chromium


def perform(service: RoutingService) -> None:
    """What the worker does until nothing is left to do."""
    casework = loader.live(MUNICIPALITIES, ESERVICES)
    origin, documents = "https://e.example.se", Storage(service.documents)
    context = RoutingContext(service.store.sessions, casework, service.clock, origin, LINK_KEY, 3000, documents)
    performer = JobPerformer("routing-bulk", service.store, context)
    while performer.turn(threading.Event()):
        pass


def cases_in_hand(service: RoutingService, count: int) -> list[Case]:
    """Fault reports of streets and roads that Anna handles."""
    cases = [service.receive(fault_report(1 if number % 2 else 5)) for number in range(count)]
    for case in cases:
        claim(command(case), sessions=service.store.sessions, now=service.clock())
    return cases


def choose(page: Page, *cases: Case, state: str = "assigned") -> None:
    """Tick the cases in their queue, and go on with them."""
    page.goto(f"/desk/queues/gata?state={state}&sort=age&limit=200")
    for case in cases:
        page.get_by_label(f"{case.number}", exact=False).and_(page.get_by_role("checkbox")).check()
    page.locator("button[value=some]").click()


def expect_figures(page: Page, *figures: str) -> None:
    """The page has these figures, once it has come."""
    expect(page.locator(".figures dd")).to_have_text(figures)


def test_chosen_cases_are_replied_to_at_once_and_what_failed_is_tried_again(signed_in: Visit, service: RoutingService):
    anna = signed_in(scripts=False)
    changed, *others = cases_in_hand(service, 3)

    choose(anna, changed, *others)
    expect(anna.get_by_role("heading", level=1)).to_have_text("3 valda ärenden")
    offered = anna.locator("details.action > summary").all_inner_texts()
    assert "Svara i ärendena" in offered
    assert "Ta ärendena" not in offered
    anna.locator("#decide > summary").click()
    anna.locator("#decide button").click()
    expect(anna.get_by_role("alert")).to_contain_text("Välj ett utfall.")
    anna.get_by_label("Åtgärdat", exact=True).check()
    anna.locator("#decide-reasons").fill("Vägen är lagad.")
    anna.locator("#decide button").click()

    expect_figures(anna, "3", "3", "0")
    expect(anna.get_by_role("main")).to_contain_text("3 inskickare är anonyma, och ser det bara på ärendets sida.")
    expect(anna.get_by_role("article")).to_contain_text("Svar i ärendet: Åtgärdat")
    expect(anna.get_by_role("article")).to_contain_text("Vägen är lagad.")
    note(command(changed), "Ringde.", sessions=service.store.sessions, now=service.clock())
    anna.get_by_role("button", name="Genomför för 3 ärenden").click()
    expect_figures(anna, "0", "3", "0")
    expect(anna.get_by_role("button", name="Stoppa det som återstår")).to_be_visible()

    perform(service)
    anna.reload()

    expect_figures(anna, "2", "0", "1")
    row = anna.get_by_role("row").nth(1)
    expect(row).to_contain_text(changed.number)
    expect(row).to_contain_text("Det har ändrats sedan det valdes.")
    anna.get_by_role("button", name="Försök igen med 1 ärende").click()
    perform(service)
    anna.reload()
    expect_figures(anna, "3", "0", "0")
    assert {case.state for case in service.cases() if case.id in {each.id for each in (changed, *others)}} == {
        "decided"
    }
    anna.get_by_role("link", name="Dina massåtgärder").click()
    expect(anna.get_by_role("row").nth(1)).to_contain_text("Svara i ärendena")


def test_cases_with_open_sub_tasks_are_foreseen_and_closed_once_that_is_confirmed(
    signed_in: Visit, service: RoutingService
):
    anna, now = signed_in(), {"sessions": service.store.sessions, "now": service.clock()}
    organisation = loader.load(MUNICIPALITIES, ESERVICES)["2039"]
    cases = cases_in_hand(service, 2)
    for case in cases:
        decide(command(case), {"outcome": "atgardat", "reasons": ""}, organisation, **now)
    add(ANNA, cases[0].id, "Mät.", assignee_subject="anna.andersson", organisation=organisation, **now)
    choose(anna, *cases, state="decided")

    anna.locator("#close > summary").click()
    anna.locator("#close button").click()
    expect_figures(anna, "2", "1", "1")
    expect(anna.get_by_role("main")).to_contain_text("Ärendet har deluppgifter som inte är klara.")
    anna.get_by_role("button", name="Ändra").click()
    anna.get_by_label("Avsluta även ärenden med deluppgifter som inte är klara").check()
    assert_well_made(anna, language="sv")
    anna.locator("#close button").click()
    expect_figures(anna, "2", "2", "0")
    anna.get_by_role("button", name="Genomför för 2 ärenden").click()
    perform(service)

    assert {service.cases(id=case.id)[0].state for case in cases} == {"closed"}


def test_all_that_a_list_has_is_chosen_over_its_pages_and_can_be_stopped(signed_in: Visit, service: RoutingService):
    anna = signed_in(scripts=False)
    waiting = len(service.cases(queue="park", state="queued"))
    anna.goto("/desk/queues/park?state=queued&limit=5")
    anna.locator("button[value=some]").click()
    expect(anna.get_by_role("main")).to_contain_text("Välj minst ett ärende.")
    anna.get_by_role("link", name="Tillbaka till listan").click()
    anna.locator("button[value=all]").click()
    expect(anna.get_by_role("heading", level=1)).to_have_text(f"{waiting} valda ärenden")
    anna.locator("#claim > summary").click()
    anna.locator("#claim button").click()
    anna.get_by_role("button", name=re.compile("Genomför för")).click()

    anna.get_by_role("button", name="Stoppa det som återstår").click()

    expect_figures(anna, "0", "0", str(waiting))
    expect(anna.get_by_role("row").nth(1)).to_contain_text("Det stoppades innan turen kom.")
    anna.get_by_role("searchbox").fill("Gatubelysning")
    anna.get_by_role("searchbox").press("Enter")
    anna.locator("button[value=all]").click()
    expect(anna.get_by_role("heading", level=1)).to_have_text(re.compile(r"\d+ valda ärenden"))


def test_each_page_is_well_made_and_a_job_s_page_follows_by_itself(signed_in: Visit, service: RoutingService):
    anna = signed_in()
    cases = cases_in_hand(service, 3)
    choose(anna, *cases)
    anna.locator("#transfer > summary").click()
    assert_well_made(anna, language="sv")
    anna.locator("#transfer-queue").select_option("park")
    anna.locator("#transfer-reason").fill("Det gäller parken.")
    anna.locator("#transfer button").click()
    note(command(cases[0]), "Ringde.", sessions=service.store.sessions, now=service.clock())
    anna.locator(".account > summary").click()
    anna.get_by_role("link", name="English").click()  # which leads to the choice: a preview is no address
    anna.locator("#transfer > summary").click()
    anna.locator("#transfer-queue").select_option("park")
    anna.locator("#transfer-reason").fill("It is about the park.")
    anna.locator("#transfer button").click()
    assert_well_made(anna, language="en")
    anna.locator("button[value=order]").click()
    assert_well_made(anna, language="en")

    perform(service)

    expect(anna.locator(".figures dd").first).to_have_text("2")
    expect(anna.locator("#failures")).to_contain_text("It has changed since it was chosen.")
    assert_well_made(anna, language="en")
    anna.get_by_role("link", name="What you have done with many cases at once").click()
    assert_well_made(anna, language="en")
