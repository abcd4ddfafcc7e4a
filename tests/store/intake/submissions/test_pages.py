"""The pages: a form keeps all that was written and attached until it is right, then gives a receipt."""

import re

import pytest

from services.intake.attachments.models import Attachment
from services.intake.submissions.models import Submission
from services.intake.supplements.models import Supplement
from shared.events import routing
from tests.store.intake.browser import APPLICATION, FAULT_REPORT
from tests.store.intake.case_events import HANDLED, STEPS, story
from tests.system.submissions import PDF, a_fault_report, a_proposal

FORM = "/alvdalen/e-tjanster/felanmalan"
PERMIT = "/alvdalen/e-tjanster/bygglov"


@pytest.mark.parametrize("path", ["/", "/alvdalen/", "/robertsfors/", FORM, PERMIT, "/alvdalen/arenden"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_page_is_there_in_both_languages(browser, path, language):
    answer = browser.open(f"{path}?lang={language}")

    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text


def test_a_page_names_its_icon_so_that_no_browser_asks_for_one_that_is_not_there(browser):
    browser.open("/")

    [address] = re.findall(r'<link rel="icon" href="([^"]+)">', browser.page)

    assert browser.open(address).mimetype == "image/svg+xml"


@pytest.mark.parametrize(
    "path", ["/atlantis/", "/alvdalen/e-tjanster/flygtillstand", "/alvdalen/kvitto/x", "/alvdalen/x"]
)
def test_what_is_not_there_is_told_on_a_page(browser, path):
    answer = browser.open(path)

    assert answer.status_code == 404
    assert "<h1>" in answer.text


def test_a_form_becomes_a_submission_and_a_receipt(browser, intake):
    browser.open(FORM)

    answer = browser.send(FORM, FAULT_REPORT)

    assert answer.status_code == 303
    [row] = intake.rows(Submission)
    assert answer.headers["Location"] == f"/alvdalen/kvitto/{row.reference}"
    receipt = browser.open(answer.headers["Location"])
    assert row.reference in receipt.text
    assert "Dalgatan 12" in receipt.text
    assert receipt.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert receipt.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("sv", "Kryssa i ”Ja, mejla mig om vad som händer”, eller ta bort det du skrev i ”E-post”."),
        ("en", "Tick “Yes, e-mail me about what happens”, or remove what you wrote in “E-mail”."),
    ],
)
def test_who_writes_an_address_but_ticks_no_box_is_asked_which_and_loses_nothing(browser, intake, language, told):
    browser.open(f"{FORM}?lang={language}")

    answer = browser.send(FORM, {name: said for name, said in FAULT_REPORT.items() if name != "wants_answer"})

    assert answer.status_code == 422
    assert f'<li><a href="#wants_answer">{told}</a></li>' in answer.text
    assert 'value="karin.lund@example.se"' in answer.text
    assert intake.rows(Submission) == []


def test_a_form_sent_twice_is_one_submission(browser, intake):
    shown = browser.open(FORM).text

    first = browser.send(FORM, FAULT_REPORT)
    browser.page = shown
    again = browser.send(FORM, FAULT_REPORT)

    assert first.headers["Location"] == again.headers["Location"]
    assert len(intake.rows(Submission)) == 1


def test_a_form_sent_twice_with_files_is_one_submission(browser, intake):
    shown = browser.open(PERMIT).text
    files = {"site_plan": [("plan.pdf", PDF)], "elevations": [("fasad.pdf", PDF)]}

    first = browser.send(PERMIT, APPLICATION, **files)
    browser.page = shown
    again = browser.send(PERMIT, APPLICATION, **files)

    assert first.headers["Location"] == again.headers["Location"]
    assert len(intake.rows(Submission)) == 1


def test_a_sent_form_that_is_changed_and_sent_again_asks_first(browser, intake):
    shown = browser.open(FORM).text
    browser.send(FORM, FAULT_REPORT)
    browser.page = shown

    asked = browser.send(FORM, FAULT_REPORT | {"description": "En annan lampa."})
    meant = browser.send(FORM, FAULT_REPORT | {"description": "En annan lampa."})

    assert (asked.status_code, meant.status_code) == (409, 303)
    assert "Du har redan skickat in det här formuläret" in asked.text
    assert len(intake.rows(Submission)) == 2


def test_the_limit_of_size_is_that_of_each_file(browser):
    assert "Högst 8 filer." in browser.open(PERMIT).text
    assert "Högst 25 MB per fil." in browser.page


def test_a_faulty_form_says_so_in_its_title_and_links_to_each_fault(browser, intake):
    browser.open(FORM)

    answer = browser.send(FORM, {"place.latitude": "91", "description": "<b>Släckt</b>", "wants_answer": "yes"})

    assert answer.status_code == 422
    assert "<title>Fel: Felanmälan" in answer.text
    links = re.findall(r'<li><a href="#([^"]+)">', answer.text)
    assert links == ["category", "place-text", "place-latitude", "email"]
    for target in links:
        assert f'id="{target}"' in answer.text
        assert f'id="{target}-error"' in answer.text
    assert "&lt;b&gt;Släckt&lt;/b&gt;" in answer.text
    assert intake.rows(Submission) == []


def test_files_stay_while_the_rest_is_put_right(browser, intake):
    browser.open(PERMIT)
    first = browser.send(PERMIT, {}, site_plan=[("plan.pdf", PDF)], elevations=[("a.pdf", PDF), ("b.pdf", PDF)])
    assert first.status_code == 422
    assert "finns här" in first.text
    kept = dict(re.findall(r'name="(\w+\.kept)" value="([^"]+)"', first.text))
    assert kept.keys() == {"site_plan.kept", "elevations.kept"}

    answer = browser.send(PERMIT, APPLICATION)

    assert answer.status_code == 303
    assert [bool(each.submission_id) for each in intake.rows(Attachment)] == [True] * 3


def test_a_file_can_be_taken_away_again(browser, intake):
    browser.open(PERMIT)
    browser.send(PERMIT, {}, site_plan=[("plan.pdf", PDF)])
    [row] = intake.rows(Attachment)

    answer = browser.send(PERMIT, {"remove": str(row.id), "applicant_name": "Nils"})

    assert answer.status_code == 200
    assert 'value="Nils"' in answer.text
    assert "finns här" not in answer.text
    assert intake.rows(Attachment) == intake.files() == []


def test_a_file_of_the_wrong_kind_is_told_with_all_else(browser, intake):
    browser.open(PERMIT)

    answer = browser.send(PERMIT, APPLICATION, site_plan=[("plan.pdf", b"MZ" + bytes(500))])

    assert answer.status_code == 422
    assert "”plan.pdf” är inte en fil av rätt sort" in answer.text
    assert "Bifoga ”Fasadritningar”." in answer.text
    assert "Bifoga ”Situationsplan”." not in answer.text


def test_a_form_without_its_token_is_refused(intake):
    answer = intake.client().post(FORM, data=FAULT_REPORT)

    assert answer.status_code == 400
    assert intake.rows(Submission) == []


def test_an_identity_number_is_not_shown_whole(browser, intake):
    browser.open(PERMIT)
    answer = browser.send(PERMIT, APPLICATION, site_plan=[("a.pdf", PDF)], elevations=[("b.pdf", PDF)])

    receipt = browser.open(answer.headers["Location"]).text

    assert "19861209****" in receipt
    assert "2380" not in receipt
    assert "0701234567" in receipt


@pytest.mark.parametrize("change", [str.lower, lambda reference: reference.replace("-", " ")])
def test_a_case_is_found_by_its_reference(browser, intake, change):
    reference = intake.submitted(a_fault_report()).reference
    browser.open("/alvdalen/arenden")

    answer = browser.send("/alvdalen/arenden", {"reference": change(reference)})

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/alvdalen/arenden/{reference}")


@pytest.mark.parametrize("written", ["", "7K3M", "7K3M-9QXT-2WVC-D4TA", "x" * 5000, "<script>"])
def test_a_wrong_reference_is_told_without_a_trace(browser, written):
    browser.open("/alvdalen/arenden")

    answer = browser.send("/alvdalen/arenden", {"reference": written})

    assert answer.status_code == 422
    assert "<title>Fel: " in answer.text
    assert "<script>" not in answer.text


def test_the_status_page_asks_for_a_supplement_and_takes_it(browser, intake):
    submission = intake.submitted(a_fault_report())
    intake.receive(*story(submission, STEPS))
    intake.clock.move(minutes=5)
    page = f"/alvdalen/arenden/{submission.reference}"
    assert "Vi saknar en situationsplan" in browser.open(page).text

    answer = browser.send(f"{page}/kompletteringar", {"text": "Här är den."}, supplement=[("plan.pdf", PDF)])

    assert answer.status_code == 303
    assert "Här är den." in browser.open(page).text
    [supplement] = intake.rows(Supplement)
    [attachment] = intake.rows(Attachment)
    assert attachment.supplement_id == supplement.id


def test_an_empty_supplement_is_told_at_its_input(browser, intake):
    submission = intake.submitted(a_fault_report())
    page = f"/alvdalen/arenden/{submission.reference}"
    browser.open(page)

    answer = browser.send(f"{page}/kompletteringar", {"text": " "})

    assert answer.status_code == 422
    assert '<li><a href="#text">Skriv något eller bifoga en fil.</a></li>' in answer.text


def test_the_decision_is_shown_with_its_reasons_and_how_to_appeal(browser, intake):
    submission = intake.submitted(a_fault_report())
    intake.receive(*story(submission, HANDLED[:-2]))

    page = browser.open(f"/alvdalen/arenden/{submission.reference}").text

    assert "Åtgärden strider mot detaljplanen" in page
    assert "Så överklagar du" in page
    assert "Länsstyrelsen i Dalarnas län" in page
    assert "kompletteringar" not in page


def test_an_appeal_for_review_of_legality_goes_to_the_court_at_its_address(browser, intake):
    submission = intake.submitted(a_proposal())
    court = routing.Authority({"sv": "Förvaltningsrätten i Falun"}, "Box 45, 791 21 Falun")
    intake.receive(*story(submission, HANDLED[:-2], legal_regime="laglighetsprovning", appeal=court))

    page = browser.open(f"/alvdalen/arenden/{submission.reference}").text

    assert "Skicka överklagandet till Förvaltningsrätten i Falun, Box 45, 791 21 Falun." in page


def test_the_live_part_is_the_page_s_own(browser, intake):
    submission = intake.submitted(a_fault_report())
    path = f"/alvdalen/arenden/{submission.reference}"

    page, part = browser.open(path).text, browser.open(f"{path}/nu").text

    assert part.strip() in page
    assert 'aria-live="polite"' in part
