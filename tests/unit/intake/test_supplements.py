"""Supplements: more is sent to what was received, asked for or not, each with the next number."""

import pytest

from services.intake import models
from shared.events import routing
from tests.system.submissions import a_fault_report
from tests.unit.intake.office import API
from tests.unit.intake.test_status import STEPS, story


def supplement(office, submission, *, key=None, **said):
    """Send more through the API."""
    return office.client().post(
        f"{API}/submissions/{submission.reference}/supplements",
        json=said,
        headers={"Idempotency-Key": key} if key else {},
    )


def test_what_is_asked_for_is_answered_with_words_and_files(any_office):
    submission = any_office.submitted(a_fault_report())
    any_office.hear(*story(submission, STEPS))
    any_office.clock.move(hours=1)
    file_id = any_office.upload(field="supplement", eservice="felanmalan").json["id"]

    answer = supplement(any_office, submission, text="Här är den.", attachments=[file_id])

    assert (answer.status_code, answer.json["number"]) == (201, 1)
    status = any_office.status(submission.reference).json
    assert (status["request"], status["state_name"]) == (None, "Komplettering mottagen")
    assert status["timeline"][0]["quote"] == "Här är den."


def test_each_supplement_is_told_of_with_the_next_sequence(office):
    submission = office.submitted(a_fault_report())

    for words in ("ett", "två"):
        supplement(office, submission, text=words)

    told = [(event["type"], event["sequence"], event["data"].get("text")) for event in office.told()]
    assert told == [
        ("se.arende.submission.received.v1", 1, None),
        ("se.arende.submission.supplemented.v1", 2, "ett"),
        ("se.arende.submission.supplemented.v1", 3, "två"),
    ]


def test_the_same_supplement_sent_twice_is_one(any_office):
    submission = any_office.submitted(a_fault_report())

    first, again = (supplement(any_office, submission, key="k-1", text="ett") for _ in range(2))
    other = supplement(any_office, submission, key="k-1", text="två")

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 422)
    assert first.json == again.json
    assert len(any_office.rows(models.Supplement)) == 1


@pytest.mark.parametrize(
    "said", [{}, {"text": "  "}, {"text": "a\x07"}, {"text": "x" * 10_001}, {"text": 7}, {"bogus": 1}]
)
def test_what_says_nothing_or_cannot_be_read_is_refused(office, said):
    submission = office.submitted(a_fault_report())

    answer = supplement(office, submission, **said)

    assert answer.status_code == 422
    assert answer.json["errors"]
    assert office.rows(models.Supplement) == []


def test_a_file_that_is_not_there_leaves_nothing_half_written(office):
    submission = office.submitted(a_fault_report())

    here = office.upload(field="supplement", eservice="felanmalan").json["id"]

    answer = supplement(office, submission, text="Se bilaga.", attachments=[here, str(submission.id)])

    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json["errors"]] == ["/attachments/1"]
    assert office.rows(models.Supplement) == []
    assert len(office.told()) == 1


def test_a_file_that_another_supplement_has_is_pointed_at(office):
    submission = office.submitted(a_fault_report())
    taken = office.upload(field="supplement", eservice="felanmalan").json["id"]
    supplement(office, submission, attachments=[taken])

    answer = supplement(office, submission, attachments=[taken])

    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json["errors"]] == ["/attachments/0"]


def test_nothing_is_added_to_a_case_that_has_ended(office):
    submission = office.submitted(a_fault_report())
    office.hear(*story(submission, [*STEPS[:2], (routing.CaseDecided, "decided")]))

    answer = supplement(office, submission, text="En sak till.")

    assert (answer.status_code, answer.json["state"]) == (409, "decided")
