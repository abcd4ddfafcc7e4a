"""Supplements sent from the status page."""

from services.intake.attachments.models import Attachment
from services.intake.supplements.models import Supplement
from tests.store.intake.case_events import STEPS, case_events
from tests.system.submissions import PDF, a_fault_report


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


def test_an_empty_supplement_is_an_error_at_its_input(browser, intake):
    submission = intake.submitted(a_fault_report())
    page = f"/alvdalen/arenden/{submission.reference}"
    browser.open(page)

    answer = browser.send(f"{page}/kompletteringar", {"text": " "})

    assert answer.status_code == 422
    assert '<li><a href="#text">Skriv något eller bifoga en fil.</a></li>' in answer.text
