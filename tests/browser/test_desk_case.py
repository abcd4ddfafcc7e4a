"""One case at the desk: by few keys, without JavaScript, beside other cases, and with standard texts."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from services.routing.cases.models import Case
from services.routing.documents.models import Document
from services.routing.documents.upload import MOST_MEGABYTES_AN_HOUR
from shared.events.intake import AnswerPosition
from shared.files.storage import MB
from tests.browser.case_actions import reached
from tests.browser.conftest import Visit
from tests.browser.routing_service import RoutingService, a_standard_text, building_permit, fault_report
from tests.system.submissions import PDF

pytestmark = pytest.mark.chromium

MOST_PRESSES = 8
HERE = AnswerPosition(61.2275, 14.0395)


class Keyboard:
    """A keyboard that counts: a chord is as many presses as it has keys."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += len(key.split("+"))


@pytest.fixture
def anna(signed_in: Visit) -> Page:
    """Anna Andersson at the desk."""
    return signed_in()


@pytest.fixture
def plain(signed_in: Visit) -> Page:
    """Anna Andersson at the desk, with JavaScript off."""
    return signed_in(scripts=False)


@pytest.fixture(scope="module")
def with_text(service: RoutingService) -> Iterator[RoutingService]:
    """The service, with a standard text for replies."""
    a_standard_text(service)
    yield service


def test_a_standard_reply_takes_few_key_presses_until_the_next_case_is_open(anna: Page, with_text: RoutingService):
    case = claimed(anna, with_text)
    keyboard = Keyboard(anna)

    keyboard.press("b", "Space", "Tab", "ArrowDown", "Control+Enter")

    expect(anna.get_by_role("status").first).to_contain_text("är avgjort")
    expect(anna.get_by_role("status").last).to_contain_text("Du handlägger nu TN")
    assert keyboard.presses <= MOST_PRESSES
    assert state_of(with_text, case) == "closed"
    assert case.number not in anna.title()
    anna.get_by_role("status").first.get_by_role("link", name=case.number).click()
    expect(anna).to_have_url(re.compile(f"/desk/cases/{case.id}$"))
    expect(anna.get_by_role("article")).to_contain_text(f"Felet i {case.number} är åtgärdat.")
    expect(anna.get_by_role("article")).to_contain_text("Svar i ärendet: Åtgärdat")


def test_a_standard_text_that_a_script_has_put_in_its_field_is_put_there_by_no_button_too(
    anna: Page, with_text: RoutingService
):
    case = claimed(anna, with_text)

    Keyboard(anna).press("b", "Space", "Tab", "ArrowDown", "Tab")

    reasons = anna.locator("#decide-reasons")
    expect(reasons).to_have_value(f"Felet i {case.number} är åtgärdat.\n\nAnna Andersson")
    expect(reasons).to_be_focused()
    expect(anna.get_by_role("button", name="Infoga")).to_have_count(0)


def test_a_reply_is_sent_closed_and_followed_by_the_next_without_scripts(plain: Page, with_text: RoutingService):
    case = claimed(plain, with_text)
    plain.locator("#decide summary").click()
    plain.locator("#decide-reasons").fill("Tack för din anmälan.")
    plain.get_by_label("Standardtext").select_option(label="Åtgärdat")

    plain.get_by_role("button", name="Infoga").click()
    expect(plain.locator("#decide-reasons")).to_have_value(
        f"Tack för din anmälan.\n\nFelet i {case.number} är åtgärdat.\n\nAnna Andersson"
    )
    expect(plain.get_by_label("Åtgärdat", exact=True)).to_be_checked()
    plain.get_by_role("button", name="Skicka svaret, avsluta och ta nästa").click()

    expect(plain.get_by_role("status").last).to_contain_text("Du handlägger nu TN")
    assert state_of(with_text, case) == "closed"


@pytest.mark.parametrize(
    ("submitted", "who"),
    [
        (fault_report(0), "Kim Karlsson får det här med e-post till kim.karlsson@example.org och på ärendets sida."),
        (fault_report(1), "Ingen får något meddelande: inskickaren är anonym och ser det här bara på ärendets sida."),
    ],
)
def test_the_form_of_a_reply_names_who_gets_it_beside_a_look_through(
    plain: Page, service: RoutingService, submitted: Any, who: str
):
    claimed(plain, service, submitted)
    plain.locator("#decide summary").click()
    form = plain.locator("#decide")

    expect(form.get_by_text("Vem som får det:")).to_be_visible()
    expect(form).to_contain_text(who)
    send = form.get_by_role("button", name="Skicka svaret, avsluta och ta nästa")
    expect(send).to_have_accessible_description(f"Vem som får det: {who}")
    form.get_by_label("Åtgärdat", exact=True).check()
    form.get_by_role("button", name="Granska svaret").click()
    expect(plain.get_by_role("main")).to_contain_text(who)
    assert service.cases(state="decided") == []


def test_an_address_where_nothing_arrived_is_named_so_in_the_form(plain: Page, service: RoutingService):
    case = claimed(plain, service)
    with service.store.sessions.begin() as session:
        session.get_one(Case, case.id).undelivered = True
    plain.reload()
    plain.locator("#message summary").click()

    expect(plain.locator("#message")).to_contain_text("Det senaste mejlet kom inte fram dit.")


def test_the_form_of_a_decision_shows_what_who_is_no_party_does_not_get(plain: Page, service: RoutingService):
    permit = building_permit()
    claimed(plain, service, replace(permit, handling=replace(permit.handling, submitter_is_party=False)))
    plain.locator("#decide summary").click()
    form = plain.locator("#decide")

    expect(form).to_contain_text("får bara veta att ärendet är avgjort, inte utfallet, skälen eller filerna")
    expect(form.get_by_label("Skäl")).to_have_accessible_description(re.compile("Inskickaren läser det inte"))
    expect(form.locator("[type=file]")).to_have_accessible_description(re.compile("Inskickaren får dem inte"))
    expect(form.get_by_role("button", name="ta nästa")).to_have_count(0)


def test_what_was_decided_stands_above_the_answers_once_with_its_file(plain: Page, service: RoutingService):
    case = claimed(plain, service, building_permit())
    plain.locator("#decide summary").click()
    plain.get_by_label("Bifall").check()
    plain.locator("#decide-reasons").fill("Åtgärden följer detaljplanen.")
    plain.locator("#decide [type=file]").set_input_files(
        {"name": "beslut.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    plain.get_by_role("button", name="Granska beslutet").click()
    plain.get_by_role("button", name="Besluta och underrätta").click()

    decision = plain.get_by_role("article", name="Beslut: Bifall")
    expect(decision).to_contain_text("Åtgärden följer detaljplanen.")
    expect(decision).to_contain_text("23 nov. 2026 · Anna Andersson")
    expect(decision.get_by_role("link", name="beslut.pdf")).to_be_visible()
    expect(plain.get_by_text("Åtgärden följer detaljplanen.")).to_have_count(1)
    answers = plain.get_by_role("heading", name="Det här skickades in")
    assert decision.bounding_box()["y"] < answers.bounding_box()["y"]

    reached(plain.locator("#reopen summary")).click()
    plain.locator("#reopen-reason").fill("Nya ritningar har kommit in.")
    plain.locator("#reopen button").click()
    plain.locator("#decide summary").click()
    plain.get_by_role("radio", name="Bifall").check()
    plain.locator("#decide-reasons").fill("De nya ritningarna ändrar inget.")
    plain.get_by_role("button", name="Granska beslutet").click()
    plain.get_by_role("button", name="Besluta och underrätta").click()
    expect(plain.get_by_role("article")).to_have_count(1)
    expect(plain.get_by_role("article", name="Beslut 2: Bifall")).to_be_visible()
    plain.get_by_text("1 tidigare beslut").click()
    expect(plain.get_by_role("article", name="Beslut 1: Bifall")).to_contain_text("beslut.pdf")
    assert state_of(service, case) == "decided"


def test_who_has_sent_very_large_files_keeps_what_was_written(plain: Page, service: RoutingService):
    claimed(plain, service)
    with service.store.sessions.begin() as session:
        case = service.cases(officer_subject="anna.andersson")[0]
        session.add(_large_document(case, service))
    plain.locator("#message summary").click()
    plain.locator("#message-text").fill("Här är ritningen.")
    plain.locator("#message [type=file]").set_input_files(
        {"name": "ritning.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    with plain.expect_response("**/messages") as answer:
        plain.locator("#message button").last.click()

    assert (answer.value.status, answer.value.headers["retry-after"]) == (429, "3600")
    expect(plain.get_by_role("alert")).to_contain_text("Resten kan du skicka om 60 minuter.")
    expect(plain.locator("#message-text")).to_have_value("Här är ritningen.")
    plain.locator("#message button").last.click()
    expect(plain.get_by_role("status")).to_contain_text("är skickat")


@pytest.mark.parametrize(("queue", "links"), [("gata", 1), ("bygglov", 0)])
def test_a_case_that_was_moved_is_led_to_by_who_may_still_see_it(
    signed_in: Visit, service: RoutingService, queue: str, links: int
):
    erik = signed_in("Erik Eriksson", scripts=False)
    case = claimed(erik, service)
    reached(erik.locator("#transfer summary")).click()
    erik.locator("#transfer-queue").select_option(queue)
    erik.locator("#transfer-reason").fill("Hör hit.")
    erik.locator("#transfer button").click()

    expect(erik.get_by_role("status")).to_contain_text(case.number)
    expect(erik.get_by_role("status").get_by_role("link", name=case.number)).to_have_count(links)


def test_a_decision_is_looked_through_before_the_next_case_or_none_is_left(plain: Page, service: RoutingService):
    plain.goto("/desk/queues/bygglov")
    for _ in service.cases(queue="bygglov", state="queued"):
        plain.goto("/desk/queues/bygglov")
        plain.get_by_role("button", name="Ta nästa").click()
    claimed(plain, service, building_permit())
    plain.locator("#decide summary").click()
    plain.get_by_label("Bifall").check()
    plain.locator("#decide-reasons").fill("Åtgärden följer detaljplanen.")
    plain.get_by_role("button", name="Granska beslutet").click()

    plain.get_by_role("button", name="Besluta, avsluta och ta nästa").click()

    expect(plain).to_have_url(re.compile("/desk/queues/bygglov$"))
    expect(plain.get_by_role("status").last).to_have_text("Inget mer väntar i den här kön.")


def test_a_placeholder_that_is_left_is_not_sent(plain: Page, service: RoutingService):
    claimed(plain, service)
    plain.locator("#message summary").click()
    plain.locator("#message-text").fill("Vi hör av oss senast {answer_by}.")
    plain.locator("#message button").last.click()

    expect(plain.get_by_role("alert")).to_contain_text("Skriv något i stället för {answer_by}.")
    expect(plain.locator("#message-text")).to_have_value("Vi hör av oss senast {answer_by}.")


def test_keys_open_forms_stay_quiet_where_somebody_writes_and_can_be_switched_off(anna: Page, service: RoutingService):
    claimed(anna, service)
    anna.keyboard.press("n")
    expect(anna.locator("#note-text")).to_be_focused()
    anna.keyboard.type("hklm")
    expect(anna.locator("#note-text")).to_have_value("hklm")
    expect(anna.locator("#assign")).not_to_have_attribute("open", "")

    anna.locator("h1").click()
    anna.keyboard.press("?")
    help_ = anna.get_by_role("dialog", name="Tangenter")
    expect(help_.locator("div", has_text="Skriv en tjänsteanteckning").locator("kbd")).to_have_text("N")
    help_.get_by_role("checkbox").uncheck()
    help_.get_by_role("button", name="Stäng").click()
    anna.reload()
    anna.keyboard.press("n")
    expect(anna.locator("#note")).not_to_have_attribute("open", "")
    expect(anna.locator("#note kbd")).to_be_hidden()
    anna.get_by_role("button", name="Tangenter").click()
    help_.get_by_role("checkbox").check()
    anna.keyboard.press("Escape")
    anna.keyboard.press("l")
    expect(anna.get_by_role("status")).to_contain_text("ligger i kön igen")


def test_the_palette_finds_what_can_be_done_by_its_name(anna: Page, service: RoutingService):
    claimed(anna, service)
    anna.keyboard.press("Control+k")
    palette = anna.get_by_role("dialog")
    expect(palette.get_by_role("option", name="Begär komplettering")).to_be_visible()

    anna.keyboard.type("finns inte")
    expect(palette.get_by_role("status")).to_have_text("Inget här heter så.")
    anna.keyboard.press("Control+a")
    anna.keyboard.type("skriv")
    anna.keyboard.press("ArrowDown")
    chosen = palette.locator("[aria-selected=true]")
    expect(chosen).to_contain_text("tjänsteanteckning")
    anna.keyboard.press("Enter")

    expect(palette).to_be_hidden()
    expect(anna.locator("#note-text")).to_be_focused()
    anna.keyboard.press("Control+k")
    anna.keyboard.type("köer")
    anna.keyboard.press("Enter")
    expect(anna).to_have_url(re.compile("/desk/$"))


def test_cases_of_one_place_are_linked_or_joined_with_a_trace(plain: Page, service: RoutingService):
    first, second, third = (service.receive(fault_report(0, position=HERE)) for _ in range(3))
    plain.goto(f"/desk/cases/{third.id}")
    expect(plain.get_by_role("img", name="Karta över Älvdalens kommun")).to_be_visible()
    expect(plain.get_by_role("heading", name="Gäller kanske samma sak")).to_be_visible()

    plain.get_by_role("button", name=f"Länka – {first.number}").click()
    expect(plain.get_by_role("heading", name="Länkade ärenden")).to_be_visible()
    expect(plain.get_by_text("Länkat av Anna Andersson")).to_be_visible()
    plain.get_by_role("button", name=f"Ta bort länken – {first.number}").click()
    expect(plain.get_by_role("status")).to_contain_text("är inte längre länkat till det andra ärendet")
    expect(plain.locator("#entry-4")).to_contain_text(f"Hör inte längre ihop med {first.number}")
    plain.get_by_role("button", name=f"Slå ihop – {second.number}").click()

    expect(plain.get_by_role("status")).to_contain_text("är avslutat och handläggs i det andra ärendet")
    expect(plain.get_by_role("heading", name="Inget behöver göras nu")).to_be_visible()
    assert state_of(service, third) == "closed"
    plain.locator("main .timeline").get_by_role("link", name=second.number).click()
    expect(plain.locator("#entry-3")).to_contain_text(f"Här handläggs också {third.number}")
    expect(plain.get_by_text("Handläggs i det här ärendet")).to_be_visible()
    plain.goto(f"/desk/cases/{third.id}")
    reached(plain.locator("#reopen summary")).click()
    plain.locator("#reopen-reason").fill("Det var en annan lampa.")
    plain.locator("#reopen button").click()
    expect(plain.locator("#entry-6")).to_contain_text(f"Inte längre sammanslaget med {second.number}")


def test_a_case_is_linked_by_its_number_and_a_wrong_one_is_kept(plain: Page, service: RoutingService):
    case, other = claimed(plain, service), service.receive(fault_report(0))
    reached(plain.locator("#link summary")).click()
    plain.locator("#link-number").fill("finns inte")
    plain.locator("#link button").click()
    expect(plain.locator("#link-number-error")).to_contain_text("Du kan inte se något ärende med det numret.")
    expect(plain.locator("#link-number")).to_have_value("finns inte")

    plain.locator("#link-number").fill(other.number)
    plain.locator("#link button").click()

    expect(plain.get_by_role("status")).to_have_text(f"{case.number} är länkat till det andra ärendet.")


def test_pictures_and_pdf_are_viewed_one_after_the_other(anna: Page, service: RoutingService):
    report = fault_report(3)
    permit = building_permit()
    case = service.receive(replace(permit, attachments=[*permit.attachments, *report.attachments]))
    anna.goto(f"/desk/cases/{case.id}")
    anna.get_by_role("link", name="situationsplan.pdf").click()
    expect(anna.locator("iframe.viewed")).to_have_attribute("title", "situationsplan.pdf")

    anna.keyboard.press("j")
    expect(anna.get_by_role("img", name="Bilden bild från platsen.jpg")).to_have_count(1)
    anna.keyboard.press("Escape")

    expect(anna).to_have_url(re.compile(f"/desk/cases/{case.id}$"))


def test_an_editor_writes_changes_and_removes_a_standard_text(plain: Page, signed_in: Visit, service: RoutingService):
    plain.get_by_role("link", name="Standardtexter").click()
    plain.get_by_role("link", name="Skriv en standardtext").click()
    plain.get_by_label("Namn").fill("Vi har börjat")
    plain.get_by_label("Text på svenska").fill("Hej {namn}!")
    plain.get_by_role("button", name="Spara").click()
    expect(plain.get_by_role("alert")).to_contain_text("Det finns ingen platshållare som heter {namn}.")
    expect(plain.get_by_role("alert")).to_contain_text("Välj vad den är till för.")
    expect(plain.get_by_label("Namn")).to_have_value("Vi har börjat")

    plain.get_by_label("Används till").select_option("message")
    plain.get_by_label("Text på svenska").fill("Hej {submitter}! Vi har börjat med {case_number}.")
    plain.get_by_label("Kö", exact=True).select_option("belysning")
    plain.get_by_label("E-tjänst").select_option(label="Gör en felanmälan")
    plain.get_by_label("Utfall").select_option(label="Åtgärdat")
    plain.get_by_role("button", name="Spara").click()
    expect(plain.get_by_role("status")).to_have_text("Standardtexten är sparad.")
    row = plain.get_by_role("row").filter(has=plain.get_by_role("link", name="Vi har börjat"))
    expect(row).to_contain_text("Gör en felanmälan")
    plain.get_by_role("link", name="Vi har börjat").click()
    plain.get_by_label("Namn").fill("Vi har tagit upp ärendet")
    plain.get_by_role("button", name="Spara").click()
    plain.get_by_role("link", name="Vi har tagit upp ärendet").click()
    expect(plain.get_by_role("heading", name=re.compile("Version nr"))).to_have_count(2)

    case = claimed(plain, service)
    plain.locator("#message summary").click()
    plain.locator("#message").get_by_label("Standardtext").select_option(label="Vi har tagit upp ärendet")
    plain.locator("#message").get_by_role("button", name="Infoga").click()
    expect(plain.locator("#message-text")).to_have_value(f"Hej Kim Karlsson! Vi har börjat med {case.number}.")

    plain.goto("/desk/standard-texts")
    plain.get_by_role("link", name="Vi har tagit upp ärendet").click()
    plain.get_by_role("button", name="Ta bort standardtexten").click()
    expect(plain.get_by_role("status")).to_have_text("Standardtexten är borttagen.")
    expect(plain.get_by_role("link", name="Vi har tagit upp ärendet")).to_have_count(0)
    erik = signed_in("Erik Eriksson")
    expect(erik.get_by_role("link", name="Standardtexter")).to_have_count(0)
    answer = erik.goto("/desk/standard-texts")
    assert answer
    assert answer.status == 403


def _large_document(case: Case, service: RoutingService) -> Document:
    """A file that the officer has sent a moment ago, as large as all that one may send in an hour."""
    return Document(
        id=uuid4(),
        municipality=case.municipality,
        case_id=case.id,
        name="film.pdf",
        media_type="application/pdf",
        size=MOST_MEGABYTES_AN_HOUR * MB,
        sha256="0" * 64,
        position_removed=False,
        uploaded_by="anna.andersson",
        received_at=service.clock(),
    )


def claimed(page: Page, service: RoutingService, submission: Any = None) -> Case:
    """A fault report, or what was submitted, that the officer has claimed, on the page."""
    case = service.receive(submission or fault_report(0))
    page.goto(f"/desk/cases/{case.id}")
    page.get_by_role("button", name="Ta ärendet").click()
    page.wait_for_load_state()
    return case


def state_of(service: RoutingService, case: Case) -> str:
    """Where the case stands now."""
    [now] = service.cases(id=case.id)
    return str(now.state)
