"""Macros at the desk: written without scripts, found by name, looked through, and carried out by keyboard."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from services.routing.cases.models import Case
from tests.browser.checks import assert_well_made
from tests.browser.conftest import Visit
from tests.browser.routing_service import RoutingService, a_macro, building_permit, fault_report

pytestmark = pytest.mark.chromium

MENDED = (
    "Åtgärdat, svara och avsluta",
    ("claim", {}),
    ("decide", {"outcome": "atgardat", "reasons": {"sv": "Felet i {case_number} är åtgärdat."}}),
    ("close", {}),
)
TEN_NOTES = 10 * [("note", {"text": {"sv": "Inget att säga."}})]


def case_now(service: RoutingService, case: Case) -> Case:
    """The case as it is now."""
    [found] = service.cases(id=case.id)
    return found


def left_of(shown: Locator) -> float:
    """Where it begins on its lines."""
    box = shown.bounding_box()
    assert box
    return box["x"]


def test_an_editor_writes_a_macro_step_by_step_without_scripts(signed_in: Visit, service: RoutingService):
    a_macro(service, "Skriv ner vad var och en av de tio har att säga om platsen, i tur och ordning", *TEN_NOTES)
    page = signed_in(scripts=False)
    page.get_by_role("contentinfo").get_by_role("link", name="Makron").click()
    page.get_by_role("link", name="Skriv ett makro").click()
    page.get_by_role("button", name="Spara").click()
    expect(page.get_by_role("alert")).to_contain_text("Lägg till minst ett steg.")
    expect(page.get_by_role("alert")).to_contain_text("Skriv ett namn.")

    page.get_by_label("Namn").fill("Begär bild och vänta")
    page.get_by_label("E-tjänst").select_option(label="Gör en felanmälan")
    for action in ("add_tag", "put_on_hold", "claim"):
        page.get_by_label(re.compile("steg")).select_option(action)
        page.get_by_role("button", name="Lägg till steget").click()
    expect(page.get_by_label("Namn")).to_have_value("Begär bild och vänta")
    page.get_by_label("Tagg").fill("Bild saknas")
    page.get_by_label("Dag då det kommer tillbaka: dagar").fill("många")
    page.get_by_label("Varför det vilar").fill("Väntar på {namn}.")
    page.get_by_label("Namn").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Skriv ett antal dagar, högst 366.")
    expect(page.get_by_role("alert")).to_contain_text("Det finns ingen platshållare som heter {namn}.")

    page.get_by_label("Dag då det kommer tillbaka: dagar").fill("14")
    page.get_by_label("Varför det vilar").fill("Väntar på {submitter}.")
    for beside in ("Flytta upp steg 3", "Flytta upp steg 2"):  # a step without fields, and one with them
        assert left_of(page.get_by_role("button", name=beside)) == left_of(page.get_by_label("Namn"))
    page.get_by_role("button", name="Flytta upp steg 3").click()
    page.get_by_role("button", name="Flytta upp steg 2").click()
    page.get_by_role("button", name="Flytta ner steg 2").click()
    page.get_by_label("Ett steg till").select_option("message")
    page.get_by_role("button", name="Lägg till steget").click()
    page.get_by_role("button", name="Ta bort steg 4").click()
    expect(page.get_by_role("main").get_by_role("group")).to_have_text(
        [re.compile(each) for each in ("1. Ta", "2. Lägg", "3. Sätt")]
    )
    page.get_by_role("button", name="Spara").click()

    expect(page.get_by_role("status")).to_have_text("Makrot är sparat.")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "ten steps leave the page"
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Begär bild och vänta"))
    expect(row).to_contain_text("Ta ärendet → Lägg vilande → Sätt en tagg")
    expect(row).to_contain_text("Gör en felanmälan")
    page.get_by_role("link", name="Begär bild och vänta").click()
    expect(page.get_by_label("Dag då det kommer tillbaka: dagar")).to_have_value("14")
    page.get_by_label("Namn").fill("Vänta på bild")
    page.get_by_role("button", name="Spara").click()
    page.get_by_role("link", name="Vänta på bild").click()
    expect(page.get_by_role("listitem").filter(has_text="Version nr 2")).to_contain_text("Anna Andersson")

    case = service.receive(fault_report(0))
    page.goto(f"/desk/cases/{case.id}")
    page.locator("#macros summary").click()
    page.get_by_role("link", name="Vänta på bild").click()
    expect(page.get_by_label("Varför det vilar")).to_have_value("Väntar på Kim Karlsson.")
    page.get_by_label("Tagg", exact=True).fill("väntar-på-bild")
    page.get_by_role("button", name="Utför", exact=True).click()
    expect(page.get_by_role("status")).to_have_text(f"Makrot har utförts i {case.number}.")
    assert case_now(service, case).tags == ["väntar-på-bild"]

    page.goto("/desk/standard-texts")
    page.get_by_role("main").get_by_role("link", name="Makron").click()
    page.get_by_role("link", name="Vänta på bild").click()
    page.get_by_role("button", name="Ta bort makrot").click()
    expect(page.get_by_role("status")).to_have_text("Makrot är borttaget.")
    page.get_by_role("main").get_by_role("link", name="Standardtexter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Standardtexter")
    erik = signed_in("Erik Eriksson")
    expect(erik.get_by_role("link", name="Makron")).to_have_count(0)
    answer = erik.goto("/desk/macros/new")
    assert answer
    assert answer.status == 403


def test_a_macro_is_found_by_name_looked_through_and_carried_out_by_keyboard(signed_in: Visit, service: RoutingService):
    a_macro(service, *MENDED)
    page = signed_in()
    case = service.receive(fault_report(0))
    page.goto(f"/desk/cases/{case.id}")
    page.wait_for_load_state()
    page.keyboard.press("Control+k")
    page.keyboard.type("makron")
    expect(page.get_by_role("dialog").get_by_role("option")).to_have_text(["MakronÄ", "Skriv och ändra makron"])
    page.keyboard.press("Control+a")
    page.keyboard.type("åtgärdat svara")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Åtgärdat, svara och avsluta")
    expect(page.get_by_role("heading", level=2)).to_have_text(["1. Ta ärendet", "2. Svara", "3. Avsluta ärendet"])
    expect(page.get_by_role("main")).to_contain_text("Kim Karlsson får det här med e-post till kim.karlsson@")
    reasons = page.get_by_label("Förklaring")
    expect(reasons).to_have_value(f"Felet i {case.number} är åtgärdat.")
    reasons.fill("Lampan är bytt. {officer}")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Steg 2, Svara, går inte att göra:")
    expect(page.get_by_role("alert")).to_contain_text("Skriv något i stället för {officer}.")
    assert case_now(service, case).state == "queued"
    assert_well_made(page, language="sv")

    reasons.fill("Lampan är bytt.")
    page.get_by_role("button", name="Granska igen").press("Enter")
    page.get_by_text("Det här får inskickaren läsa, i korthet").click()
    expect(page.get_by_role("article")).to_contain_text("Lampan är bytt.")
    page.get_by_role("button", name="Utför och ta nästa").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text(f"Makrot har utförts i {case.number}.")
    expect(page.get_by_role("status").last).to_contain_text("Du handlägger nu TN")
    assert case_now(service, case).state == "closed"


def test_what_may_be_done_with_a_case_in_hand_is_one_row_on_a_desktop(signed_in: Visit, service: RoutingService):
    a_macro(service, "Notera", ("note", {"text": {"sv": "Ringde."}}), eservice=None)
    page = signed_in(viewport={"width": 1280, "height": 900})
    case = service.receive(building_permit())
    page.goto(f"/desk/cases/{case.id}")
    page.get_by_role("button", name="Ta ärendet").click()

    for language, more in (("sv", "Fler åtgärder"), ("en", "More actions")):
        page.goto(f"/desk/cases/{case.id}?lang={language}")
        tops = page.locator(".next > .actions > *").evaluate_all("all => all.map(each => each.offsetTop)")
        expect(page.locator("#more-actions > summary")).to_contain_text(more)
        expect(page.locator("#macros")).to_be_visible()
        assert (len(tops), len(set(tops))) == (6, 1), language


def test_what_was_written_stays_when_the_case_has_changed_and_nothing_is_carried_out(
    signed_in: Visit, service: RoutingService
):
    hold = ("put_on_hold", {"until_day": {"days": 7}, "reason": {"sv": "Ses över."}})
    note = ("note", {"text": {"sv": "Bild har kommit."}})
    a_macro(service, "Tagga, notera och vila", ("add_tag", {"tag": "bild"}), note, hold)
    case = service.receive(fault_report(0))
    page, other = signed_in(language="en"), signed_in("Erik Eriksson")
    page.goto(f"/desk/cases/{case.id}")
    page.wait_for_load_state()
    page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ä', bubbles: true}))")
    page.get_by_role("link", name="Tagga, notera och vila").press("Enter")
    page.get_by_role("textbox", name="Note").fill("Två bilder har kommit.")
    _tag(other, case, "bild")

    page.get_by_role("button", name="Carry out", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("The case changed while you had it open.")
    expect(page.get_by_role("alert")).to_contain_text("Tag added, Erik Eriksson")
    expect(page.get_by_role("alert")).to_contain_text("Step 1, Add a tag, cannot be done:")
    expect(page.locator("#presence")).to_contain_text("Erik Eriksson has this case open.", timeout=12_000)
    expect(page.get_by_role("textbox", name="Note")).to_have_value("Två bilder har kommit.")
    assert case_now(service, case).sequence == 3

    page.get_by_label("Leave this step out, in this case").first.check()
    page.get_by_role("button", name="Look through it again").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Carry out", exact=True).click()
    expect(page.get_by_role("status")).to_have_text(f"The macro has been carried out in {case.number}.")
    assert (case_now(service, case).tags, case_now(service, case).sequence) == (["bild"], 5)


def _tag(page: Page, case: Case, tag: str) -> None:
    page.goto(f"/desk/cases/{case.id}")
    page.locator("#more-actions > summary").click()
    page.locator("#add_tag > summary").click()
    page.locator("#add_tag-tag").fill(tag)
    page.locator("#add_tag button").click()
    expect(page.get_by_role("status")).to_contain_text(case.number)
