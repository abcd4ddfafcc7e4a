"""Mail that came in: a registrar puts what found no case where it belongs, and the case shows it."""

import re
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from services.routing.actions.add_tag import add_tag
from services.routing.actions.claim import claim
from services.routing.actions.command import CaseCommand
from services.routing.actions.request_supplement import request_supplement
from services.routing.incoming_mail.receive import receive_mails
from services.routing.organisation.officers import Officer
from shared.bus.event_processor import OpenedEvent
from shared.events.notify import FileNotTaken, MailAttachment, NotificationReplyReceived
from tests.browser.checks import assert_well_made
from tests.browser.conftest import Visit
from tests.browser.routing_service import RoutingService, fault_report

pytestmark = pytest.mark.chromium

ANNA = Officer("anna.andersson", "Anna Andersson", "2039", frozenset({"TN", "BN", "KS"}))
ERIK = Officer("erik.eriksson", "Erik Eriksson", "2039", frozenset({"TN"}))
LEAST_TO_SEARCH_IN = 180  # px
PHOTO = MailAttachment(uuid4(), "stolpen.jpg", "image/jpeg", 1_840_000, "0" * 64)
TEXT = (
    "Hej!\n\nStolpen har nummer 17, och det är den tredje från bron räknat.\n\nHälsningar\nKim\n\n"
    "Den mån 23 nov. 2026 kl 12:00 skrev Älvdalens kommun <svar@alvdalen.example>:\n> Vi behöver mer från dig"
)


def test_a_registrar_places_and_dismisses_mail_and_the_case_shows_it(signed_in: Visit, service: RoutingService):
    case = service.receive(fault_report(0))
    store_and_time = {"sessions": service.store.sessions, "now": service.clock()}
    claim(CaseCommand(ANNA, case.id), **store_and_time)
    request_supplement(CaseCommand(ANNA, case.id), "Vilket nummer har stolpen?", date(2026, 12, 7), **store_and_time)
    service.clock.move(minutes=5)
    mail(
        service,
        "Sv: Komplettera ditt ärende",
        files_not_taken=[FileNotTaken("stolpen.exe", "application/x-msdownload", 1_840_000, "file_type")],
        attachments=[PHOTO],
    )
    mail(service, "Vinn en resa", text="Klicka här", is_automatic=True)
    anna, erik = signed_in(), signed_in("Erik Eriksson", scripts=False)

    erik.goto("/desk/")
    expect(erik.get_by_role("link", name="E-post")).to_have_count(0)
    assert erik.goto("/desk/mail").status == 403

    anna.goto("/desk/")
    anna.get_by_role("link", name=re.compile("^E-post")).click()
    expect(anna.get_by_role("article")).to_have_count(2)
    first = anna.get_by_role("article", name="Sv: Komplettera ditt ärende")
    expect(first).to_contain_text("kim@example.org")
    expect(first).to_contain_text("stolpen.exe 1,8 MB · av ett slag som vi inte tar emot")
    expect(first.get_by_role("link", name="stolpen.jpg")).to_be_visible()
    expect(first.get_by_text("Vi behöver mer från dig")).to_be_hidden()
    first.get_by_text("Citerad text").click()
    expect(first.get_by_text("Vi behöver mer från dig")).to_be_visible()
    assert_well_made(anna, language="sv")
    first.get_by_label("Ärendenummer").fill("TN 1999-7")
    first.get_by_role("button", name="Lägg i ärendet").click()
    expect(first.get_by_label("Ärendenummer")).to_have_accessible_description(re.compile("inget ärende med det numret"))
    first.get_by_label("Ärendenummer").fill(case.number)
    first.get_by_role("button", name="Lägg i ärendet").click()
    expect(anna.get_by_role("status")).to_have_text(f"Mejlet har lagts i {case.number}.")
    leads_to = anna.get_by_role("status").get_by_role("link", name=case.number)
    expect(leads_to).to_have_attribute("href", f"/desk/cases/{case.id}")

    second = anna.get_by_role("article", name="Vinn en resa")
    second.get_by_text("Hör inte till något ärende").click()
    second.get_by_role("button", name="Lägg undan mejlet").click()
    expect(second.get_by_label("Varför")).to_have_accessible_description(re.compile("Skriv varför"))
    second.get_by_label("Varför").fill("Reklam")
    second.get_by_role("button", name="Lägg undan mejlet").click()
    expect(anna.get_by_role("main")).to_contain_text("Inget mejl väntar på ett ärende.")

    anna.goto(f"/desk/cases/{case.id}")
    shown = anna.get_by_role("main")
    expect(shown).to_contain_text("Stolpen har nummer 17")
    expect(shown.get_by_role("link", name="stolpen.jpg")).to_have_attribute("href", re.compile(f"/{PHOTO.id}/view$"))
    expect(shown).to_contain_text("med e-post från kim@example.org")
    expect(shown.get_by_role("link", name=re.compile("För in det som en komplettering"))).to_be_visible()
    assert_well_made(anna, language="sv")


@pytest.mark.parametrize(("width", "language"), [(320, "sv"), (1024, "sv"), (1024, "en"), (1280, "sv"), (1280, "en")])
def test_the_search_box_can_be_read_with_all_that_the_header_may_have(
    signed_in: Visit, service: RoutingService, width: int, language: str
):
    mail(service, "Vinn en resa")
    new_for_anna(service)
    anna = signed_in(language=language, viewport={"width": width, "height": 900})
    expect(anna.locator(".site-nav .tag")).to_have_count(2)

    box = anna.get_by_role("searchbox")
    text = box.evaluate(
        "box => { const pen = document.createElement('canvas').getContext('2d'); const style = getComputedStyle(box);"
        " pen.font = style.font; const sides = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);"
        " return [pen.measureText(box.placeholder).width, box.clientWidth - sides]; }"
    )
    assert text[0] <= text[1], f"{text[0]} px of text in {text[1]} px"
    header = anna.get_by_role("banner").bounding_box()
    assert header
    if width > 320:
        assert text[1] >= LEAST_TO_SEARCH_IN
        assert header["height"] < 70, "one row"


def new_for_anna(service: RoutingService) -> None:
    """A case of hers that another officer has done something with."""
    case = service.receive(fault_report(0))
    store_and_time = {"sessions": service.store.sessions, "now": service.clock()}
    claim(CaseCommand(ANNA, case.id), **store_and_time)
    add_tag(CaseCommand(ERIK, case.id), "tjäle", **store_and_time)


def mail(service: RoutingService, subject: str, **changes: Any) -> None:
    """A mail that found no case, which waits."""
    values: dict[str, Any] = {
        "mail_id": uuid4(),
        "submission_id": None,
        "from_address": "kim@example.org",
        "subject": subject,
        "text": TEXT,
        "is_cut": False,
        "is_automatic": False,
        "files_not_taken": [],
        "received_at": service.clock(),
    }
    received = NotificationReplyReceived(**values | changes)
    event = received.event(subject=received.mail_id, municipality="2039", sequence=0, at=service.clock())
    with service.store.sessions.begin() as session:
        receive_mails([OpenedEvent(event, received)], session=session, now=service.clock())
