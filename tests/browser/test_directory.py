"""The directory at the desk, without JavaScript: absence, what is handed out, hand-over, conflicts of interest."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from services.routing.directory.record import enlist
from services.routing.organisation import loader
from services.routing.organisation.organisation import NamedOfficer
from tests.browser.case_actions import reached
from tests.browser.checks import assert_well_made
from tests.browser.conftest import Visit
from tests.browser.routing_service import ESERVICES, MUNICIPALITIES, RoutingService, building_permit, fault_report

pytestmark = pytest.mark.chromium


@pytest.fixture(scope="module", autouse=True)
def named(service: RoutingService) -> None:
    """The officers whom the municipality's file names are in the directory, as the worker has it."""
    enlist(loader.load(MUNICIPALITIES, ESERVICES)["2039"], sessions=service.store.sessions)


@pytest.fixture
def anna(signed_in: Visit) -> Page:
    """Anna Andersson, registrar, with JavaScript off."""
    return signed_in("Anna Andersson", scripts=False)


@pytest.fixture
def look(signed_in: Visit) -> Callable[..., None]:
    """Looks at a page's address with scripts, as axe needs them, every form of it unfolded."""

    def well_made(address: str, person: str = "Anna Andersson", language: str = "sv") -> None:
        page = signed_in(person, language=language)
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert_well_made(page, language=language)

    return well_made


def officer_page(page: Page, name: str) -> None:
    """Go to an officer's page by the directory and its search."""
    page.get_by_role("link", name="Handläggare", exact=True).click()
    page.get_by_label("Namn").fill(name)
    page.get_by_role("button", name="Visa").click()
    page.get_by_role("link", name=re.compile(name, re.IGNORECASE)).click()


def test_an_absence_shows_in_the_directory_and_where_a_case_is_given(
    anna: Page, look: Callable[..., None], signed_in: Visit, service: RoutingService
):
    anna.goto("/desk/officers")
    names = anna.get_by_role("rowheader").all_inner_texts()
    assert names == ["Anna Andersson", "Erik Eriksson", "Åsa Östlund"]

    officer_page(anna, "åsa")
    anna.locator("#absence summary").click()
    anna.get_by_label("Sista dag (frivilligt)").fill("2026-11-20")
    anna.get_by_role("button", name="För in frånvaron").click()
    expect(anna.get_by_role("alert")).to_contain_text("Sista dagen kan inte vara före den första.")
    expect(anna.locator("#last_day")).to_have_attribute("aria-describedby", "last_day-hint last_day-error")
    anna.get_by_label("Sista dag (frivilligt)").fill("2026-12-04")
    anna.get_by_label("Ersättare").select_option("Erik Eriksson")
    anna.get_by_role("button", name="För in frånvaron").click()

    expect(anna.get_by_role("status")).to_have_text("Frånvaron är införd.")
    look("/desk/officers")
    anna.goto("/desk/officers?board=BN")
    expect(anna.get_by_role("row", name="Åsa Östlund")).to_contain_text("till och med 4 dec. 2026, ersättare Erik")
    case = service.receive(building_permit())
    anna.goto(f"/desk/cases/{case.id}")
    options = anna.locator("#assign-officer_subject option").all_text_contents()
    absent = "Åsa Östlund (frånvarande till och med 4 december 2026, ersättare Erik Eriksson)"
    assert options == ["Välj", "Anna Andersson", absent]
    officer_page(anna, "åsa")
    deputy = signed_in("Erik Eriksson", scripts=False)
    for address in (anna.url, f"{anna.url}/hand-over"):
        deputy.goto(address)
        expect(deputy.get_by_text("Det kan finnas ärenden hos andra nämnder")).to_be_visible()
    anna.get_by_role("button", name=re.compile("Ta bort")).click()
    expect(anna.get_by_text("Ingen frånvaro är införd.")).to_be_visible()


def test_what_an_officer_has_is_handed_over_after_a_look_through(
    anna: Page, look: Callable[..., None], signed_in: Visit, service: RoutingService
):
    cases = [service.receive(fault_report(1)) for _ in range(2)]
    for case in cases:
        anna.goto(f"/desk/cases/{case.id}")
        reached(anna.locator("#assign summary")).click()
        anna.locator("#assign-officer_subject").select_option("Åsa Östlund")
        anna.locator("#assign button").click()

    officer_page(anna, "åsa")
    look(anna.url)
    anna.locator("#hand-over summary").click()
    anna.get_by_label("Till", exact=True).select_option("Erik Eriksson")
    anna.get_by_label(re.compile("Gata och väg")).first.check()
    anna.get_by_role("button", name="Granska överlämningen").click()
    expect(anna.get_by_text("2 öppna ärenden lämnas över.")).to_be_visible()
    look(anna.url)
    anna.get_by_role("button", name="Lämna över").click()

    expect(anna.get_by_text("2 ärenden är överlämnade.")).to_be_visible()
    look(anna.url, language="en")
    assert {service.cases(id=case.id)[0].officer_subject for case in cases} == {"erik.eriksson"}
    erik = signed_in("Erik Eriksson", scripts=False, language="en")
    erik.goto(f"/desk/cases/{cases[0].id}")
    expect(erik.get_by_text("Handed over from Åsa Östlund.")).to_be_visible()
    erik.goto("/desk/officers")
    erik.get_by_role("link", name="Erik Eriksson").click()
    look(erik.url, "Erik Eriksson", language="en")
    expect(erik.get_by_text("Enter an absence")).to_be_visible()
    expect(erik.get_by_text("Hand over the cases")).to_be_visible()
    expect(erik.locator("#competence")).to_have_count(0)


def test_claim_next_gives_what_is_ticked_and_nothing_with_a_conflict(
    anna: Page, look: Callable[..., None], signed_in: Visit, service: RoutingService
):
    erik = signed_in("Erik Eriksson", scripts=False)
    officer_page(anna, "erik")
    anna.locator("#competence summary").click()
    anna.locator("#competence").get_by_label("Gatubelysning").check()
    anna.locator("#competence").get_by_role("button", name="Spara").click()
    expect(anna.get_by_role("status")).to_contain_text("Det är sparat")

    erik.get_by_role("button", name="Ta nästa – Gata och väg").click()
    expect(erik.get_by_role("status")).to_contain_text(
        "Enligt förteckningen delas inga ärenden ur den kön ut till dig."
    )
    erik.goto("/desk/")
    erik.get_by_role("button", name="Ta nästa – Gatubelysning").click()
    number = erik.locator("[aria-current=page]").inner_text()
    reached(erik.locator("#declare_conflict summary")).click()
    erik.get_by_label("Varför din opartiskhet kan ifrågasättas").fill("Min syster har skickat in det.")
    erik.get_by_role("button", name="Anmäl jävet").click()

    expect(erik.get_by_text("Du har anmält jäv i ärendet och får inte handlägga det.")).to_be_visible()
    expect(erik.get_by_role("button", name="Ta ärendet")).to_have_count(0)
    look(erik.url, "Erik Eriksson")
    case = erik.url
    erik.goto("/desk/")
    erik.get_by_role("button", name="Ta nästa – Gatubelysning").click()
    expect(erik.locator("[aria-current=page]")).not_to_have_text(number)

    anna.goto(case)
    reached(anna.locator("#withdraw_conflict summary")).click()
    anna.get_by_label("Vems jäv").select_option("Erik Eriksson")
    anna.get_by_label("Varför det inte är jäv").fill("Det var fel ärende.")
    look(anna.url)
    anna.get_by_role("button", name="Ta tillbaka jävet").click()
    expect(anna.get_by_role("status")).to_contain_text("är taget tillbaka, och handläggaren får handlägga ärendet.")
    expect(anna.locator("#withdraw_conflict")).to_have_count(0)
    erik.goto(case)
    expect(erik.get_by_role("button", name="Ta ärendet")).to_be_visible()


def test_nonsense_sent_to_the_directory_is_an_error_page(anna: Page, service: RoutingService):
    for address, status in (
        ("/desk/officers/00000000-0000-4000-8000-000000000000", 404),
        ("/desk/hand-overs/00000000-0000-4000-8000-000000000000", 404),
        ("/desk/officers?limit=0", 422),
        ("/desk/officers?cursor=x", 400),
        ("/desk/officers?whose=mine", 422),
    ):
        answer = anna.goto(address)
        assert answer is not None
        assert answer.status == status, address


def test_of_many_officers_one_is_searched_for_where_scripts_run(signed_in: Visit, service: RoutingService):
    alvdalen = loader.load(MUNICIPALITIES, ESERVICES)["2039"]
    many = tuple(NamedOfficer(f"officer-{number}", f"Handläggare {number}", ("TN",)) for number in range(20))
    enlist(replace(alvdalen, officers=(*alvdalen.officers, *many)), sessions=service.store.sessions)
    anna = signed_in("Anna Andersson")
    case = service.receive(fault_report(1))
    anna.goto(f"/desk/cases/{case.id}")
    reached(anna.locator("#assign summary")).click()

    anna.get_by_role("combobox", name="Handläggare").fill("handläggare 17")
    anna.get_by_role("option", name="Handläggare 17").click()
    assert_well_made(anna, language="sv")
    anna.locator("#assign button").click()

    expect(anna.get_by_text("Handläggare: Handläggare 17")).to_be_visible()
