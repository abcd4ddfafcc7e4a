"""What is new for an officer, who else has a case open, and a queue's filters, with and without JavaScript."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from services.routing.actions.assign import assign
from services.routing.actions.claim import claim
from services.routing.actions.command import CaseCommand
from services.routing.actions.message import message
from services.routing.actions.note import note
from services.routing.actions.receive_supplement import receive_on_paper
from services.routing.cases.models import Case
from services.routing.organisation import loader
from services.routing.organisation.officers import Officer
from services.routing.presence.present import stay
from tests.browser.checks import NARROW, assert_fits, assert_well_made
from tests.browser.conftest import Visit
from tests.browser.routing_service import ESERVICES, MUNICIPALITIES, RoutingService, fault_report
from tests.builders import NOON

pytestmark = pytest.mark.chromium

ERIK = Officer("erik.eriksson", "Erik Eriksson", "2039", frozenset({"TN"}))
ANNA = "anna.andersson"
PRESENCE_MS = 5_000


def test_what_is_new_is_shown_counted_and_seen(signed_in: Visit, service: RoutingService):
    anna = signed_in(scripts=False)
    case = given_to_anna(service)
    receive_on_paper(by_erik(case), "Foto från platsen.", NOON.date(), **store_and_time(service))

    anna.goto("/desk/queues/belysning?limit=200")
    expect(
        anna.get_by_role("navigation", name="Handläggning").get_by_role("link", name=re.compile("^Nytt"))
    ).to_have_text(re.compile(r"Nytt\s+1 ärende"))
    menu = anna.get_by_role("banner").get_by_text("Meny")
    expect(menu).to_be_hidden()
    anna.set_viewport_size(NARROW)
    expect(menu).to_have_text(re.compile(r"Meny\s+Nytt 1 ärende"))
    assert_fits(anna)
    row = anna.get_by_role("row").filter(has_text=case.number)
    expect(row).to_contain_text("Nytt: Komplettering inkommen och 1 till")
    anna.goto("/desk/mine")
    expect(anna.get_by_role("row").filter(has_text=case.number)).to_contain_text("Nytt: Komplettering inkommen")

    anna.get_by_role("link", name=re.compile("^Nytt")).click()
    looks_well(signed_in, anna)
    expect(anna.get_by_role("row").nth(1)).to_contain_text("Tilldelat dig, Erik Eriksson")
    anna.get_by_role("link", name=case.number).click()
    banner = anna.locator("#new-in-case")
    expect(banner.get_by_role("link")).to_have_text(["Komplettering inkommen", "Tilldelat"])
    anna.reload()
    expect(banner).to_have_count(0)
    expect(anna.get_by_role("link", name="Nytt", exact=True)).to_be_visible()

    note(by_erik(case), "Sökanden ringde.", **store_and_time(service))
    anna.goto("/desk/new?language=en")
    looks_well(signed_in, anna, language="en")
    anna.get_by_role("button", name="Mark all as seen").click()
    expect(anna.get_by_role("main")).to_contain_text("Nothing is new in your cases.")


def test_a_row_of_own_cases_with_something_new_is_as_high_as_the_others(signed_in: Visit, service: RoutingService):
    page = signed_in()
    case = given_to_anna(service)
    receive_on_paper(by_erik(case), "Foto från platsen.", NOON.date(), **store_and_time(service))

    for address in ("/desk/mine", "/desk/queues/belysning?limit=200"):
        page.goto(address)
        row = page.locator("tbody tr").filter(has_text=case.number)
        expect(row).to_contain_text("Nytt: Komplettering inkommen och 1 till")
        for width in (1024, 1199, 1200, 1280, 1400):
            page.set_viewport_size({"width": width, "height": 800})
            assert 36 <= row.evaluate("one => one.getBoundingClientRect().height") <= 40, f"{address} at {width} px"


def test_an_officer_chooses_when_to_get_mail(signed_in: Visit):
    anna = signed_in(scripts=False)
    anna.goto("/desk/new")

    expect(anna.get_by_label("Aldrig")).to_be_checked()
    expect(anna.get_by_text("Det går till anna.andersson@example.se")).to_be_visible()
    anna.get_by_label("Varje morgon").check()
    anna.get_by_role("button", name="Spara").click()

    expect(anna.get_by_role("status")).to_have_text("Du får ett mejl på morgonen när något är nytt.")
    expect(anna.get_by_label("Varje morgon")).to_be_checked()


def test_a_note_is_taken_though_a_colleague_wrote_and_without_scripts_the_page_shows_who_is_there(
    signed_in: Visit, service: RoutingService
):
    anna = signed_in(scripts=False)
    case = given_to_anna(service)
    stay(ERIK, case.id, case.sequence, **store_and_time(service))
    anna.goto(f"/desk/cases/{case.id}")
    expect(anna.locator("#presence")).to_have_text("Erik Eriksson har det här ärendet öppet.")

    message(by_erik(case), "Vi åker ut i dag.", **store_and_time(service))
    anna.locator("#note summary").click()
    anna.locator("#note-text").fill("Bilden visar fel stolpe.")
    anna.locator("#note button").click()

    expect(anna.get_by_role("status")).to_contain_text("Anteckningen finns i journalen")
    expect(anna.locator("#new-in-case")).to_contain_text("Meddelande till inskickaren, Erik Eriksson")


def test_an_open_page_shows_who_comes_what_they_do_and_that_they_are_gone(signed_in: Visit, service: RoutingService):
    anna, erik = signed_in(own_clock=True), signed_in("Erik Eriksson")
    case = given_to_anna(service)
    anna.goto(f"/desk/cases/{case.id}")
    erik.goto(f"/desk/cases/{case.id}")
    expect(erik.locator("#presence")).to_have_text("Anna Andersson har det här ärendet öppet.")
    anna.locator("#note summary").click()
    writing = anna.locator("#note-text")
    writing.fill("Jag skriver på det här")
    place = writing.bounding_box()
    shown = anna.locator("#presence")

    ask_again(anna)
    expect(shown).to_have_text("Erik Eriksson har det här ärendet öppet.")
    erik.locator("#note summary").click()
    erik.locator("#note-text").fill("Lampan är beställd.")
    erik.locator("#note button").click()
    expect(erik.get_by_role("status")).to_contain_text("Anteckningen finns i journalen")
    ask_again(anna)
    expect(shown).to_contain_text(re.compile(r"Tjänsteanteckning, Erik Eriksson, .*\s+Ladda om sidan"))
    assert (writing.bounding_box(), writing.input_value()) == (place, "Jag skriver på det här")
    expect(writing).to_be_focused()
    assert_well_made(anna, language="sv")
    writing.focus()  # what has the focus is not replaced, and the keyboard's way ended in what is shown
    erik.goto("/desk/")
    service.clock.move(seconds=25)
    ask_again(anna)
    expect(shown).not_to_contain_text("har det här ärendet öppet")
    shown.get_by_role("link").click()
    expect(anna.locator("#new-in-case")).to_contain_text("Tjänsteanteckning, Erik Eriksson")


def test_a_filter_is_saved_shared_renamed_and_removed(signed_in: Visit):
    anna, erik = signed_in(scripts=False), signed_in("Erik Eriksson", scripts=False)
    anna.goto("/desk/queues/belysning")
    expect(anna.locator("#total")).to_have_text(re.compile(r"^\d+ ärenden$"))
    anna.get_by_label("Handläggare", exact=True).select_option(label="Ingens")
    anna.get_by_label("Ordning").select_option(label="Nyast först")
    anna.get_by_label("Rader").select_option("25")
    anna.get_by_role("button", name="Visa").click()
    expect(anna.get_by_role("columnheader", name="Inkom")).to_have_attribute("aria-sort", "descending")
    anna.get_by_role("columnheader", name="Inkom").get_by_role("link").click()
    expect(anna.get_by_role("columnheader", name="Inkom")).to_have_attribute("aria-sort", "ascending")
    assert "limit=25" in anna.url

    save(anna, "Att ta tag i")
    expect(anna.get_by_role("status")).to_have_text("Filtret ”Att ta tag i” är sparat, för alla som arbetar med kön.")
    filters = anna.get_by_role("navigation", name="Sparade filter")
    expect(filters.get_by_role("link", name="Att ta tag i")).to_have_attribute("aria-current", "page")
    expect(anna.get_by_label("Rader")).to_have_value("25")
    looks_well(signed_in, anna)

    erik.goto("/desk/queues/belysning")
    erik.get_by_role("link", name="Att ta tag i").click()
    expect(erik.get_by_label("Handläggare", exact=True)).to_have_value("unassigned")
    erik.goto("/desk/queues/belysning?state=decided")
    save(erik, "Att ta tag i")
    expect(erik.get_by_label("Namn").first).to_have_accessible_description(re.compile("redan ett annat filter"))
    erik.get_by_label("Namn").first.fill("Avgjorda")
    erik.get_by_role("button", name="Spara").click()

    filters.get_by_role("link", name="Ändra de sparade filtren").click()
    anna.get_by_label("Namn").first.fill("Nya")
    anna.get_by_role("button", name="Byt namn Att ta tag i").click()
    expect(anna.get_by_role("status")).to_have_text("Filtret heter nu ”Nya”.")
    looks_well(signed_in, anna)
    anna.get_by_role("button", name="Ta bort Nya").click()
    expect(anna.get_by_role("heading", level=2)).to_have_text(["Avgjorda"])


def looks_well(signed_in: Visit, shown: Page, language: str = "sv") -> None:
    """The page that is shown is well made, as a browser with scripts has it: what looks at it is one."""
    page = signed_in()
    address = shown.url.partition("?language")[0]
    page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
    assert_well_made(page, language=language)
    page.close()


def given_to_anna(service: RoutingService) -> Case:
    """A fault report that Erik has given to Anna, who has signed in once."""
    case = service.receive(fault_report(0))
    organisation = loader.load(MUNICIPALITIES, ESERVICES)["2039"]
    claim(by_erik(case), **store_and_time(service))
    assign(by_erik(case), ANNA, organisation, **store_and_time(service))
    [now] = service.cases(id=case.id)
    return now


def by_erik(case: Case) -> CaseCommand:
    """A command of Erik's on the case."""
    return CaseCommand(ERIK, case.id)


def store_and_time(service: RoutingService) -> dict[str, Any]:
    """The store and the time, as use cases take them."""
    return {"sessions": service.store.sessions, "now": service.clock()}


def ask_again(page: Page) -> None:
    """Let the page's script ask anew, as it does after some seconds."""
    with page.expect_response(lambda answer: answer.url.endswith("/presence")):
        page.clock.fast_forward(PRESENCE_MS)


def save(page: Page, name: str) -> None:
    """Save the filter of the list under a name."""
    page.locator("#save-filter summary").click()
    page.locator("#filter-name").fill(name)
    page.locator("#save-filter button").click()
