"""Supplements sent from the status page."""

from dataclasses import replace
from uuid import uuid4

from services.intake.attachments.models import Attachment
from services.intake.supplements.models import Supplement
from shared.events import routing
from tests.store.intake.case_events import STEPS, case_events
from tests.system.submissions import PDF, a_fault_report

NAMED = {"request_id": str(uuid4())}


def test_the_status_page_requests_a_supplement_and_receives_it(browser, intake):
    submission = intake.submitted(a_fault_report())
    intake.receive(*case_events(submission, STEPS))
    intake.clock.move(minutes=5)
    page = f"/alvdalen/arenden/{submission.reference}"
    assert "Vi saknar en situationsplan" in browser.open(page).text

    answer = browser.send(f"{page}/kompletteringar", {"text": "Här är den."}, supplement=[("plan.pdf", PDF)])

    assert answer.status_code == 303
    assert "Här är den." in browser.open(page).text
    [supplement] = intake.rows(Supplement)
    [attachment] = intake.rows(Attachment)
    assert attachment.supplement_id == supplement.id


def test_each_open_request_is_shown_with_its_last_day_also_when_the_case_has_been_moved(browser, intake):
    submission = intake.submitted(a_fault_report())
    again, moved = (routing.CaseSupplementRequested, "awaiting_supplement"), (routing.CaseTransferred, "queued")
    *before, first, second, transferred = case_events(submission, [*STEPS, again, moved])
    second = replace(second, data=second.data | {"text": "Fasadritning saknas.", "answer_by": "2026-12-07"} | NAMED)
    transferred = replace(transferred, data=transferred.data | {"answer_by": "2026-12-07"})

    intake.receive(*before, first, second, transferred)

    page = browser.open(f"/alvdalen/arenden/{submission.reference}").text
    assert "Du behöver komplettera. Gör det senast den 7 december 2026." in page
    assert page.index("Fasadritning saknas.") < page.index("Vi saknar en situationsplan")
    for day in ("Svara senast den 7 december 2026.", "Svara senast den 14 december 2026."):
        assert day in page


def test_an_empty_supplement_is_an_error_at_its_input(browser, intake):
    submission = intake.submitted(a_fault_report())
    page = f"/alvdalen/arenden/{submission.reference}"
    browser.open(page)

    answer = browser.send(f"{page}/kompletteringar", {"text": " "})

    assert answer.status_code == 422
    assert '<li><a href="#text">Skriv något eller bifoga en fil.</a></li>' in answer.text
