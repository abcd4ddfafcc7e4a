"""A submitter whose case has taken six months requests that it be decided, on the status page or over the API."""

from datetime import datetime

import pytest

from shared.events import routing
from shared.events.intake import SubmissionDecisionRequested
from tests.store.intake.case_events import HANDLED, STEPS, case_events
from tests.store.intake.harness import API
from tests.system.submissions import a_building_permit_application, a_proposal
from tests.unit.intake.eservices.citizen import fill_in
from tests.unit.intake.forms.demo_forms import FORMS

DAYS_UNTIL_THE_RIGHT = 182  # from 23 November 2026 to 24 May 2027
IN_HAND = STEPS[:3]
REQUESTED = (routing.CaseDecisionRequested, "assigned")
DECIDED = (routing.CaseDecided, "decided")


def application(intake, steps=IN_HAND):
    """A building permit whose case has come so far."""
    plan, drawing = (intake.upload(field=field).json["id"] for field in ("site_plan", "elevations"))
    submission = intake.submitted(a_building_permit_application(site_plan=[plan], elevations=[drawing]))
    intake.receive(*case_events(submission, steps))
    return submission


def request_decision(intake, submission, key="k-1"):
    """Request it over the API."""
    return intake.client().post(
        f"{API}/submissions/{submission.reference}/decision-requests", headers={"Idempotency-Key": key}
    )


def press_the_button(browser, page):
    """Send the form as the page has it."""
    browser.page = browser.page.partition('id="decision-request"')[2].partition("</section>")[0] or browser.page
    return browser.press(f"{page}/begaran-om-avgorande", {})


def requests_published(intake):
    return [each for each in intake.outbox() if each["type"] == SubmissionDecisionRequested.event_type()]


def test_it_is_published_once_however_often_it_is_sent(any_intake):
    submission = application(any_intake)
    any_intake.clock.move(days=DAYS_UNTIL_THE_RIGHT)
    assert any_intake.status(submission.reference).json["decision_may_be_requested"]

    first, again, other_key = (request_decision(any_intake, submission, key) for key in ("k-1", "k-1", "k-2"))

    assert [each.status_code for each in (first, again, other_key)] == [201, 200, 200]
    assert first.json == again.json == other_key.json
    [event] = requests_published(any_intake)
    assert (event["subject"], event["municipality"], event["sequence"]) == (str(submission.id), "2039", 2)
    assert datetime.fromisoformat(event["data"]["requested_at"]) == any_intake.clock()
    status = any_intake.status(submission.reference).json
    assert not status["decision_may_be_requested"]
    assert status["timeline"][0]["heading"] == "Du begärde att vi avgör ärendet"


def test_who_reports_a_concern_for_a_child_is_no_party_and_has_no_such_right(intake):
    report = fill_in(FORMS["orosanmalan"], citizen=0)
    submission = intake.submitted({"eservice": "orosanmalan", "answers": report.answers})
    intake.receive(*case_events(submission, IN_HAND))
    intake.clock.move(days=DAYS_UNTIL_THE_RIGHT)

    assert not intake.status(submission.reference).json["decision_may_be_requested"]
    assert 'id="decision-request"' not in intake.client().get(f"/alvdalen/arenden/{submission.reference}").text
    assert request_decision(intake, submission).status_code == 409
    assert requests_published(intake) == []


def test_what_comes_after_it_has_the_next_place_among_the_events(any_intake):
    submission = application(any_intake)
    any_intake.clock.move(days=DAYS_UNTIL_THE_RIGHT)
    request_decision(any_intake, submission)

    any_intake.client().post(f"{API}/submissions/{submission.reference}/supplements", json={"text": "Mer."})

    assert [each["sequence"] for each in any_intake.outbox()] == [1, 2, 3]


def test_when_the_case_has_it_the_timeline_has_it_once_with_the_last_day(intake):
    submission = application(intake)
    intake.clock.move(days=DAYS_UNTIL_THE_RIGHT)
    request_decision(intake, submission)

    intake.receive(case_events(submission, [*IN_HAND, REQUESTED])[-1])

    headings = [each["heading"] for each in intake.status(submission.reference).json["timeline"]]
    assert headings.count("Du begärde att vi avgör ärendet") == 1
    page = intake.client().get(f"/alvdalen/arenden/{submission.reference}?lang=sv").text
    assert "avgör vi det, eller så avslår vi din begäran" in page
    assert "Din begäran är på väg" not in page


@pytest.mark.parametrize(
    ("days", "steps", "problem"),
    [
        (DAYS_UNTIL_THE_RIGHT - 1, IN_HAND, "no-right-to-decision"),
        (DAYS_UNTIL_THE_RIGHT, [*IN_HAND, REQUESTED], "no-right-to-decision"),
        (
            DAYS_UNTIL_THE_RIGHT,
            [*IN_HAND, REQUESTED, (routing.CaseDecisionRequestRejected, "assigned")],
            "no-right-to-decision",
        ),
        (DAYS_UNTIL_THE_RIGHT, HANDLED, "no-right-to-decision"),
        (DAYS_UNTIL_THE_RIGHT, [*IN_HAND, DECIDED], "case-ended"),
    ],
    ids=["six months have not gone", "requested on paper", "rejected", "reopened", "decided"],
)
def test_there_is_no_such_right(intake, days, steps, problem):
    submission = application(intake, steps)
    intake.clock.move(days=days)

    answer = request_decision(intake, submission)

    assert (answer.status_code, answer.json["type"]) == (409, f"urn:arende:problem:{problem}")
    assert not intake.status(submission.reference).json["decision_may_be_requested"]
    assert requests_published(intake) == []


def test_there_is_no_such_right_under_another_law(browser, intake):
    submission = intake.submitted(a_proposal())
    intake.clock.move(days=400)

    assert "begaran-om-avgorande" not in browser.open(f"/alvdalen/arenden/{submission.reference}").text
    assert request_decision(intake, submission).status_code == 409


def test_it_is_sent_from_the_status_page(browser, intake):
    submission = application(intake)
    intake.clock.move(days=DAYS_UNTIL_THE_RIGHT)
    page = f"/alvdalen/arenden/{submission.reference}"
    assert "Begär att vi avgör ditt ärende" in browser.open(page).text

    for _ in range(2):
        assert press_the_button(browser, page).status_code == 303

    shown = browser.open(page).text
    assert "Din begäran är på väg till dem som handlägger ärendet." in shown
    assert "begaran-om-avgorande" not in shown
    assert len(requests_published(intake)) == 1


def test_from_a_page_that_is_older_than_the_decision_nothing_is_requested(browser, intake):
    submission = application(intake)
    intake.clock.move(days=DAYS_UNTIL_THE_RIGHT)
    page = f"/alvdalen/arenden/{submission.reference}"
    browser.open(page)
    intake.receive(case_events(submission, [*IN_HAND, DECIDED])[-1])

    answer = press_the_button(browser, page)

    assert answer.status_code == 409
    assert "Ärendet är redan avgjort eller avslutat." in answer.text
    assert requests_published(intake) == []


def test_it_needs_the_forms_token(intake):
    submission = application(intake)
    intake.clock.move(days=DAYS_UNTIL_THE_RIGHT)

    answer = intake.client().post(f"/alvdalen/arenden/{submission.reference}/begaran-om-avgorande")

    assert answer.status_code == 400
    assert requests_published(intake) == []
