"""An officer's morning with 240 cases, with nothing but the keyboard: a day's work from signing in to many at once."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from services.routing.actions.add_tag import add_tag
from services.routing.actions.command import CaseCommand
from services.routing.actions.put_on_hold import put_on_hold
from shared.swedish.law import OnExpiry
from tests.browser.checks import NARROW, WIDE, assert_accessible, assert_fits
from tests.browser.conftest import Visit
from tests.browser.routing_service import FAULT_HANDLING, RoutingService, a_routing_service, fault_report
from tests.browser.test_desk_bulk import perform
from tests.browser.walks.hands import Keyboard
from tests.builders import NOON
from tests.store.routing.casework import ERIK, Casework

pytestmark = [pytest.mark.chromium, pytest.mark.thorough]  # each step has a test of its own

CASES = 240
STREET = "Dalgatan 7, Evertsberg"
OF_STREETS = "gata"  # the queue
MUST_BE_DECIDED = replace(FAULT_HANDLING, deadline=replace(FAULT_HANDLING.deadline, on_expiry=OnExpiry.DECIDE))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> RoutingService:
    """240 fault reports: one of Dalgatan in Evertsberg, one that must be decided, one with a tag, one on hold."""
    made = a_routing_service(tmp_path_factory.mktemp("routing"))
    late = replace(fault_report(1), handling=MUST_BE_DECIDED, received_at=NOON - timedelta(days=60))
    made.receive_all([*(fault_report(number) for number in reversed(range(CASES - 2))), of_street(), late])
    Casework(made.store, print, made.clock).knows(ERIK)
    tagged, held = made.cases(queue=OF_STREETS)[:2]
    store_and_time = {"sessions": made.store.sessions, "now": made.clock()}
    add_tag(CaseCommand(ERIK, tagged.id), "tjäle", **store_and_time)
    put_on_hold(CaseCommand(ERIK, held.id), (NOON + timedelta(days=3)).date(), "08:00", "Väntar.", **store_and_time)
    return made


@pytest.fixture
def anna(visit: Visit, desk: str) -> Page:
    """A browser at the desk's sign-in."""
    page = visit(desk)
    page.goto("/desk/")
    return page


def of_street():
    """A report of a place that is like no other."""
    report = fault_report(1)
    category, place, description = report.answers
    return replace(report, answers=[category, replace(place, value={"sv": STREET}), description])


def test_an_officers_morning(anna: Page, service: RoutingService):
    keys, main = Keyboard(anna), anna.get_by_role("main")
    press(keys, anna.get_by_role("button", name="Anna Andersson"))
    expect(anna.get_by_role("heading", level=1)).to_have_text("Köer")
    press(keys, anna.get_by_role("link", name="I dag", exact=True))
    expect(anna.get_by_text("Nytt i dina ärenden")).to_be_visible()
    is_well(anna)

    hit(anna, "/")
    anna.keyboard.type("evertsberg")
    anna.keyboard.press("Enter")
    press(keys, main.get_by_role("rowheader").get_by_role("link"))
    expect(main).to_contain_text(STREET)
    is_well(anna)

    hit(anna, "t")
    expect(main.get_by_role("status")).to_contain_text("Du handlägger nu")
    send(anna, "n", text="Vägmästaren åker dit i dag.")
    expect(main.get_by_role("status")).to_contain_text("Anteckningen finns i journalen")
    hit(anna, "b")
    anna.keyboard.press("Space")
    keys.write(anna.locator("#decide-reasons"), "Hålet är lagat.")
    anna.keyboard.press("Control+Enter")
    expect(main.get_by_role("status").last).to_contain_text("Du handlägger nu TN")

    send(anna, "v", until_day="2026-12-04", reason="Väntar på entreprenören.")
    expect(anna.locator("#hold")).to_contain_text("Vilande till 4 december 2026")
    hit(anna, "q")
    expect(anna.locator("#more-actions")).to_have_attribute("open", "")
    is_well(anna)
    by_name(anna, "tilldela")
    keys.choose(anna.locator("#assign-officer_subject"), "erik")
    anna.keyboard.press("Control+Enter")
    expect(main.get_by_text("Handläggare: Erik Eriksson")).to_be_visible()


def test_a_morning_with_lists(anna: Page, service: RoutingService):
    keys, listed = Keyboard(anna), anna.locator("#listed")
    press(keys, anna.get_by_role("button", name="Anna Andersson"))
    press(keys, anna.get_by_role("link", name="Gata och väg"))
    expect(anna.get_by_role("heading", level=1)).to_have_text("Gata och väg")
    cases = service.cases(queue=OF_STREETS)
    narrowed = {
        "#number": (cases[0].number[-5:], [cases[0]]),
        "#tag": ("tjäle", [each for each in cases if each.tags]),
        "#must_be_decided": (None, [each for each in cases if each.on_expiry == OnExpiry.DECIDE]),
        "#on_hold": (None, [each for each in cases if each.on_hold_until]),
    }
    for name, (typed, expected) in narrowed.items():
        anna.goto(f"/desk/queues/{OF_STREETS}")
        box = anna.locator(name)
        keys.write(box, typed) if typed else keys.tick(box, box)
        anna.keyboard.press("Enter")
        expect(listed.get_by_role("rowheader")).to_have_count(len(expected))
        assert set(listed.get_by_role("rowheader").all_inner_texts()) == {each.number for each in expected}
    anna.goto(f"/desk/queues/{OF_STREETS}")
    for name, code in {
        "#state": "queued",
        "#whose": "unassigned",
        "#eservice": "felanmalan",
        "#sort": "-number",
        "#limit": "25",
    }.items():
        keys.choose(anna.locator(name), code)
    press(keys, anna.get_by_role("button", name="Visa", exact=True))
    expect(listed.get_by_role("rowheader")).to_have_count(25)
    expect(anna.locator("#total")).to_have_text(re.compile(r"^\d\d ärenden$"))
    numbers = listed.get_by_role("rowheader").all_inner_texts()
    assert numbers == sorted(numbers, reverse=True)
    is_well(anna)
    press(keys, listed.get_by_role("columnheader", name="Nummer").get_by_role("link"))
    expect(listed.get_by_role("columnheader", name="Nummer")).to_have_attribute("aria-sort", "ascending")

    press(keys, anna.locator("#save-filter summary"))
    keys.write(anna.locator("#filter-name"), "Ingens, efter nummer")
    keys.tick(anna.locator("#filter-private"), anna.locator("#filter-private"))
    anna.keyboard.press("Control+Enter")
    expect(anna.get_by_role("status")).to_contain_text("är sparat, bara för dig")
    press(keys, anna.get_by_role("link", name="Ingens, efter nummer (bara du)"))
    expect(anna.locator("#sort")).to_have_value("number")

    chosen = listed.get_by_role("rowheader").all_inner_texts()[:2]
    for place in range(2):
        box = listed.get_by_role("checkbox").nth(place)
        keys.tick(box, box)
    press(keys, anna.locator("button[value=some]"))
    expect(anna.get_by_role("heading", level=1)).to_have_text("2 valda ärenden")
    press(keys, anna.locator("#claim > summary"))
    press(keys, anna.locator("#claim button"))
    press(keys, anna.get_by_role("button", name="Genomför för 2 ärenden"))
    expect(anna.get_by_role("button", name="Stoppa det som återstår")).to_be_visible()
    perform(service)
    assert {each.officer_name for each in service.cases() if each.number in chosen} == {"Anna Andersson"}

    hit(anna, "?")
    expect(anna.get_by_role("dialog", name="Tangenter")).to_be_visible()
    anna.keyboard.press("Escape")
    anna.set_viewport_size(NARROW)
    press(keys, anna.locator(".menu > summary"))
    assert_accessible(anna)
    press(keys, anna.get_by_role("link", name="Köer", exact=True))
    expect(anna.get_by_role("heading", level=1)).to_have_text("Köer")
    anna.goto(f"/desk/queues/{OF_STREETS}?whose=unassigned&tag=tj%C3%A4le")
    summary = anna.locator(".filter-box > summary")
    expect(summary).to_have_text("Filter och ordning: Ingens, tjäle")
    expect(anna.locator("#total")).to_be_in_viewport()
    press(keys, summary)
    assert_accessible(anna)
    keys.write(anna.locator("#tag"), "")
    anna.keyboard.press("Delete")
    anna.keyboard.press("Enter")
    expect(summary).to_have_text("Filter och ordning: Ingens")


def send(page: Page, key: str, **typed: str) -> None:
    """Open an action's form by its key, type into its fields and send it."""
    hit(page, key)
    keys = Keyboard(page)
    for name, text in typed.items():
        keys.write(opened(page, name), text)
    page.keyboard.press("Control+Enter")


def hit(page: Page, key: str) -> None:
    """Press a key that a script takes, once the page has it."""
    page.wait_for_load_state()
    page.keyboard.press(key)


def press(keys: Keyboard, control: Locator) -> None:
    """Press it as soon as the page has it."""
    expect(control.first).to_be_visible()
    keys.press(control.first)


def opened(page: Page, name: str) -> Locator:
    """The field of the form that is open."""
    return page.locator(f"details.action[open] [name={name}]")


def by_name(page: Page, name: str) -> None:
    """Do what the palette finds by this part of its name."""
    hit(page, "Control+k")
    page.keyboard.type(name)
    page.keyboard.press("Enter")


def is_well(page: Page) -> None:
    """The page is accessible, and at home on a narrow screen too."""
    assert_accessible(page)
    assert_fits(page)
    header = page.get_by_role("banner").bounding_box()
    assert header
    assert header["height"] < 90  # one row
    page.set_viewport_size(NARROW)
    assert_accessible(page)
    page.set_viewport_size(WIDE)
