"""Files in a repeated section: each entry has its own, whatever is added, taken away or saved from another device."""

import re
from copy import deepcopy

import pytest
from sqlalchemy import select

from services.intake.attachments.models import Attachment
from services.intake.drafts.models import Draft
from services.intake.submissions.models import Submission
from tests.store.intake.browser import Browser
from tests.store.intake.drafts.conftest import SUPPORT, write_support
from tests.store.intake.harness import Intake
from tests.system.submissions import PDF
from tests.unit.intake.forms.support_form import DEFINITION, PAGES, question

WHO = {"lives_here": "yes", "household": "single", "area": "north"}
TWO = {"children.count": "2", "children.0.child": "Kim", "children.1.child": "Robin"}


def with_certificates(**keys):
    """The application for support, where each child has a certificate."""
    pages = deepcopy(PAGES)
    pages[2]["sections"][0]["fields"].append(question("certificate", "file", max_files=2, **keys))
    return DEFINITION | {"pages": pages}


@pytest.fixture
def intake(tmp_path, clock):
    """An intake that offers it."""
    folder = write_support(tmp_path, with_certificates(required=True))
    return Intake.opened(tmp_path, f"sqlite:///{tmp_path}/store.sqlite", clock, eservices=folder)


@pytest.fixture
def browser(intake):
    """Somebody at the page of the children."""
    browser = Browser(intake.client())
    browser.open(SUPPORT)
    browser.open(browser.send_again(**WHO).headers["Location"])
    return browser


def attach(browser, inputs, **files):
    """Press Continue with a PDF for each child by number: with `kim=0`, `kim.pdf` for the first."""
    parts = {f"children.{number}.certificate": [(f"{name}.pdf", PDF)] for name, number in files.items()}
    return browser.press(browser.address, inputs, **parts)


def here(page):
    """The files that a page shows as attached, by the number of their entry."""
    return re.findall(r'name="children\.(\d)\.certificate\.kept" value="\S+ ([^"]+)"', page)


def under_their_questions(page):
    """The files that a receipt or status page shows, each with its question."""
    return re.findall(r"<dt>([^<]+)</dt><dd>\s*([^<\s]+\.pdf)", page)


def test_files_of_a_submission_from_before_stand_together_as_they_did(browser, intake):
    browser.open(attach(browser, TWO, kim=0, robin=1).headers["Location"])
    browser.open(browser.send_again(rent="1000").headers["Location"])
    address = browser.send_again().headers["Location"]
    with intake.database.sessions.begin() as session:
        [submission] = session.scalars(select(Submission))
        submission.answers = [each for each in submission.answers if each["type"] != "file"]

    page = browser.open(address).text

    assert "<dt>Filer</dt><dd>" in page
    assert "kim.pdf<br>robin.pdf" in page


def errors(page):
    return re.findall(r'<li><a href="#([^"]+)">', page)


def test_each_entry_has_its_own_files_to_the_desk(browser, intake):
    answer = attach(browser, TWO, kim=0)
    assert errors(answer.text) == ["children-1-certificate"]
    assert here(answer.text) == [("0", "kim.pdf")]

    browser.open(attach(browser, TWO, robin=1).headers["Location"])
    browser.open(browser.send_again(rent="1000").headers["Location"])
    terms = re.findall(r"<dt>(Barn[^<]+)</dt><dd>.*?</a>\s*<span[^>]*>([^<]+)", browser.page, re.DOTALL)
    assert [each for each in terms if "certificate" in each[0]] == [
        ("Barn Kim: certificate", "kim.pdf"), ("Barn Robin: certificate", "robin.pdf"),
    ]  # fmt: skip
    assert "#children-1-certificate" in browser.page

    receipt = browser.open(browser.send_again().headers["Location"])
    status = browser.open(str(receipt.request.path).replace("/kvitto/", "/arenden/"))
    for page in (receipt, status):
        assert under_their_questions(page.text) == [
            ("Barn Kim: certificate", "kim.pdf"), ("Barn Robin: certificate", "robin.pdf"),
        ]  # fmt: skip
        assert page.text.index("<dt>Barn Kim: certificate") < page.text.index("<dt>Barn Robin: ")
        assert "<dt>Filer</dt>" not in page.text
    assert {(each.name, each.field) for each in intake.rows(Attachment)} == {
        ("kim.pdf", "children.1.certificate"), ("robin.pdf", "children.2.certificate"),
    }  # fmt: skip
    [event] = intake.outbox()
    assert [(each["field"], each["label"]["sv"]) for each in event["data"]["attachments"]] == [
        ("children.1.certificate", "Barn Kim: certificate"), ("children.2.certificate", "Barn Robin: certificate"),
    ]  # fmt: skip


@pytest.mark.parametrize("button", ["drop", "remove"])
def test_where_codes_were_guessed_no_file_is_deleted(browser, intake, clock, button):
    attach(browser, TWO, kim=0)
    [kim] = intake.rows(Attachment)
    limited = intake.restarted(limit_guesses=1)
    limited.app.config["WTF_CSRF_METHODS"] = []
    guesser, browser.client = Browser(limited.client()), limited.client()
    guesser.press(re.sub(r"/sida/.*", "", browser.address), {"code": "7K3M-9QXT-2WVC"})

    answer = browser.send_again(**TWO | {button: {"drop": "children.0", "remove": str(kim.id)}[button]})

    assert answer.status_code == 429
    assert here(answer.text) == [("0", "kim.pdf")]
    assert 'value="Kim"' in answer.text
    assert [each.id for each in intake.rows(Attachment)] == [kim.id]
    clock.move(hours=1)
    browser.send_again(**TWO, go="later")
    assert len(intake.rows(Attachment)) == 1


def test_what_comes_after_an_entry_that_is_taken_away_moves_up_with_its_files(browser, intake):
    attach(browser, TWO, kim=0)
    attach(browser, TWO, robin=1)
    browser.open(browser.address.replace("/money", "/children"))

    answer = attach(browser, TWO | {"drop": "children.0"}, another=1)

    assert here(answer.text) == [("0", "robin.pdf"), ("0", "another.pdf")]
    assert 'value="Robin"' in answer.text
    assert {each.name for each in intake.rows(Attachment)} == {"robin.pdf", "another.pdf"}
    [draft] = intake.rows(Draft)
    assert draft.files.keys() == {"children.0.certificate"}

    answer = browser.send_again(**{"children.0.child": "Robin", "add": "children"})
    assert here(answer.text) == [("0", "robin.pdf"), ("0", "another.pdf")]
    answer = browser.send_again(**{"children.0.child": "Robin", "remove": here_id(answer.text, "robin.pdf")})
    assert here(answer.text) == [("0", "another.pdf")]
    assert "”robin.pdf” är borttagen" in answer.text


def here_id(page, name):
    """The id of a file that is shown."""
    return re.findall(rf'certificate\.kept" value="(\S+) {name}"', page)[0]


def test_a_page_that_was_shown_before_another_device_took_an_entry_away_gives_no_file_to_another_entry(browser, intake):
    attach(browser, TWO, kim=0)
    attach(browser, TWO, robin=1)
    other = Browser(browser.client)
    other.open(browser.address)
    other.press(other.address, TWO | {"drop": "children.0"})

    answer = browser.press(browser.address, TWO)  # a page that does not name Robin's file

    assert here(answer.text) == [("1", "robin.pdf")]
    assert re.findall(r'name="children\.(\d)\.certificate\.gone" value="\S+ ([^"]+)"', answer.text) == [
        ("0", "kim.pdf")
    ]


def test_what_another_device_has_attached_to_an_entry_that_this_page_lacks_is_named(browser, intake):
    attach(browser, {"children.count": "1", "children.0.child": "Kim"}, kim=0)
    browser.open(browser.address.replace("/money", "/children"))
    other = Browser(browser.client)
    other.open(browser.address)
    attach(other, TWO, robin=1)

    answer = browser.press(browser.address, {"children.0.child": "Kim"})

    assert answer.status_code == 409
    assert "robin.pdf" in answer.text


def test_the_api_takes_the_files_of_each_entry_in_the_order_of_the_answers(intake):
    upload = {"eservice": "support", "field": "certificate"}
    ids = [intake.upload(PDF, name=f"{name}.pdf", **upload).json["id"] for name in ("kim", "robin")]
    submission = {
        "eservice": "support",
        "answers": {"lives_here": True, "household": "single", "area": "north"}
        | {"children": [{"child": "Kim"}, {"child": "Robin"}]},
    }

    def send(**attachments):
        answer = intake.submit(submission | {"attachments": attachments})
        return {each["pointer"] for each in answer.json.get("errors", ())} or answer.status_code

    assert send(children=[{}, {"certificate": [ids[1]]}]) == {"/attachments/children/0/certificate"}
    assert send(children=[{"certificate": ids[:1]}, {"certificate": ids[:1]}]) == {
        "/attachments/children/0/certificate/0", "/attachments/children/1/certificate/0",
    }  # fmt: skip
    both = [{"certificate": [ids[0]]}, {"certificate": [ids[1]]}]
    assert send(children=[*both, {"certificate": [ids[1]]}]) == {"/attachments/children/2/certificate"}
    assert send(children=ids) >= {"/attachments/children"}
    assert send(children=[*both, {}]) == 201
    assert {(each.name, each.field) for each in intake.rows(Attachment)} == {
        ("kim.pdf", "children.1.certificate"), ("robin.pdf", "children.2.certificate"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("attachments", "pointer"),
    [
        ({"children.0.certificate": []}, "/attachments/children.0.certificate"),
        ({"children": [{"nothing": []}]}, "/attachments/children/0/nothing"),
        ({"children": [{"certificate": ["x"]}]}, "/attachments/children/0/certificate/0"),
        ({"nothing": [{}]}, "/attachments/nothing/0"),
        ({"children": [{}, "x"]}, "/attachments/children/1"),
    ],
)
def test_what_stands_where_no_file_can_is_an_error_there(intake, attachments, pointer):
    answers = {"lives_here": True, "household": "single", "area": "north", "children": [{"child": "Kim"}]}
    answer = intake.submit({"eservice": "support", "answers": answers, "attachments": attachments})

    assert answer.status_code == 422
    assert pointer in {each["pointer"] for each in answer.json["errors"]}, answer.json
    assert intake.rows(Submission) == []
