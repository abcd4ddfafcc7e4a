"""An officer enters what came by letter: by a permit, on the e-service's own pages, and nobody else can."""

from datetime import date, timedelta

import pytest

from services.intake.drafts.models import Draft
from services.intake.submissions.models import Submission
from shared import arrival_permit
from tests.store.intake.arrivals.conftest import FORM, begin
from tests.store.intake.browser import APPLICATION, FAULT_REPORT, Browser
from tests.system.submissions import PDF

ARRIVAL = {"_channel": "letter", "_received_on": "2026-11-20"}
SCAN = {"_original": [("brev.pdf", PDF)]}
REPORT = "/alvdalen/e-tjanster/felanmalan"


def received_of(intake):
    """The data of the only submission's event."""
    [event] = intake.outbox()
    return event["data"]


def test_what_came_by_letter_is_sent_as_its_submitters_with_how_it_came(intake, officer):
    answer = officer.send(officer.address, ARRIVAL | APPLICATION, **SCAN)

    assert answer.headers["Location"].endswith("/registrerat")
    received = received_of(intake)
    assert received["arrival"] == {
        "channel": "letter",
        "received_on": "2026-11-20",
        "officer_subject": "anna",
        "officer_name": "Anna A",
    }
    assert received["submitter"]["email"] == "nils.oberg@example.se"
    assert [each["field"] for each in received["attachments"]] == ["_original"]
    assert received["attachments"][0]["label"]["sv"] == "Det som kom in, inskannat"
    assert not [each for each in received["answers"] if each["field"].startswith("_")]
    assert received["received_at"].startswith("2026-11-23")
    [submission] = intake.rows(Submission)
    assert (submission.channel, submission.received_on) == ("letter", date(2026, 11, 20))
    page = officer.open(answer.headers["Location"]).text
    assert "nils.oberg@example.se" in page
    assert 'class="reference"' not in page


def test_what_it_lacks_is_sent_as_not_stated(intake, officer):
    answer = officer.send(officer.address, ARRIVAL | {"measure": "outbuilding"})

    received = received_of(intake)
    answers = {each["field"]: each["value"]["sv"] for each in received["answers"]}
    assert answers["applicant_name"] == answers["email"] == "Uppgift saknas"
    assert answers["measure"] != "Uppgift saknas"
    assert "phone" not in answers
    assert received["submitter"] is None
    assert "är inte angivna" in officer.check_page
    assert "Uppgift saknas" in officer.check_page
    page = officer.open(answer.headers["Location"]).text
    assert "inget kvitto" in page
    [submission] = intake.rows(Submission)
    assert page.count(submission.reference) == 2  # to be read, and in the button that finds the case


def test_an_officer_who_shares_an_address_with_one_who_guesses_loses_nothing_that_they_typed(intake, officer, clock):
    limited = intake.restarted(limit_guesses=1)
    limited.app.config["WTF_CSRF_METHODS"] = []
    guesser, officer.client = Browser(limited.client()), limited.client()
    guesser.press(officer.address.rpartition("/sida/")[0], {"code": "7K3M-9QXT-2WVC"})

    answer = officer.press(officer.address, ARRIVAL)
    assert answer.status_code == 429
    assert "För många koder" in answer.text
    assert 'value="2026-11-20"' in answer.text
    assert 'name="officer"' in answer.text

    clock.move(hours=1)
    assert officer.press(officer.address, ARRIVAL).status_code == 303
    [draft] = intake.rows(Draft)
    assert draft.inputs()["_received_on"] == "2026-11-20"


def test_the_reference_is_not_shown_where_secrecy_may_apply(intake, browser, permit):
    answer = begin(browser, permit(eservice="orosanmalan"), "/alvdalen/e-tjanster/orosanmalan")
    browser.open(answer.headers["Location"])
    answer = browser.send(browser.address, ARRIVAL)

    page = browser.open(answer.headers["Location"]).text

    [submission] = intake.rows(Submission)
    assert "sekretess" in page
    assert submission.reference not in page


def test_how_and_when_it_came_must_be_stated(intake, officer):
    answer = officer.press(officer.address, {"_channel": "", "_received_on": ""})

    assert answer.status_code == 422
    assert 'href="#_channel"' in answer.text
    assert 'href="#_received_on"' in answer.text


@pytest.mark.parametrize(
    ("day", "status"), [("2026-11-24", 422), ("2026-11-23", 303), ("2025-11-24", 303), ("2025-11-23", 422)]
)
def test_the_day_is_neither_to_come_nor_of_another_year(officer, day, status):
    assert officer.press(officer.address, ARRIVAL | {"_received_on": day}).status_code == status


def test_without_how_it_came_nothing_is_sent(intake, officer):
    check = officer.address.rpartition("/sida/")[0] + "/kontrollera"
    assert officer.press(check, {}).status_code == 422
    assert intake.rows(Submission) == []


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"key": "another" * 6}, 403),
        ({"municipality": "0180"}, 403),
        ({"eservice": "felanmalan"}, 403),
    ],
    ids=["signed by another", "of another municipality", "for another e-service"],
)
def test_only_the_desks_permit_for_this_form_lets_it_be_filled_in(intake, browser, permit, changes, status):
    assert begin(browser, permit(**changes)).status_code == status
    assert intake.rows(Draft) == []


def test_an_old_permit_lets_nothing_in(intake, browser, permit, monkeypatch):
    monkeypatch.setattr(arrival_permit, "LASTS", -1)

    answer = begin(browser, permit())

    assert answer.status_code == 410
    assert intake.rows(Draft) == []


def test_no_other_sites_page_can_use_a_permit(intake, browser, permit):
    answer = browser.client.post(
        f"{FORM}/registrera", data={"permit": permit()}, headers={"Origin": "https://evil.example"}
    )

    assert answer.status_code == 400
    assert intake.rows(Draft) == []


def test_a_submitter_cannot_state_how_it_came(intake, browser):
    browser.open(REPORT)
    browser.send(REPORT, FAULT_REPORT | ARRIVAL | {"officer": "yes"})

    [submission] = intake.rows(Submission)
    assert submission.channel is None
    assert received_of(intake)["arrival"] is None


def test_the_same_entered_twice_is_one(intake, officer):
    first = officer.send(officer.address, ARRIVAL | APPLICATION)
    again = officer.press(officer.address, {})

    assert again.headers["Location"] == first.headers["Location"]
    assert len(intake.rows(Submission)) == 1


def test_no_limit_for_strangers_holds_an_officer(tmp_path, clock, permit, intake):
    limited = intake.restarted(limit_client=1, limit_recipient=1, limit_eservice=1, limit_drafts=1)
    for _ in range(3):
        officer = Browser(limited.client())
        officer.open(begin(officer, permit()).headers["Location"])
        assert "/registrerat" in officer.send(officer.address, ARRIVAL | APPLICATION).headers["Location"]

    assert len(intake.rows(Submission)) == 3


def test_no_reminder_is_offered_of_a_form_that_an_officer_fills_in(officer):
    officer.press(officer.address, ARRIVAL | {"go": "later"})

    assert "Påminn mig" not in officer.open(officer.address.rpartition("/sida/")[0] + "/spara").text


def test_its_submitter_sees_how_and_when_it_came(intake, officer, clock):
    officer.send(officer.address, ARRIVAL | APPLICATION)
    [submission] = intake.rows(Submission)

    status = intake.status(submission.reference).json

    assert (status["channel"], status["received_on"]) == ("letter", "2026-11-20")
    assert status["timeline"][0]["heading"] == "Vi har fört in det du skrev i ett brev"
    assert "20 november 2026" in status["timeline"][0]["text"]


def test_six_months_are_counted_from_the_day_that_it_came(intake, officer, clock):
    officer.send(officer.address, ARRIVAL | APPLICATION)
    [submission] = intake.rows(Submission)
    clock.move(days=(date(2027, 5, 20) - date(2026, 11, 23)) / timedelta(days=1))
    assert not intake.status(submission.reference).json["decision_may_be_requested"]

    clock.move(days=1)

    assert intake.status(submission.reference).json["decision_may_be_requested"]
