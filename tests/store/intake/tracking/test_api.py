"""The status of a submission: the same in whichever order the events came, in the reader's language."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.events import notify, routing
from tests.store.intake.case_events import HANDLED, STEPS, case_events, notified
from tests.system.submissions import a_fault_report, a_proposal

MENDED = {"legal_regime": "faktiskt_handlande", "outcome_label": {"sv": "Åtgärdat", "en": "Mended"}, "appeal": None}


def test_before_any_event_it_is_received(intake):
    status = intake.status(intake.submitted(a_fault_report()).reference).json

    assert (status["state"], status["state_name"], status["case"]) == ("received", "Inkommet", None)
    assert [entry["heading"] for entry in status["timeline"]] == ["Vi tog emot det du skickade"]


def test_the_submitter_sees_where_it_is_and_what_comes_next(any_intake):
    submission = any_intake.submitted(a_fault_report())

    any_intake.receive(*case_events(submission, STEPS[:3]))

    status = any_intake.status(submission.reference).json
    assert status["case"] == {
        "number": "TN 2026-00042",
        "board": "byggnadsnämnden",
        "queue": "Bygglov",
        "officer": "Anna Andersson",
        "due_on": "2027-02-01",
        "due_basis": "räknat från en komplett ansökan, 9 kap. plan- och bygglagen",
    }
    assert (status["state_name"], status["next"]) == ("Handläggs", "Anna Andersson handlägger ditt ärende.")
    in_english = any_intake.status(submission.reference, "en").json
    assert in_english["next"] == "Anna Andersson is handling your case."
    assert in_english["timeline"][0]["heading"] == "Anna Andersson handles your case"


def test_a_case_moved_to_another_board_is_shown_with_that_board(intake):
    submission = intake.submitted(a_fault_report())
    registered, moved = case_events(submission, [STEPS[0], (routing.CaseTransferred, "queued")])
    elsewhere = {"board": "TN", "board_name": {"sv": "tekniska nämnden"}}

    intake.receive(registered, replace(moved, data={**moved.data, **elsewhere}))

    assert intake.status(submission.reference).json["case"]["board"] == "tekniska nämnden"
    page = intake.client().get(f"/alvdalen/arenden/{submission.reference}?lang=sv").text
    assert "<dt>Nämnd</dt><dd>tekniska nämnden</dd>" in page


def test_a_request_is_shown_with_its_last_day(intake):
    submission = intake.submitted(a_fault_report())

    intake.receive(*case_events(submission, STEPS))

    status = intake.status(submission.reference).json
    assert [each["answer_by"] for each in status["requests"]] == ["2026-12-14"]
    assert status["next"] == "Du behöver komplettera. Gör det senast den 14 december 2026."


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1), (1, 3, 0, 2)])
def test_in_whichever_order_the_events_come_the_status_is_the_same(intake, order):
    submission = intake.submitted(a_fault_report())
    events = case_events(submission, STEPS)

    intake.receive(*(events[place] for place in order), *events)

    status = intake.status(submission.reference).json
    assert status["state"] == "awaiting_supplement"
    assert [each["answer_by"] for each in status["requests"]] == ["2026-12-14"]
    assert (status["case"]["queue"], status["case"]["officer"]) == ("Bygglov", "Anna Andersson")
    assert len(status["timeline"]) == 1 + len(STEPS)


AGAIN = "Ärendet har tagits upp igen. Beslutet gäller tills det ändras."


def test_a_decision_stands_with_its_appeal_though_the_case_is_taken_up_again(intake):
    submission = intake.submitted(a_proposal())
    *ended, reopened = case_events(submission, HANDLED)

    intake.receive(*ended)
    before = intake.status(submission.reference).json
    intake.receive(reopened)
    after = intake.status(submission.reference).json

    assert (before["decision"]["label"], before["decision"]["appeal"]) == ("Avslag", "Länsstyrelsen i Dalarnas län")
    assert after["decision"] == before["decision"]
    assert (before["next"], after["next"]) == (
        "Ärendet är avslutat. Inget mer händer i det.",
        f"{AGAIN} Anna Andersson handlägger ditt ärende.",
    )
    page = intake.client().get(f"/alvdalen/arenden/{submission.reference}?lang=sv").text
    for text in (AGAIN, "Beslut: Avslag", "Så överklagar du", "<dt>Ska vara klart senast</dt>", "supplement-form"):
        assert text in page


def test_what_is_decided_anew_takes_the_place_of_the_decision(intake):
    submission = intake.submitted(a_proposal())
    events = case_events(submission, [*HANDLED, (routing.CaseDecided, "decided")])
    later = (submission.received_at + timedelta(days=1)).isoformat()
    granted = {"outcome_label": {"sv": "Bifall"}, "reasons": "Planen är ändrad.", "at": later}

    intake.receive(*events[:-1], replace(events[-1], data={**events[-1].data, **granted}))

    status = intake.status(submission.reference).json
    assert (status["decision"]["label"], status["next"]) == ("Bifall", "Det finns ett beslut. Du kan läsa det här.")
    page = intake.client().get(f"/alvdalen/arenden/{submission.reference}?lang=sv").text
    assert (page.count("Planen är ändrad."), page.count("Åtgärden strider mot detaljplanen")) == (1, 1)


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("sv", "Vi har tagit upp ditt ärende igen. Anna Andersson handlägger ditt ärende."),
        ("en", "We have taken up your case again. Anna Andersson is handling your case."),
    ],
)
def test_a_report_taken_up_again_keeps_its_reply(intake, language, shown):
    submission = intake.submitted(a_fault_report())

    intake.receive(*case_events(submission, HANDLED, **MENDED))

    status = intake.status(submission.reference, language).json
    assert (status["next"], status["decision"]["legal_regime"]) == (shown, "faktiskt_handlande")


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        (
            "sv",
            ("Besvarat", "Vi har svarat i ditt ärende. Du kan läsa svaret här.", "Svar i ditt ärende: Åtgärdat"),
        ),
        (
            "en",
            (
                "Answered",
                "We have replied in your case. You can read the reply here.",
                "Reply in your case: Mended",
            ),
        ),
    ],
)
def test_a_report_gets_a_reply_and_no_decision(intake, language, shown):
    submission = intake.submitted(a_fault_report())

    intake.receive(*case_events(submission, [*STEPS[:3], (routing.CaseDecided, "decided")], **MENDED))

    status = intake.status(submission.reference, language).json
    assert (status["state_name"], status["next"], status["timeline"][0]["heading"]) == shown
    page = intake.client().get(f"/alvdalen/arenden/{submission.reference}?lang={language}").text
    assert shown[2] in page
    for word in ("Beslut", "beslut", "Decision", "Decided", "Reasons", "verklaga", "ppeal"):
        assert word not in page


@pytest.mark.parametrize(
    ("basis", "rule"),
    [
        ({"sv": "om möjligt, 5 kap. 35 § kommunallagen"}, " (om möjligt, 5 kap. 35 § kommunallagen)"),
        (None, ""),
    ],
)
def test_the_last_day_is_shown_with_its_rule(intake, basis, rule):
    submission = intake.submitted(a_proposal())

    intake.receive(*case_events(submission, STEPS[:1], due_basis=basis))

    day = f"senast den 1 februari 2027{rule}."
    assert day in intake.status(submission.reference).json["timeline"][0]["text"]
    page = intake.client().get(f"/alvdalen/arenden/{submission.reference}?lang=sv").text
    assert f"<dt>Ska vara klart senast</dt><dd>1 februari 2027{rule}</dd>" in page


def test_whether_the_receipt_could_be_sent_is_shown(intake):
    submission = intake.submitted(a_fault_report())

    intake.receive(notified(submission, notify.NotificationFailed, channel="smtp", cause="refused"))
    intake.receive(notified(submission, channel="smtp"))

    headings = {entry["heading"] for entry in intake.status(submission.reference).json["timeline"]}
    assert {"Vi kunde inte nå dig med e-post", "Vi skickade ett kvitto med e-post"} <= headings


@pytest.mark.parametrize("reference", ["7K3M-9QXT-2WVC-D4TA", "x", "%2e%2e", "å" * 40])
def test_a_reference_that_nobody_was_given_shows_nothing(intake, reference):
    assert intake.status(reference).status_code == 404


def test_a_reference_of_one_municipality_opens_nothing_in_another(intake):
    reference = intake.submitted(a_fault_report()).reference

    answer = intake.client().get(f"/intake/api/v1/municipalities/robertsfors/submissions/{reference}")

    assert answer.status_code == 404
