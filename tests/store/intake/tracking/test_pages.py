"""The status page, and finding it by a reference."""

import pytest

from shared.events import routing
from tests.store.intake.browser import Browser
from tests.store.intake.case_events import HANDLED, case_events
from tests.system.submissions import a_fault_report, a_proposal

NUMBER = "TN 2026-00042"  # of the case in case_events


@pytest.mark.parametrize("change", [str.lower, lambda reference: reference.replace("-", " ")])
def test_a_case_is_found_by_its_reference(browser, intake, change):
    reference = intake.submitted(a_fault_report()).reference
    browser.open("/alvdalen/arenden")

    answer = browser.send("/alvdalen/arenden", {"reference": change(reference)})

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/alvdalen/arenden/{reference}")


@pytest.mark.parametrize("reference", ["", "7K3M", "7K3M-9QXT-2WVC-D4TA", "x" * 5000, "<script>"])
def test_an_invalid_reference_is_an_error_without_a_trace(browser, reference):
    browser.open("/alvdalen/arenden")

    answer = browser.send("/alvdalen/arenden", {"reference": reference})

    assert answer.status_code == 422
    assert "<title>Fel: " in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize("typed", ["\u00a0{}.", "<{}>,", "{}\u200b"])
def test_a_case_is_found_by_its_reference_as_it_was_pasted(browser, intake, typed):
    reference = intake.submitted(a_fault_report()).reference
    browser.open("/alvdalen/arenden")

    answer = browser.send("/alvdalen/arenden", {"reference": typed.format(reference.replace("-", "‑"))})

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/alvdalen/arenden/{reference}")


def test_a_case_number_shows_no_case_asks_for_the_reference_and_is_no_guess(intake):
    submission = intake.submitted(a_fault_report())
    intake.receive(*case_events(submission, HANDLED[:1]))
    browser = Browser(intake.restarted(limit_guesses=1).client())
    assert NUMBER in browser.open(f"/alvdalen/arenden/{submission.reference}").text
    browser.open("/alvdalen/arenden")

    for _ in range(3):
        answer = browser.send("/alvdalen/arenden", {"reference": NUMBER})

    assert answer.status_code == 422
    assert "Det här är ett ärendenummer. Skriv ärendets referensnummer" in answer.text
    assert submission.reference not in answer.text
    assert f'value="{NUMBER}"' in answer.text


def test_the_decision_is_shown_with_its_reasons_and_how_to_appeal(browser, intake):
    submission = intake.submitted(a_fault_report())
    intake.receive(*case_events(submission, HANDLED[:-2]))

    page = browser.open(f"/alvdalen/arenden/{submission.reference}").text

    assert "Åtgärden strider mot detaljplanen" in page
    assert "Så överklagar du" in page
    assert "Länsstyrelsen i Dalarnas län" in page
    assert "kompletteringar" not in page


def test_an_appeal_for_review_of_legality_goes_to_the_court_at_its_address(browser, intake):
    submission = intake.submitted(a_proposal())
    court = routing.Authority({"sv": "Förvaltningsrätten i Falun"}, "Box 45, 791 21 Falun")
    intake.receive(*case_events(submission, HANDLED[:-2], legal_regime="laglighetsprovning", appeal=court))

    page = browser.open(f"/alvdalen/arenden/{submission.reference}").text

    assert "Skicka överklagandet till Förvaltningsrätten i Falun, Box 45, 791 21 Falun." in page


def test_the_live_part_is_the_page_s_own(browser, intake):
    submission = intake.submitted(a_fault_report())
    path = f"/alvdalen/arenden/{submission.reference}"

    page, part = browser.open(path).text, browser.open(f"{path}/nu").text

    assert part.strip() in page
    assert 'aria-live="polite"' in part
