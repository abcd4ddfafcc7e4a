"""Supplements: more is sent to what was received, requested or not, each with the next number."""

import pytest

from services.intake.supplements.models import Supplement
from shared.events import routing
from tests.store.intake.case_events import STEPS, case_events
from tests.store.intake.harness import API
from tests.system.submissions import a_fault_report


def supplement(intake, submission, *, key=None, **content):
    """Send more through the API."""
    return intake.client().post(
        f"{API}/submissions/{submission.reference}/supplements",
        json=content,
        headers={"Idempotency-Key": key} if key else {},
    )


def test_a_request_is_answered_with_text_and_files(any_intake):
    submission = any_intake.submitted(a_fault_report())
    any_intake.receive(*case_events(submission, STEPS))
    any_intake.clock.move(hours=1)
    file_id = any_intake.upload(field="supplement", eservice="felanmalan").json["id"]

    answer = supplement(any_intake, submission, text="Här är den.", attachments=[file_id])

    assert (answer.status_code, answer.json["number"]) == (201, 1)
    status = any_intake.status(submission.reference).json
    assert (status["requests"], status["state_name"]) == ([], "Komplettering mottagen")
    assert status["timeline"][0]["quote"] == "Här är den."


def test_each_supplement_is_published_with_the_next_sequence(intake):
    submission = intake.submitted(a_fault_report())

    for text in ("ett", "två"):
        supplement(intake, submission, text=text)

    events = [(event["type"], event["sequence"], event["data"].get("text")) for event in intake.outbox()]
    assert events == [
        ("se.arende.submission.received.v1", 1, None),
        ("se.arende.submission.supplemented.v1", 2, "ett"),
        ("se.arende.submission.supplemented.v1", 3, "två"),
    ]


def test_the_same_supplement_sent_twice_is_one(any_intake):
    submission = any_intake.submitted(a_fault_report())

    first, again = (supplement(any_intake, submission, key="k-1", text="ett") for _ in range(2))
    other = supplement(any_intake, submission, key="k-1", text="två")

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 422)
    assert first.json == again.json
    assert len(any_intake.rows(Supplement)) == 1


def test_the_same_supplement_sent_again_has_its_receipt_though_the_case_has_ended(intake):
    submission = intake.submitted(a_fault_report())
    first = supplement(intake, submission, key="k-1", text="ett")
    intake.receive(*case_events(submission, [*STEPS[:2], (routing.CaseDecided, "decided")]))

    again, new = (supplement(intake, submission, key=key, text="ett") for key in ("k-1", "k-2"))

    assert (again.status_code, again.json) == (200, first.json)
    assert new.status_code == 409


def test_a_key_of_another_supplement_is_named_before_what_is_wrong_with_this_one(intake):
    submission = intake.submitted(a_fault_report())
    supplement(intake, submission, key="k-1", text="ett")

    answer = supplement(intake, submission, key="k-1", text=" ")

    assert answer.json["type"] == "urn:arende:problem:idempotency-key-used"


@pytest.mark.parametrize("content", [{}, {"text": "  "}, {"text": "x" * 10_001}, {"text": 7}, {"bogus": 1}])
def test_what_is_empty_or_cannot_be_read_is_rejected(intake, content):
    submission = intake.submitted(a_fault_report())

    answer = supplement(intake, submission, **content)

    assert answer.status_code == 422
    assert answer.json["errors"]
    assert intake.rows(Supplement) == []


def test_a_file_that_is_not_there_leaves_nothing_stored_in_part(intake):
    submission = intake.submitted(a_fault_report())

    here = intake.upload(field="supplement", eservice="felanmalan").json["id"]

    answer = supplement(intake, submission, text="Se bilaga.", attachments=[here, str(submission.id)])

    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json["errors"]] == ["/attachments/1"]
    assert intake.rows(Supplement) == []
    assert len(intake.outbox()) == 1


def test_a_file_that_another_supplement_has_is_pointed_at(intake):
    submission = intake.submitted(a_fault_report())
    taken = intake.upload(field="supplement", eservice="felanmalan").json["id"]
    supplement(intake, submission, attachments=[taken])

    answer = supplement(intake, submission, attachments=[taken])

    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json["errors"]] == ["/attachments/0"]


def test_nothing_is_added_to_a_case_that_has_ended(intake):
    submission = intake.submitted(a_fault_report())
    intake.receive(*case_events(submission, [*STEPS[:2], (routing.CaseDecided, "decided")]))

    answer = supplement(intake, submission, text="En sak till.")

    assert (answer.status_code, answer.json["state"]) == (409, "decided")
