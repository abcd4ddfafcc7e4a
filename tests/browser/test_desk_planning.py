"""What officers plan with in the browser, without JavaScript: holds, tags, sub-tasks, reminders, followers."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from services.routing.actions.end_hold import end_due_holds
from services.routing.cases.models import Case
from services.routing.directory.models import HandOver
from services.routing.directory.record import enlist
from services.routing.organisation import loader
from tests.browser.case_actions import reached
from tests.browser.checks import assert_well_made
from tests.browser.conftest import Visit
from tests.browser.routing_service import ESERVICES, MUNICIPALITIES, RoutingService, building_permit
from tests.builders import NOON

pytestmark = pytest.mark.chromium


@pytest.fixture
def anna(signed_in: Visit) -> Page:
    """Anna Andersson at the desk, with JavaScript off."""
    return signed_in("Anna Andersson", scripts=False)


@pytest.fixture
def case(anna: Page, service: RoutingService) -> Case:
    """A building permit that she has claimed, on the page."""
    received = service.receive(building_permit())
    anna.goto(f"/desk/cases/{received.id}")
    anna.get_by_role("button", name="Ta ärendet").click()
    return received


def test_a_case_is_put_on_hold_found_there_and_comes_back(anna: Page, case: Case, service: RoutingService):
    send(anna, "put_on_hold", until_day="2026-11-22", reason="Väntar på remissvar.")
    expect(anna.locator("#put_on_hold-until_day-error")).to_contain_text("senare än nu och inom ett år")
    send(anna, "put_on_hold", opened=True, until_day="2026-12-04", until_time="08:30")
    expect(anna.get_by_role("status")).to_contain_text("är vilande och kommer tillbaka av sig självt")
    expect(anna.locator("#hold")).to_contain_text("Vilande till 4 december 2026 kl. 08:30")
    expect(anna.locator("#hold")).to_contain_text("Väntar på remissvar.")

    assert case.number not in listed(anna, "/desk/queues/bygglov")
    anna.get_by_role("main").get_by_label("Vilande").check()
    anna.get_by_role("button", name="Visa", exact=True).click()
    expect(anna.get_by_role("rowheader")).to_have_text([case.number])
    expect(anna.get_by_role("row").nth(1)).to_contain_text("vilande till 4 dec.")
    expect(anna.locator("#figures")).to_contain_text(re.compile(r"Vilande\s*1"))
    assert case.number not in listed(anna, "/desk/mine")
    anna.get_by_role("link", name="Vilande (1)").click()
    expect(anna.get_by_role("rowheader")).to_have_text([case.number])

    list(end_due_holds(sessions=service.store.sessions, now=NOON + timedelta(days=11)))
    assert case.number in listed(anna, "/desk/mine")
    anna.get_by_role("link", name=case.number).click()
    expect(anna.locator("li[id^=entry]", has_text="Inte längre vilande")).to_contain_text("Tiden var inne.")
    send(anna, "put_on_hold", until_day="2026-12-04", reason="Väntar igen.")
    anna.get_by_role("button", name="Ta fram ärendet nu").click()
    expect(anna.get_by_role("status")).to_contain_text("är tillbaka bland ärendena")
    expect(anna.locator("#hold")).to_have_count(0)


def test_a_case_is_tagged_and_given_a_priority_and_lists_follow(anna: Page, case: Case, service: RoutingService):
    send(anna, "add_tag", tag="Saknar sakägare!")
    expect(anna.locator("#add_tag-tag-error")).to_contain_text("högst 40 små bokstäver")
    send(anna, "add_tag", opened=True, tag="Saknar sakägare")
    choose(anna, "set_priority", priority="brådskande", reason="Barn berörs.")
    facts = anna.get_by_role("complementary")
    expect(facts).to_contain_text("saknar-sakägare")
    expect(anna.get_by_text("Från normal till brådskande.")).to_be_visible()

    anna.goto("/desk/queues/bygglov")
    assert anna.locator("#tags option").evaluate_all("all => all.map(one => one.value)") == ["saknar-sakägare"]
    anna.get_by_label("Ordning").select_option("priority")
    anna.get_by_role("button", name="Visa", exact=True).click()
    expect(anna.locator("#listed").get_by_role("rowheader").first).to_have_text(case.number)
    expect(anna.locator("#listed").get_by_role("row").nth(1)).to_contain_text("brådskande")
    anna.get_by_label("Tagg").fill("saknar-sakägare")
    anna.get_by_role("button", name="Visa", exact=True).click()
    expect(anna.locator("#listed").get_by_role("rowheader")).to_have_text([case.number])

    anna.get_by_role("link", name=case.number).click()
    choose(anna, "remove_tag", tag="saknar-sakägare")
    expect(anna.locator("#remove_tag")).to_have_count(0)


def test_sub_tasks_and_reminders_are_on_the_list_of_today_until_they_are_done(anna: Page, case: Case):
    anna.locator("#add_subtask summary").click()
    anna.locator("#add_subtask button").click()
    alert = anna.get_by_role("alert")
    expect(alert).to_contain_text("Skriv vad som ska göras.")
    expect(alert).to_contain_text("Välj en handläggare.")
    send(anna, "add_subtask", opened=True, text="Mät upp tomten.", due_on="2026-11-30", assignee="Anna Andersson")
    expect(anna.locator("#subtasks")).to_contain_text(re.compile(r"Mät upp tomten\..*7 dagar kvar", re.DOTALL))
    send(anna, "add_reminder", text="Ring grannen.", due_on="2026-11-22")
    expect(anna.locator("#add_reminder-due_on-error")).to_contain_text("Dagen får inte ha passerat.")
    anna.get_by_label("Bara för mig").check()
    send(anna, "add_reminder", opened=True, due_on="2026-11-23")
    expect(anna.locator("#reminders")).to_contain_text("bara du ser den")
    send(anna, "add_reminder", text="Kolla posten.", due_on="2026-11-23")

    anna.get_by_role("link", name="I dag", exact=True).click()
    expect(anna.get_by_role("link", name=case.number)).to_have_count(3)
    anna.get_by_role("button", name="Klar – Ring grannen.").click()
    expect(anna.get_by_role("status")).to_have_text("Påminnelsen är avklarad.")
    anna.get_by_role("button", name="Ta bort – Kolla posten.").click()
    expect(anna.get_by_text("Ingenting att bli påmind om i dag.")).to_be_visible()
    anna.get_by_role("button", name="Klar – Mät upp tomten.").click()
    expect(anna.get_by_text("Du har inga deluppgifter att göra klart.")).to_be_visible()
    anna.goto(f"/desk/cases/{case.id}")
    expect(anna.locator("#subtasks")).to_contain_text("klar 23 nov. 2026, Anna Andersson")


def test_a_sub_task_is_given_to_another_officer_and_handed_over_to_who_has_the_case(
    anna: Page, case: Case, service: RoutingService
):
    enlist(loader.load(MUNICIPALITIES, ESERVICES)["2039"], sessions=service.store.sessions)
    anna.reload()
    expect(anna.locator("#reassign_subtask")).to_have_count(0)
    send(anna, "add_subtask", text="Mät upp tomten.", assignee="Anna Andersson")
    anna.locator("#reassign_subtask summary").click()
    anna.locator("#reassign_subtask button").click()
    expect(anna.get_by_role("alert")).to_contain_text("Välj en deluppgift.")
    expect(anna.get_by_role("alert")).to_contain_text("Välj en handläggare.")
    anna.get_by_label("Deluppgift", exact=True).select_option("Mät upp tomten. (Anna Andersson)")
    send(anna, "reassign_subtask", opened=True, assignee="Åsa Östlund")
    expect(anna.get_by_role("status")).to_have_text("Handläggaren har fått deluppgiften.")
    expect(anna.locator("#subtasks .muted")).to_contain_text("Åsa Östlund")

    anna.get_by_role("link", name="Handläggare", exact=True).click()
    anna.get_by_role("link", name="Åsa Östlund").click()
    anna.locator("#hand-over summary").click()
    anna.get_by_role("button", name="Granska överlämningen").click()
    expect(anna.get_by_text("1 öppen deluppgift lämnas över. Utan ny handläggare går de till den")).to_be_visible()
    anna.get_by_role("button", name="Lämna över").click()
    expect(anna.get_by_text("1 öppen deluppgift är överlämnad.")).to_be_visible()
    with service.store.sessions.begin() as session:
        session.execute(update(HandOver).values(to_name="Eva Ek", subtasks=0, subtasks_not_taken=2, receiver_gone=True))
    anna.reload()
    expect(anna.get_by_text("2 öppna deluppgifter är kvar där de var. Eva Ek finns inte längre")).to_be_visible()
    come_from = "överlämnad från Åsa Östlund av Anna Andersson"
    anna.goto(f"/desk/cases/{case.id}")
    expect(anna.locator("#subtasks .muted")).to_have_text(f"Anna Andersson · från Anna Andersson, {come_from}")
    anna.get_by_role("link", name="I dag", exact=True).click()
    expect(anna.get_by_role("row").filter(has_text=case.number)).to_contain_text(f"Anna Andersson {come_from}")
    for width, language in ((1024, "sv"), (1280, "en")):
        anna.set_viewport_size({"width": width, "height": 700})
        anna.goto(f"/desk/today?language={language}")
        assert anna.evaluate("document.documentElement.scrollWidth") <= width
        assert 36 <= anna.locator("tbody tr").evaluate("one => one.getBoundingClientRect().height") <= 40


def test_a_case_with_open_sub_tasks_is_closed_after_a_warning(anna: Page, case: Case):
    send(anna, "add_subtask", text="Arkivera ritningarna.", assignee="Anna Andersson")
    anna.locator("#decide summary").click()
    anna.get_by_label("Bifall").check()
    anna.locator("#decide-reasons").fill("Åtgärden följer detaljplanen.")
    anna.get_by_role("button", name="Granska beslutet").click()
    anna.get_by_role("button", name="Besluta och underrätta inskickaren").click()

    anna.get_by_role("button", name="Avsluta ärendet").click()

    anna.get_by_role("alert").get_by_role("link", name="deluppgifter som inte är klara").click()
    expect(anna.get_by_role("button", name="Avsluta ärendet ändå")).to_be_focused()
    anna.get_by_role("button", name="Avsluta ärendet ändå").click()
    expect(anna.get_by_role("status")).to_contain_text("är avslutat")


def test_a_case_is_followed_and_no_longer(anna: Page, signed_in: Visit, service: RoutingService):
    case = service.receive(building_permit())
    page = signed_in("Anna Andersson", language="en", scripts=False)
    page.goto(f"/desk/cases/{case.id}")
    page.get_by_role("button", name="Follow the case").click()
    expect(page.locator("#watching")).to_contain_text("Anna Andersson")
    page.get_by_role("link", name="My cases").click()
    page.get_by_role("link", name="Followed").click()
    expect(page.get_by_role("rowheader")).to_have_text([case.number])

    page.get_by_role("link", name=case.number).click()
    page.get_by_role("button", name="Stop following the case").click()
    page.goto("/desk/followed")
    expect(page.get_by_text("You follow no case.")).to_be_visible()


def test_every_page_with_what_is_planned_is_well_made(signed_in: Visit, case: Case):
    page = signed_in("Anna Andersson")
    page.goto(f"/desk/cases/{case.id}")
    send(page, "add_subtask", text="Mät upp tomten.", due_on="2026-11-20", assignee="Anna Andersson")
    send(page, "add_reminder", text="Ring grannen.", due_on="2026-11-23")
    send(page, "add_tag", tag="strand")
    page.get_by_role("button", name="Följ ärendet").click()
    send(page, "put_on_hold", until_day="2026-12-04", until_time="08:30", reason="Väntar på remissvar.")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")

    for address, language in (
        ("", "sv"),
        ("/desk/today", "en"),
        ("/desk/queues/bygglov?on_hold=true", "sv"),
        ("/desk/mine?on_hold=true", "en"),
        ("/desk/followed", "sv"),
    ):
        if address:
            page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
        expect(page.get_by_text(case.number).first).to_be_visible()
        assert_well_made(page, language=language)


def listed(page: Page, address: str) -> list[str]:
    """The numbers of the cases on a list."""
    page.goto(address)
    return page.get_by_role("rowheader").all_inner_texts()


def send(page: Page, form: str, *, opened: bool = False, assignee: str | None = None, **typed: str) -> None:
    """Unfold a form, unless it is open with what was wrong, type into it and send it."""
    within = page.locator(f"#{form}")
    if not opened:
        reached(within.locator("summary")).click()
    if assignee:
        within.locator("[name=assignee_subject]").select_option(label=assignee)
    for field, value in typed.items():
        within.locator(f"[name={field}]").fill(value)
    within.locator("button").click()


def choose(page: Page, form: str, *, reason: str | None = None, **chosen: str) -> None:
    """Unfold a form, choose in it and send it."""
    within = page.locator(f"#{form}")
    reached(within.locator("summary")).click()
    for field, label in chosen.items():
        within.locator(f"[name={field}]").select_option(label=label)
    if reason:
        within.locator("[name=reason]").fill(reason)
    within.locator("button").click()
