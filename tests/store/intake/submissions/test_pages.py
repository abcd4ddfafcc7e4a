"""The pages of forms: a form keeps what was filled in and attached until it is valid, then gives a receipt."""

import re

import pytest

from services.intake.attachments.models import Attachment
from services.intake.submissions.models import Submission
from tests.store.intake.browser import APPLICATION, FAULT_REPORT, FORM, PERMIT
from tests.system.submissions import PDF


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


def test_an_address_that_is_no_longer_asked_for_is_not_sent(browser, intake):
    browser.open(FORM)

    browser.send(FORM, {name: value for name, value in FAULT_REPORT.items() if name != "wants_answer"})

    [submission] = intake.rows(Submission)
    assert "email" not in [each["field"] for each in submission.answers]


def test_a_form_sent_twice_is_one_submission(browser, intake):
    browser.open(FORM)
    first = browser.send(FORM, FAULT_REPORT)
    browser.page = browser.check_page

    again = browser.send_again()

    assert first.headers["Location"] == again.headers["Location"]
    assert len(intake.rows(Submission)) == 1


def test_a_sent_form_that_is_filled_in_again_from_its_first_page_is_a_new_one(browser, intake):
    shown = browser.open(FORM).text
    browser.send(FORM, FAULT_REPORT)
    browser.page = shown

    asked = browser.send(FORM, FAULT_REPORT | {"description": "En annan lampa."})
    assert asked.status_code == 409
    assert "Du har redan skickat det här formuläret" in asked.text
    assert "En annan lampa." in asked.text

    assert browser.send(FORM, FAULT_REPORT | {"description": "En annan lampa."}).status_code == 303
    assert len(intake.rows(Submission)) == 2


def test_the_limit_of_size_is_that_of_each_file(browser):
    browser.open(PERMIT)
    browser.send(PERMIT, APPLICATION)

    assert "Högst 8 filer." in browser.page
    assert "Högst 25 MB per fil." in browser.page


def test_an_invalid_form_shows_it_in_its_title_and_links_to_each_error(browser, intake):
    browser.open(FORM)

    answer = browser.send(FORM, {"place.latitude": "91", "description": "<b>Släckt</b>"})

    assert answer.status_code == 422
    assert "<title>Fel: Felet" in answer.text
    links = re.findall(r'<li><a href="#([^"]+)">', answer.text)
    assert links == ["category", "place-latitude"]
    for target in links:
        assert f'id="{target}"' in answer.text
        assert f'id="{target}-error"' in answer.text
    assert "&lt;b&gt;Släckt&lt;/b&gt;" in answer.text
    assert intake.rows(Submission) == []


@pytest.fixture
def at_the_drawings(browser):
    """Somebody who has come to the page of a building permit where drawings are attached."""
    browser.open(PERMIT)
    assert browser.send(PERMIT, APPLICATION).status_code == 422
    assert "/sida/documents" in browser.address
    return browser


def test_files_stay_while_the_rest_is_put_right(at_the_drawings, intake):
    browser = at_the_drawings

    first = browser.press(browser.address, {}, site_plan=[("plan.pdf", PDF)])
    assert first.status_code == 422
    assert "finns här" in first.text

    answer = browser.send(browser.address, APPLICATION, elevations=[("a.pdf", PDF), ("b.pdf", PDF)])

    assert answer.status_code == 303
    assert [bool(each.submission_id) for each in intake.rows(Attachment)] == [True] * 3


def test_a_file_can_be_taken_away_again(at_the_drawings, intake):
    browser = at_the_drawings
    browser.press(browser.address, {}, site_plan=[("plan.pdf", PDF)])
    [row] = intake.rows(Attachment)

    answer = browser.press(browser.address, {"remove": str(row.id)})

    assert answer.status_code == 200
    assert "finns här" not in answer.text
    assert intake.rows(Attachment) == intake.files() == []


def test_a_file_of_another_kind_is_an_error_beside_all_others(at_the_drawings):
    browser = at_the_drawings

    answer = browser.press(browser.address, {}, site_plan=[("plan.pdf", b"MZ" + bytes(500))])

    assert answer.status_code == 422
    assert "”plan.pdf” är inte en fil av rätt sort" in answer.text
    assert "Bifoga ”Fasadritningar”." in answer.text


def test_a_form_without_its_token_is_rejected(intake):
    answer = intake.client().post(FORM, data=FAULT_REPORT)

    assert answer.status_code == 400
    assert intake.rows(Submission) == []


def test_an_identity_number_is_not_shown_whole(browser, intake):
    browser.open(PERMIT)
    answer = browser.send(PERMIT, APPLICATION, site_plan=[("a.pdf", PDF)], elevations=[("b.pdf", PDF)])

    receipt = browser.open(answer.headers["Location"]).text

    assert "19861209-****" in receipt
    assert "2380" not in receipt
    assert "0701234567" in receipt
