"""An officer's work in the browser, without JavaScript: from the queue to the decision, and what can go wrong."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from services.routing.cases.models import JournalEntry
from services.routing.decisions.models import Decision
from shared.swedish.law import DeadlineUnit
from tests.browser.case_actions import reached
from tests.browser.checks import assert_fits
from tests.browser.conftest import Visit
from tests.browser.routing_service import RoutingService, building_permit, fault_report
from tests.builders import NOON, a_submission
from tests.store.routing.casework import PERMIT

pytestmark = pytest.mark.chromium

HIDDEN = ("csrf_token", "version", "key")


@pytest.fixture
def anna(signed_in: Visit) -> Page:
    """Anna Andersson at the desk, with JavaScript off."""
    return signed_in("Anna Andersson", scripts=False)


def test_an_officer_claims_the_next_case_and_decides_it(anna: Page, service: RoutingService):
    case = service.receive(building_permit())
    anna.get_by_role("button", name="Ta nästa – Bygglov").click()
    expect(anna.get_by_role("status")).to_have_text(re.compile(r"Du handlägger nu BN 2026-\d{5}\."))
    decided = anna.url.rsplit("/", 1)[-1]

    anna.locator("#decide summary").click()
    anna.get_by_label("Bifall").check()
    anna.get_by_label("Skäl", exact=True).fill("Åtgärden följer detaljplanen.\nGrannarna har inte invänt.")
    anna.get_by_role("button", name="Granska beslutet").click()

    expect(anna.get_by_role("heading", level=1)).to_have_text("Granska beslutet")
    expect(anna.get_by_text("Kim Karlsson får det här med e-post till kim.karlsson@example.org")).to_be_visible()
    preview = anna.get_by_role("article")
    expect(preview).to_contain_text("Beslut: Bifall")
    expect(preview).to_contain_text("Grannarna har inte invänt.")
    expect(preview).to_contain_text("Till Länsstyrelsen i Dalarnas län")
    assert not everything(service, Decision, case_id=case.id)

    anna.get_by_role("button", name="Besluta och underrätta inskickaren").click()

    expect(anna.get_by_role("status")).to_contain_text("är avgjort, och inskickaren underrättas")
    [decision] = everything(service, Decision)
    assert str(decision.case_id) == decided
    assert decision.reasons == "Åtgärden följer detaljplanen.\nGrannarna har inte invänt."


def test_a_boards_decision_is_entered_with_the_boards_name_and_day(anna: Page, service: RoutingService):
    in_hand(anna, service)

    expect(anna.locator("#decide-decided_by")).to_have_value("Anna Andersson")
    send(anna, "decide", outcome="bifall", reasons="Skäl.", decided_by="Byggnadsnämnden", decided_on="2026-11-24")
    expect(anna.locator("#decide-decided_on-error")).to_contain_text("Beslutsdatumet kan inte vara efter i dag.")
    anna.locator("#decide-decided_on").fill("2026-11-23")
    anna.locator("#decide button").click()
    expect(anna.get_by_role("article")).to_contain_text("Byggnadsnämnden")
    anna.get_by_role("button", name="Besluta och underrätta inskickaren").click()

    expect(anna.get_by_role("article")).to_contain_text("23 nov. 2026 · Byggnadsnämnden")
    expect(anna.get_by_text("Beslutat av Byggnadsnämnden den 23 november 2026.")).to_be_visible()


def test_what_the_council_must_decide_is_not_offered_as_the_officers_own(anna: Page, service: RoutingService):
    in_hand(anna, service, regime="laglighetsprovning")

    expect(anna.locator("#decide-decided_by")).to_have_value("Byggnadsnämnden")
    send(anna, "decide", outcome="bifall", decided_by="Kommunfullmäktige")
    expect(anna.get_by_role("article")).to_contain_text("Överklagandet ska ha kommit in dit inom tre veckor")


def test_a_fault_report_is_replied_to_and_not_decided(anna: Page, service: RoutingService):
    case = service.receive(fault_report(0))
    anna.goto(f"/desk/cases/{case.id}")
    anna.get_by_role("button", name="Ta ärendet").click()

    expect(anna.locator("#decide summary")).to_contain_text("Svara")
    send(anna, "decide", outcome="atgardat", reasons="Lampan är bytt.")
    expect(anna.get_by_role("article")).to_contain_text("Svar i ärendet: Åtgärdat")
    expect(anna.locator("main")).not_to_contain_text(re.compile("beslut|överklag", re.IGNORECASE))
    anna.get_by_role("button", name="Skicka svaret", exact=True).click()

    expect(anna.get_by_role("status")).to_contain_text("är avgjort, och inskickaren underrättas")
    expect(anna.get_by_role("article")).to_contain_text("Svar i ärendet: Åtgärdat")
    expect(anna.get_by_text("Svar från Anna Andersson den 23 november 2026.")).to_be_visible()
    anna.goto("/desk/queues/belysning?state=decided")
    expect(anna.get_by_role("row").nth(1)).to_contain_text("besvarat")


def test_a_decision_can_be_changed_before_it_is_made(anna: Page, service: RoutingService):
    in_hand(anna, service)
    anna.locator("#decide summary").click()
    anna.get_by_label("Bifall").check()
    anna.locator("#decide-reasons").fill("Åtgärden följer detaljplanen.")
    anna.get_by_role("button", name="Granska beslutet").click()

    anna.get_by_role("button", name="Ändra").click()

    expect(anna.locator("#decide-reasons")).to_have_value("Åtgärden följer detaljplanen.")
    expect(anna.get_by_label("Bifall")).to_be_checked()
    expect(anna.get_by_role("alert")).to_have_count(0)


def test_every_action_has_a_form(anna: Page, service: RoutingService):
    in_hand(anna, service)

    send(anna, "note", text="Sökanden ringde och frågade om tiden.")
    send(anna, "correct_address", email="kim@", reason="Ringde.")
    expect(anna.locator("#correct_address-email-error")).to_contain_text("Det är ingen e-postadress.")
    anna.locator("#correct_address-email").fill("kim@example.net")
    anna.locator("#correct_address button").click()
    expect(anna.get_by_role("link", name="kim@example.net")).to_be_visible()
    send(anna, "message", text="Vi har börjat med ditt ärende.")
    send(anna, "request_supplement", text="Fasadritning saknas.", answer_by="2026-12-14")
    expect(anna.get_by_text("Inskickaren ska svara senast 14 december 2026.")).to_be_visible()
    send(anna, "receive_supplement", text="Fasadritning, med post.", received_on="2026-11-23")
    choose(anna, "assign", officer_subject="Anna Andersson")
    reached(anna.get_by_role("button", name="Lägg tillbaka i kön", include_hidden=True)).click()
    anna.get_by_role("button", name="Ta ärendet").click()
    send(anna, "decide", reasons="Åtgärden följer detaljplanen.", outcome="bifall")
    anna.get_by_role("button", name="Besluta och underrätta inskickaren").click()
    anna.get_by_role("button", name="Avsluta ärendet").click()
    send(anna, "reopen", reason="Ett skrivfel ska rättas.")
    number = anna.locator("[aria-current=page]").inner_text()
    choose(anna, "transfer", queue="Registrator", reason="Hör till en annan nämnd.")

    expect(anna.get_by_role("status")).to_have_text(f"{number} har flyttats till en annan kö.")
    [case] = service.cases(number=number)
    assert [entry.action for entry in everything(service, JournalEntry, case_id=case.id)] == [
        "register",
        "queue",
        "claim",
        "note",
        "correct_address",
        "message",
        "request_supplement",
        "receive_supplement",
        "assign",
        "release",
        "claim",
        "decide",
        "close",
        "reopen",
        "transfer",
    ]


def test_requests_stand_on_the_page_each_until_it_ends_and_the_deadline_follows(anna: Page, service: RoutingService):
    in_hand(anna, service, handling=replace(a_submission().handling, deadline=PERMIT))

    send(anna, "request_supplement", text="Fasadritning saknas.", answer_by="2026-12-14")
    send(anna, "request_supplement", text="Situationsplan saknas.", answer_by="2026-12-07")
    expect(anna.get_by_text("Inskickaren ska svara senast")).to_have_count(2)
    expect(anna.get_by_text("Tiden börjar räknas när inskickaren har skickat det som har begärts.")).to_be_visible()
    expect(anna.locator("#extend_deadline")).to_have_count(0)
    for request in ("14 december 2026: Fasadritning saknas.", "7 december 2026: Situationsplan saknas."):
        choose(anna, "withdraw_supplement_request", request_id=request, reason="Den fanns redan.")
    expect(anna.get_by_text("Inskickaren ska svara senast")).to_have_count(0)
    expect(anna.locator("#withdraw_supplement_request")).to_have_count(0)
    choose(anna, "extend_deadline", amount="4 veckor", reason="Vi väntar på yttrande.")
    send(anna, "report_delay", reason="Många ansökningar.", expected_on="2027-02-15")

    expect(anna.get_by_role("complementary")).to_contain_text(re.compile(r"1 mars 2027.*Förlängd\.", re.DOTALL))


def test_a_decision_that_the_submitter_requests_has_its_own_last_day(anna: Page, service: RoutingService):
    year = replace(PERMIT, amount=12, unit=DeadlineUnit.MONTHS)
    handling = replace(a_submission().handling, deadline=year)
    in_hand(anna, service, handling=handling, received_at=NOON - timedelta(days=200))

    send(anna, "request_decision", received_on="2026-11-23")
    expect(anna.get_by_text("eller avslå begäran, senast den 21 december 2026.")).to_be_visible()
    send(anna, "reject_decision_request", reason="Utredningen är inte klar.")

    expect(anna.get_by_role("status")).to_contain_text("har avslagits")
    expect(anna.locator("#request_decision")).to_have_count(0)


def test_what_must_be_decided_stands_first_in_its_queue(anna: Page, service: RoutingService):
    handling = replace(a_submission().handling, deadline=PERMIT)
    case = service.receive(building_permit(handling=handling, received_at=NOON - timedelta(days=100)))

    anna.goto("/desk/queues/bygglov?sort=age")

    first = anna.get_by_role("table").first
    expect(first).to_contain_text(case.number)
    expect(first).to_contain_text("måste avgöras")
    expect(anna.get_by_role("heading", name="Måste avgöras")).to_be_visible()


def test_a_form_of_a_case_that_has_changed_shows_what_changed_and_keeps_what_was_typed(
    anna: Page, service: RoutingService
):
    in_hand(anna, service)
    elsewhere = anna.context.new_page()
    elsewhere.goto(anna.url)
    send(elsewhere, "note", text="Sökanden ringde.")

    send(anna, "request_supplement", text="Fasadritning saknas.", answer_by="2026-12-14")

    alert = anna.get_by_role("alert")
    expect(alert).to_contain_text("Ärendet ändrades medan du hade det öppet")
    expect(alert.get_by_role("link", name="Tjänsteanteckning")).to_be_visible()
    expect(anna.locator("#request_supplement-text")).to_have_value("Fasadritning saknas.")
    anna.locator("#request_supplement button").click()
    expect(anna.get_by_text("Inskickaren ska svara senast 14 december 2026.")).to_be_visible()


def test_what_the_state_no_longer_allows_is_answered_with_what_it_does_allow(anna: Page, service: RoutingService):
    in_hand(anna, service)
    elsewhere = anna.context.new_page()
    elsewhere.goto(anna.url)
    reached(elsewhere.get_by_role("button", name="Lägg tillbaka i kön", include_hidden=True)).click()

    send(anna, "message", text="Vi har fått din ansökan.")

    alert = anna.get_by_role("alert")
    expect(alert).to_contain_text("Det går inte nu: ärendet är i läget ”väntar i kö”.")
    expect(alert).to_contain_text("Det här går att göra nu: ta ärendet")
    expect(anna.get_by_label("Det du skrev, inte skickat")).to_have_value("Vi har fått din ansökan.")


def test_two_officers_who_take_the_same_case_see_who_was_first(anna: Page, signed_in: Visit, service: RoutingService):
    case = service.receive(fault_report(0))
    erik = signed_in("Erik Eriksson", scripts=False)
    for page in (anna, erik):
        page.goto(f"/desk/cases/{case.id}")
    erik.get_by_role("button", name="Ta ärendet").click()

    anna.get_by_role("button", name="Ta ärendet").click()

    expect(anna.get_by_role("alert")).to_contain_text("Taget av handläggare, Erik Eriksson")
    assert [each.officer_name for each in service.cases(id=case.id)] == ["Erik Eriksson"]


def test_bad_input_is_shown_at_its_field_and_what_was_right_is_kept(anna: Page, service: RoutingService):
    in_hand(anna, service)

    send(anna, "request_supplement", text="Fasadritning saknas.", answer_by="2026-11-23")

    expect(anna.get_by_role("alert")).to_be_focused()
    anna.get_by_role("alert").get_by_role("link", name="Sista svarsdag måste vara efter i dag").click()
    expect(anna.locator("#request_supplement-answer_by")).to_be_focused()
    expect(anna.locator("#request_supplement-answer_by-error")).to_contain_text("Sista svarsdag måste vara efter i dag")
    expect(anna.locator("#request_supplement-text")).to_have_value("Fasadritning saknas.")


def test_reasons_are_required_where_the_law_requires_them(anna: Page, service: RoutingService):
    in_hand(anna, service)

    send(anna, "decide", outcome="bifall")

    expect(anna.locator("#decide-reasons-error")).to_contain_text("Skriv skälen för beslutet.")
    expect(anna.get_by_label("Bifall")).to_be_checked()


def test_a_form_sent_twice_is_carried_out_once(anna: Page, service: RoutingService):
    in_hand(anna, service)
    form = anna.locator("#note form")
    hidden = {name: form.locator(f"[name={name}]").get_attribute("value") or "" for name in HIDDEN}

    for _ in range(2):
        answer = anna.request.post(f"{anna.url}/notes", form={**hidden, "text": "Sökanden ringde."})
        assert answer.ok

    [case] = service.cases(number=anna.locator("[aria-current=page]").inner_text())
    assert len(everything(service, JournalEntry, case_id=case.id, action="note")) == 1


def test_a_queue_is_filtered_sorted_and_paged(anna: Page, service: RoutingService):
    anna.goto("/desk/queues/gata?limit=10")
    first = anna.get_by_role("rowheader").all_inner_texts()
    anna.get_by_role("link", name="Nästa sida").click()
    second = anna.get_by_role("rowheader").all_inner_texts()
    anna.get_by_role("link", name="Första sidan").click()

    assert first == anna.get_by_role("rowheader").all_inner_texts()
    assert len(first) == 10
    assert not set(first) & set(second)
    anna.get_by_label("Ärendenummer").fill(first[3][-5:])
    anna.get_by_role("button", name="Visa").click()
    assert anna.get_by_role("rowheader").all_inner_texts() == [first[3]]


def test_a_filtered_list_has_only_what_was_chosen_in_its_address(signed_in: Visit, service: RoutingService):
    plain = signed_in(scripts=False)
    plain.goto("/desk/queues/belysning")
    plain.get_by_label("Läge").select_option("assigned")
    plain.get_by_role("button", name="Visa").click()
    assert plain.url.endswith("/desk/queues/belysning?state=assigned")
    expect(plain.get_by_label("Läge")).to_have_value("assigned")
    plain.get_by_label("Läge").select_option("")
    plain.get_by_role("button", name="Visa").click()
    assert plain.url.endswith("/desk/queues/belysning")

    plain.goto("/desk/statistics")
    plain.get_by_role("button", name="Visa").click()
    assert plain.url.endswith("/desk/statistics")
    plain.goto("/desk/officers?name=anna&board=&lang=en")
    assert plain.url.endswith("/desk/officers?name=anna&lang=en")


def test_a_title_has_the_width_that_its_row_has_left(anna: Page, service: RoutingService):
    long = {"sv": "Felanmälan: hål i gångvägen vid ån"}
    case = service.receive(replace(fault_report(1), title=long))
    anna.goto(f"/desk/queues/{case.queue}?sort=newest")

    expect(anna.get_by_role("columnheader", name="Plats")).to_have_count(1)
    expect(anna.get_by_role("columnheader", name="Inskickare")).to_have_count(0)
    cell = anna.get_by_role("row").filter(has_text=case.number).get_by_role("cell").first
    shown, needed = cell.evaluate("cell => [cell.clientWidth, cell.scrollWidth]")
    assert needed <= shown, f"{needed} px of title in {shown} px"
    assert_fits(anna)


def test_each_filter_of_a_queue_shows_the_cases_that_it_names(anna: Page, service: RoutingService):
    with_anna, waits = service.receive(fault_report(1)), service.receive(fault_report(1))
    for case in (with_anna, waits):
        anna.goto(f"/desk/cases/{case.id}")
        anna.locator("form[action$=claims] button").click()
    send(anna, "request_supplement", text="Var är det?", answer_by="2026-12-07")
    of_queue = {case.number for case in service.cases(queue="gata")}
    own = {with_anna.number, waits.number}
    shown_by = {
        ("#whose", "mine"): own,
        ("#whose", "unassigned"): of_queue - own,
        ("#state", "awaiting_supplement"): {waits.number},
        ("#state", "assigned"): {with_anna.number},
        ("#eservice", "felanmalan"): of_queue,
        ("#number", with_anna.number[-5:]): {with_anna.number},
    }

    for (field, value), expected in shown_by.items():
        anna.goto("/desk/queues/gata?limit=200")
        filled = anna.locator(field)
        filled.select_option(value) if field != "#number" else filled.fill(value)
        anna.get_by_role("button", name="Visa").click()
        assert set(anna.locator("#listed").get_by_role("rowheader").all_inner_texts()) == expected, field
        expect(anna.locator(field)).to_have_value(value)


def test_a_queue_shows_only_what_must_be_decided_or_by_age_where_that_is_chosen(anna: Page, service: RoutingService):
    late = service.receive(
        building_permit(
            handling=replace(a_submission().handling, deadline=PERMIT), received_at=NOON - timedelta(weeks=20)
        )
    )
    oldest = service.receive(building_permit(received_at=NOON - timedelta(weeks=30)))
    anna.goto("/desk/queues/bygglov")

    anna.get_by_label("Måste avgöras").check()
    anna.get_by_role("button", name="Visa").click()
    numbers = anna.locator("#listed").get_by_role("rowheader").all_inner_texts()
    assert late.number in numbers
    assert oldest.number not in numbers
    anna.get_by_label("Måste avgöras").uncheck()
    anna.get_by_label("Ordning").select_option("age")
    anna.get_by_role("button", name="Visa").click()
    assert anna.locator("#listed").get_by_role("rowheader").first.inner_text() == oldest.number


def test_a_filter_that_does_not_exist_is_an_error_that_names_it(anna: Page, service: RoutingService):
    answer = anna.goto("/desk/queues/gata?officer=mine")

    assert answer
    assert answer.status == 422
    expect(anna.get_by_role("main")).to_contain_text("Det finns inget som heter ”officer” här.")


def test_a_name_that_an_actions_form_lacks_is_an_error_that_names_it(anna: Page, service: RoutingService):
    anna.goto(f"/desk/cases/{service.receive(fault_report(1)).id}")
    anna.locator("#note summary").click()
    anna.locator("#note-text").fill("Ringde.")
    anna.locator("#note-text").evaluate("one => one.name = 'texten'")
    anna.locator("#note button").click()

    expect(anna.get_by_role("alert")).to_contain_text("texten")


def test_an_overdue_case_is_marked_in_words(anna: Page, service: RoutingService):
    anna.goto("/desk/queues/park")

    expect(anna.get_by_role("row").nth(1)).to_contain_text(re.compile(r"\d+ dagar försenat"))


def test_why_a_case_is_where_it_is_stands_on_its_page(anna: Page, service: RoutingService):
    anna.goto(f"/desk/cases/{service.receive(fault_report(0)).id}")

    expect(anna.get_by_text("Ärendet lades i kön Gatubelysning eftersom det är en felanmälan")).to_be_visible()
    anna.get_by_text("Så prövades reglerna").click()
    expect(anna.get_by_text("Gatubelysning – avgjorde kön")).to_be_visible()


def test_an_officer_sees_only_the_queues_and_cases_of_their_boards(signed_in: Visit, service: RoutingService):
    case = service.receive(building_permit())
    erik = signed_in("Erik Eriksson")

    expect(erik.get_by_role("link", name="Gata och väg")).to_be_visible()
    expect(erik.get_by_role("link", name="Bygglov")).to_have_count(0)
    for hidden in (f"/desk/cases/{case.id}", "/desk/queues/bygglov"):
        answer = erik.goto(hidden)
        assert answer
        assert answer.status == 404


def test_the_figures_of_the_queues_renew_themselves(signed_in: Visit, service: RoutingService):
    anna = signed_in(own_clock=True)
    before = int(anna.locator("#belysning-queued").inner_text())

    service.receive(fault_report(0))
    anna.clock.run_for(20_000)

    expect(anna.locator("#belysning-queued")).to_have_text(str(before + 1))


def test_an_open_queue_renews_itself_and_leaves_what_somebody_types(signed_in: Visit, service: RoutingService):
    anna = signed_in(own_clock=True)
    anna.goto("/desk/queues/bygglov")
    case = service.receive(building_permit())
    anna.get_by_label("Ärendenummer").fill("BN 20")

    anna.clock.run_for(20_000)

    expect(anna.get_by_role("link", name=case.number)).to_be_visible()
    expect(anna.get_by_label("Ärendenummer")).to_have_value("BN 20")
    expect(anna.get_by_label("Ärendenummer")).to_be_focused()


def test_a_journal_that_was_changed_is_warned_of(anna: Page, service: RoutingService):
    case = service.receive(building_permit())
    with service.store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER journal_never_update"))
        connection.execute(text("UPDATE journal SET state = 'closed' WHERE case_id = :case"), {"case": case.id.hex})

    anna.goto(f"/desk/cases/{case.id}")

    expect(anna.get_by_role("alert")).to_contain_text("Journalen stämmer inte: från och med anteckning nummer 1")


def in_hand(page: Page, service: RoutingService, **submitted: Any) -> None:
    """A building permit that the officer has claimed, on the page."""
    page.goto(f"/desk/cases/{service.receive(building_permit(**submitted)).id}")
    page.get_by_role("button", name="Ta ärendet").click()


def send(page: Page, action: str, *, outcome: str | None = None, **typed: str) -> None:
    """Unfold an action's form, type into it and send it."""
    form = page.locator(f"#{action}")
    reached(form.locator("summary")).click()
    if outcome:
        form.locator(f"[value={outcome}]").check()
    for field, value in typed.items():
        form.locator(f"[name={field}]").fill(value)
    form.locator("button:not([value])").click()


def choose(page: Page, action: str, *, reason: str | None = None, **chosen: str) -> None:
    """Unfold an action's form, choose in it and send it."""
    form = page.locator(f"#{action}")
    reached(form.locator("summary")).click()
    for field, label in chosen.items():
        form.locator(f"[name={field}]").select_option(label=label)
    if reason:
        form.locator("[name=reason]").fill(reason)
    form.locator("button").click()


def everything(service: RoutingService, table: type, **having: object) -> list:
    """All rows of a table with these values."""
    with service.store.sessions() as session:
        return list(session.query(table).filter_by(**having))
