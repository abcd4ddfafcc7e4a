"""Every page of the desk, in both languages: accessible, at home on a narrow screen, whole by keyboard."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from services.routing.actions.add_tag import add_tag
from services.routing.actions.command import CaseCommand
from shared.events.intake import AnswerPosition
from tests.browser.checks import LANGUAGES, NARROW, assert_accessible, assert_fits, assert_well_made
from tests.browser.conftest import Visit
from tests.browser.routing_service import RoutingService, a_macro, a_standard_text, building_permit, fault_report
from tests.browser.walks.hands import Keyboard
from tests.builders import a_submission
from tests.store.routing.casework import ANNA, PERMIT

pytestmark = pytest.mark.chromium

Show = Callable[[Page, RoutingService], Any]
LAPTOP = {"width": 1024, "height": 700}
# Those of the labels that are wider than their place.
_CUT_LABELS = """() => [...document.querySelectorAll('.filters label')]
  .filter(label => label.scrollWidth > label.clientWidth).map(label => label.textContent)"""

_HEIGHTS = "all => all.filter(one => one.type !== 'hidden').map(one => one.getBoundingClientRect().height)"
# Those of the cells, or of the titles in them, of which something is left out.
_CUT_CELLS = """all => all.filter(one => getComputedStyle(one).overflowY !== 'visible')
  .filter(one => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight)
  .map(one => one.textContent)"""


def queues(page: Page, service: RoutingService) -> None:
    page.goto("/desk/")


def queue(page: Page, service: RoutingService) -> None:
    page.goto("/desk/queues/belysning?limit=5")


def empty_search(page: Page, service: RoutingService) -> None:
    page.goto("/desk/queues/belysning?number=finns-inte&state=closed&whose=mine&sort=age")


def own_cases(page: Page, service: RoutingService) -> None:
    take(page, service, fault_report(1))
    page.goto("/desk/mine")


def queued_case(page: Page, service: RoutingService) -> None:
    page.goto(f"/desk/cases/{service.receive(fault_report(3)).id}")


def case_in_hand(page: Page, service: RoutingService) -> None:
    take(page, service, building_permit(secrecy="21 kap. 3 § OSL"))
    unfold(page)


def case_with_others(page: Page, service: RoutingService) -> None:
    """With a map, a possible duplicate, a linked and an earlier case, standard texts to choose, and files."""
    at = AnswerPosition(61.2275, 14.0395)
    for number in (0, 3):
        case = service.receive(fault_report(number, position=at))
    a_standard_text(service)
    a_macro(service, "Tagga", ("add_tag", {"tag": "bild"}))
    page.goto(f"/desk/cases/{case.id}")
    page.locator("form[action$=claims] button").click()
    page.locator(".related form[action$=links] button").first.click()
    unfold(page)


def viewed_picture(page: Page, service: RoutingService) -> None:
    page.goto(f"/desk/cases/{service.receive(fault_report(3)).id}")
    page.locator(".files a").click()


def standard_texts(page: Page, service: RoutingService) -> None:
    a_standard_text(service)
    page.goto("/desk/standard-texts")


def standard_text(page: Page, service: RoutingService) -> None:
    standard_texts(page, service)
    page.get_by_role("rowheader").get_by_role("link").first.click()
    page.locator("#sv").fill("Hej {namn}!")
    page.locator("#name").fill("")
    page.locator("main form button").first.click()


def macro(page: Page, service: RoutingService) -> None:
    """In the list, and then in the editor with an error."""
    a_macro(service, "Hälsa", ("add_tag", {"tag": "bild"}), ("message", {"text": {"sv": "Hej {submitter}!"}}))
    page.goto("/desk/macros")
    assert_fits(page)
    assert_accessible(page)
    page.get_by_role("rowheader").get_by_role("link").first.click()
    page.locator("#step-1-text-sv").fill("Hej {namn}!")
    page.locator("main form [data-send]").click()


def keys_of_a_case(page: Page, service: RoutingService) -> None:
    take(page, service, building_permit())
    page.locator("[data-opens-keys]").click()


def palette_of_a_case(page: Page, service: RoutingService) -> None:
    take(page, service, building_permit())
    page.wait_for_load_state()
    page.keyboard.press("Control+k")


def case_that_waits(page: Page, service: RoutingService) -> None:
    take(page, service, building_permit(handling=replace(a_submission().handling, deadline=PERMIT)))
    for day in ("2026-12-07", "2026-12-14"):
        page.locator("#request_supplement summary").click()
        page.locator("#request_supplement-answer_by").fill(day)
        page.locator("#request_supplement-text").fill("Fasadritning saknas.")
        page.locator("#request_supplement button").click()
    unfold(page)


def decided_case(page: Page, service: RoutingService) -> None:
    decision(page, service)
    page.locator("button[value=decide]").click()
    unfold(page)


def decision(page: Page, service: RoutingService) -> None:
    take(page, service, building_permit())
    page.locator("#decide summary").click()
    page.locator("[name=outcome]").first.check()
    page.locator("#decide-reasons").fill("Åtgärden följer detaljplanen.")
    page.locator("#decide button").click()


def bad_input(page: Page, service: RoutingService) -> None:
    take(page, service, building_permit())
    for action in ("decide", "request_supplement"):
        page.locator(f"#{action} summary").click()
        page.locator(f"#{action} button").click()


def stale_form(page: Page, service: RoutingService) -> None:
    take(page, service, building_permit())
    elsewhere = page.context.new_page()
    elsewhere.goto(page.url)
    write(elsewhere, "note", "text", "Sökanden ringde.")
    write(page, "message", "text", "Vi har fått din ansökan.")


def error(page: Page, service: RoutingService) -> None:
    page.goto("/desk/cases/00000000-0000-4000-8000-000000000000")


def signed_out(page: Page, service: RoutingService) -> None:
    page.context.clear_cookies()  # the others go on with the session that was begun for all
    page.goto("/desk/")
    page.get_by_role("button", name="Anna Andersson").click()
    page.locator(".account > summary").click()
    page.locator("form[action$=sign-out] button").click()


def not_signed_in(page: Page, service: RoutingService) -> None:
    page.goto("/desk/signed-in?error=access_denied")


def expired(page: Page, service: RoutingService) -> None:
    take(page, service, building_permit())
    page.context.clear_cookies(name="routing_session")
    write(page, "note", "text", "Sökanden ringde.")


PAGES: list[Show] = [
    queues,
    queue,
    empty_search,
    own_cases,
    queued_case,
    case_in_hand,
    case_with_others,
    viewed_picture,
    standard_texts,
    standard_text,
    macro,
    case_that_waits,
    decision,
    decided_case,
    bad_input,
    stale_form,
    error,
    signed_out,
    not_signed_in,
    expired,
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("show", PAGES, ids=lambda show: show.__name__)
def test_a_page_of_the_desk_is_well_made(show: Show, language: str, signed_in: Visit, service: RoutingService):
    page = signed_in(language=language)

    show(page, service)

    assert_well_made(page, language=language)


@pytest.mark.parametrize("show", [keys_of_a_case, palette_of_a_case], ids=lambda show: show.__name__)
def test_a_dialog_of_the_desk_is_accessible_and_fits(show: Show, signed_in: Visit, service: RoutingService):
    page = signed_in()

    show(page, service)

    page.get_by_role("dialog").wait_for()
    assert_fits(page)
    assert_accessible(page)


def test_what_the_header_has_no_room_for_is_under_more_by_keyboard_and_without_scripts(signed_in: Visit):
    page = signed_in(scripts=False, viewport=LAPTOP)
    keys, more, main = Keyboard(page), page.locator(".more > summary"), page.get_by_role("main")
    officers = page.get_by_role("link", name="Handläggare", exact=True)
    expect(page.get_by_role("link", name="Köer", exact=True)).to_be_visible()
    expect(officers).to_be_hidden()

    keys.press(more)
    expect(page.get_by_role("button", name="Logga ut")).to_be_visible()
    keys.press(officers)
    expect(main.get_by_role("heading", level=1)).to_have_text("Handläggare")
    keys.press(more)
    keys.press(page.get_by_role("link", name="English"))
    expect(main.get_by_role("heading", level=1)).to_have_text("Officers")


def test_a_folded_menu_of_the_header_is_found_by_name_and_accessible(signed_in: Visit):
    page = signed_in()
    for viewport, summary in ((LAPTOP, ".more > summary"), (NARROW, ".menu > summary")):
        page.set_viewport_size(viewport)
        page.goto("/desk/today")
        page.locator(summary).click()
        assert_accessible(page)
        page.goto("/desk/today")
        page.wait_for_load_state()
        page.keyboard.press("Control+k")
        page.keyboard.type("siffror")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Siffror")


@pytest.mark.parametrize("width", [320, 640, 1024, 1280])
def test_the_municipality_is_named_on_every_page_at_any_width(signed_in: Visit, service: RoutingService, width: int):
    page = signed_in(viewport={"width": width, "height": 700})
    for show in (queues, queue, queued_case, error):
        show(page, service)

        assert "Älvdalens kommun" in page.title()
        expect(page.get_by_role("contentinfo").get_by_text("Älvdalens kommun")).to_be_visible()
        expect(page.get_by_role("banner").get_by_role("link", name="Älvdalens kommun")).to_have_count(1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_next_step_and_the_decision_begin_on_the_first_screen_of_a_telephone(
    signed_in: Visit, service: RoutingService, language: str
):
    page = signed_in(language=language, viewport=NARROW)

    page.goto(f"/desk/cases/{service.receive(building_permit(secrecy='21 kap. 3 § OSL')).id}")
    assert ends_at(page, ".next") <= NARROW["height"], "all of it, below that secrecy may apply"
    decision(page, service)
    page.locator("button[value=decide]").click()
    load_again(page)
    assert ends_at(page, ".document h2") <= NARROW["height"]
    case_that_waits(page, service)
    load_again(page)
    assert ends_at(page, ".next h2") <= NARROW["height"], "below what was asked for twice"


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_of_cases_fit_between_a_telephone_and_a_large_screen(
    signed_in: Visit, service: RoutingService, language: str
):
    page = signed_in(language=language)
    own_cases(page, service)
    for address in ("/desk/", "/desk/mine", "/desk/queues/belysning", "/desk/queues/bygglov"):
        for width in (768, 1000, 1024, 1280):
            page.set_viewport_size({"width": width, "height": 700})
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{address} at {width} px"
            for filters in page.locator(".filter-box > summary:visible").all():
                filters.click()
            assert page.evaluate(_CUT_LABELS) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("queue", ["belysning", "bygglov"])
def test_a_row_is_from_36_to_40_px_high_with_all_of_what_it_has(
    signed_in: Visit, service: RoutingService, queue: str, language: str
):
    page = signed_in(language=language)
    case = service.cases(queue=queue)[0]
    add_tag(CaseCommand(ANNA, case.id), f"grävd-{language}", sessions=service.store.sessions, now=service.clock())
    page.goto(f"/desk/queues/{queue}?limit=200")
    expect(page.locator("tbody tr").filter(has_text=f"grävd-{language}")).to_have_count(1)
    for width in (1024, 1100, 1199, 1200, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        heights = page.locator("tbody tr").evaluate_all(_HEIGHTS)

        assert 36 <= min(heights) <= max(heights) <= 40, f"{heights} at {width} px"
        assert min(page.locator("tbody :is(button, input)").evaluate_all(_HEIGHTS)) >= 24, "SC 2.5.8"
        if language == "sv":
            assert page.locator("tbody :is(td, th, .title)").evaluate_all(_CUT_CELLS) == [], f"at {width} px"


def load_again(page: Page) -> None:
    """Without the notice of what was done."""
    expect(page.get_by_role("status").first).to_be_visible()
    page.reload()


def ends_at(page: Page, selector: str) -> float:
    """How far down the page the first of these ends, in px."""
    place = page.locator(selector).first.bounding_box()
    assert place
    return place["y"] + place["height"]


def take(page: Page, service: RoutingService, submission: Any) -> None:
    page.goto(f"/desk/cases/{service.receive(submission).id}")
    page.locator("form[action$=claims] button").click()


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def write(page: Page, action: str, field: str, text: str) -> None:
    page.locator(f"#{action} summary").click()
    page.locator(f"#{action}-{field}").fill(text)
    page.locator(f"#{action} button").click()
