"""What a newer version stored breaks no page of this one: the last known state is shown, with a line in the log."""

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from services.intake.submissions.models import Submission
from services.intake.tracking.models import ReceivedEvent
from shared.events import routing
from tests.store.intake.case_events import STEPS, case_events
from tests.system.submissions import a_fault_report


def change(intake, table, where, **values):
    with intake.database.sessions.begin() as session:
        session.execute(update(table).where(where).values(**values))


def change_payload(intake, name, **values):
    """As a newer version would have stored the event."""
    [row] = [row for row in intake.rows(ReceivedEvent) if row.name == name]
    change(intake, ReceivedEvent, ReceivedEvent.name == name, payload=row.payload | values)


def pages(submission):
    return (
        f"/alvdalen/arenden/{submission.reference}",
        f"/alvdalen/arenden/{submission.reference}/nu",
        f"/alvdalen/kvitto/{submission.reference}",
    )


@pytest.fixture
def submission(intake):
    """One whose case was registered, queued and assigned."""
    submission = intake.submitted(a_fault_report())
    intake.receive(*case_events(submission, STEPS[:3]))
    return submission


def assert_shown_in_state(intake, submission, state, state_name):
    status = intake.status(submission.reference)
    assert status.status_code == 200
    assert (status.json["state"], status.json["state_name"]) == (state, state_name)
    for page in pages(submission):
        answer = intake.client().get(page, headers={"Accept-Language": "sv"})
        assert answer.status_code == 200, page
    assert state_name in intake.client().get(pages(submission)[0], headers={"Accept-Language": "sv"}).text


def test_a_state_that_is_not_known_leaves_the_last_known_one(intake, submission):
    change_payload(intake, "case.assigned", state="waiting_for_referral")

    assert_shown_in_state(intake, submission, "queued", "Registrerat")
    headings = [entry["heading"] for entry in intake.status(submission.reference).json["timeline"]]
    assert {"Placerat i kön Bygglov", "Vi tog emot det du skickade"} <= set(headings)


def test_a_case_of_which_no_state_is_known_is_received(intake):
    submission = intake.submitted(a_fault_report())
    intake.receive(*case_events(submission, STEPS[:1]))

    change_payload(intake, "case.registered", state="waiting_for_referral")

    assert_shown_in_state(intake, submission, "received", "Inkommet")


@pytest.mark.parametrize(
    "values",
    [{"name": "case.referred"}, {"version": 99}, {"payload": {"state": "assigned"}}],
    ids=["name", "version", "payload"],
)
def test_an_event_that_cannot_be_read_is_left_out(intake, submission, values):
    change(intake, ReceivedEvent, ReceivedEvent.name == "case.assigned", **values)

    with capture_logs() as logs:
        assert_shown_in_state(intake, submission, "queued", "Registrerat")

    assert "received_event_unreadable" in {line["event"] for line in logs}
    assert len(intake.status(submission.reference).json["timeline"]) == 3


def test_a_legal_regime_that_is_not_known_breaks_nothing(intake, submission):
    change(intake, Submission, Submission.id == submission.id, legal_regime="europarattslig")

    assert_shown_in_state(intake, submission, "assigned", "Handläggs")


def test_a_decision_under_a_legal_regime_that_is_not_known_breaks_nothing(intake, submission):
    *_, decided = case_events(submission, [*STEPS[:3], (routing.CaseDecided, "decided")])
    intake.receive(decided)

    change_payload(intake, "case.decided", legal_regime="europarattslig")

    assert intake.status(submission.reference).status_code == 200
    for page in pages(submission):
        assert intake.client().get(page).status_code == 200


def test_an_answer_of_a_type_that_is_not_known_is_shown_masked(intake, submission):
    answers = [each | {"type": "bank_account"} if each["field"] == "place" else each for each in submission.answers]
    change(intake, Submission, Submission.id == submission.id, answers=answers)

    receipt = intake.client().get(pages(submission)[2])

    assert receipt.status_code == 200
    assert "Dalgatan 12, vid bron" not in receipt.text
    assert "Dalgatan 12, vid ****" in receipt.text
