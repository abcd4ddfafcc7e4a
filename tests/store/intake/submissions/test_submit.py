"""Submitting: the submission and its event are stored in one commit, once, and then the receipt is given."""

import threading
from collections import Counter

import pytest

from services.intake import models
from services.intake.submissions.models import Submission
from shared.events.intake import SubmissionReceived
from tests.house.reading import ROOT
from tests.store.intake.harness import API, Intake
from tests.system.submissions import (
    a_building_permit_application,
    a_fault_report,
    a_proposal,
    an_anonymous_fault_report,
)


def the_event(intake):
    """The one event in the outbox, and its payload."""
    [event] = intake.outbox()
    return event, SubmissionReceived(**event["data"])


def test_what_is_accepted_is_stored_with_its_event_in_one_commit(any_intake):
    answer = any_intake.submit(a_fault_report())

    assert answer.status_code == 201
    [row] = any_intake.rows(Submission)
    event, payload = the_event(any_intake)
    assert answer.json["reference"] == row.reference == payload.reference
    assert event["subject"] == payload.submission_id == str(row.id)
    assert (event["municipality"], event["sequence"]) == ("2039", 1)
    assert payload.facts == {"category": "street_light"}
    assert payload.handling["board"] == "TN"
    assert payload.submitter == {"kind": "person", "name": None, "email": "karin.lund@example.se", "phone": None}


def test_the_outbox_holds_nothing_of_what_was_written_in_clear(intake):
    intake.submitted(a_fault_report())

    [row] = intake.rows(models.Outbox)
    assert the_event(intake)[1].submitter["email"] == "karin.lund@example.se"
    assert "karin.lund" not in row.body


def test_the_receipt_has_the_address_to_follow_it_at(intake):
    answer = intake.submit(a_fault_report())

    reference = answer.json["reference"]
    assert answer.json["page"] == f"https://e-tjanster.example.se/alvdalen/arenden/{reference}"
    assert answer.headers["Location"] == f"{API}/submissions/{reference}"
    assert intake.client().get(answer.headers["Location"]).status_code == 200


def test_it_was_received_when_it_reached_us(intake):
    intake.clock.move(hours=3)

    assert intake.submitted(a_fault_report()).received_at == intake.clock.now


def test_who_wants_no_answer_to_a_fault_report_is_nobody(intake):
    intake.submitted(an_anonymous_fault_report())

    _, payload = the_event(intake)
    assert payload.submitter is None


def test_an_address_of_who_wants_no_answer_is_an_error(intake):
    answer = intake.submit(a_fault_report(wants_answer=False))

    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json["errors"]] == ["/answers/email"]
    assert intake.rows(Submission) == intake.outbox() == []


def test_the_same_request_sent_twice_is_one_submission(any_intake):
    first, again = (any_intake.submit(a_fault_report(), key="k-1") for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert len(any_intake.rows(Submission)) == len(any_intake.outbox()) == 1


@pytest.fixture
def changeable(tmp_path, clock) -> Intake:
    """An intake with the fault report alone, about a day that is today or later; its files may be changed."""
    (tmp_path / "eservices/common").mkdir(parents=True)
    definition = (ROOT / "eservices/common/felanmalan.yaml").read_text().replace("when: past", "when: future")
    (tmp_path / "eservices/common/felanmalan.yaml").write_text(definition)
    return Intake.opened(tmp_path, f"sqlite:///{tmp_path}/store.sqlite", clock, eservices=tmp_path / "eservices")


def test_what_was_received_has_its_receipt_after_midnight_though_the_day_that_it_names_has_passed(changeable):
    report = a_fault_report(noticed_on="2026-11-23")
    first = changeable.submit(report, key="k-1")
    changeable.clock.move(hours=12)

    again, new = changeable.submit(report, key="k-1"), changeable.submit(report, key="k-2")
    other = changeable.submit(a_fault_report(noticed_on="2026-11-22"), key="k-1")

    assert (first.status_code, again.status_code, new.status_code) == (201, 200, 422)
    assert first.json == again.json
    assert [each["pointer"] for each in new.json["errors"]] == ["/answers/noticed_on"]
    assert other.json["type"] == "urn:arende:problem:idempotency-key-used"


@pytest.mark.parametrize(
    ("before", "after"),
    [("name: description", "name: fault_described"), ("board: TN", "board: TN\npaused: {sv: Stängt., en: Closed.}")],
    ids=["its questions have changed", "it is paused"],
)
def test_what_was_received_has_its_receipt_when(before, after, changeable):
    report = a_fault_report(noticed_on="2026-11-23")
    first = changeable.submit(report, key="k-1")
    definition = changeable.settings.eservices / "common/felanmalan.yaml"
    definition.write_text(definition.read_text().replace(before, after))
    changed = changeable.restarted()

    again, new = changed.submit(report, key="k-1"), changed.submit(report, key="k-2")

    assert (again.status_code, again.json) == (200, first.json)
    assert new.status_code in (409, 422)


def test_what_was_received_has_its_receipt_when_the_e_service_is_gone(changeable):
    report = a_fault_report(noticed_on="2026-11-23")
    first = changeable.submit(report, key="k-1")
    common = changeable.settings.eservices / "common"
    (common / "felanmalan.yaml").rename(common / "trasigt.yaml")
    (common / "trasigt.yaml").write_text((common / "trasigt.yaml").read_text().replace("felanmalan", "trasigt"))
    changed = changeable.restarted()

    again, new = changed.submit(report, key="k-1"), changed.submit(report, key="k-2")

    assert (again.status_code, again.json) == (200, first.json)
    assert [each["pointer"] for each in new.json["errors"]] == ["/eservice"]


def test_the_same_key_for_another_request_is_rejected(intake):
    intake.submit(a_fault_report(), key="k-1")

    answer = intake.submit(a_fault_report(description="Något annat."), key="k-1")

    assert answer.status_code == 422
    assert answer.json["type"] == "urn:arende:problem:idempotency-key-used"
    assert len(intake.rows(Submission)) == 1


def test_the_same_key_in_another_municipality_is_another_request(any_intake):
    any_intake.submit(a_fault_report(), key="k-1")

    answer = any_intake.client().post(
        "/intake/api/v1/municipalities/robertsfors/submissions",
        json=a_fault_report(),
        headers={"Idempotency-Key": "k-1"},
    )

    assert answer.status_code == 201
    assert {row.municipality for row in any_intake.rows(Submission)} == {"2039", "2409"}


def test_without_a_key_each_is_its_own(intake):
    for _ in range(2):
        intake.submit(a_fault_report())

    assert len(intake.rows(Submission)) == 2


def test_many_at_once_with_one_key_are_one_submission(any_intake):
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(any_intake.submit(a_fault_report(), key="k-1")))
        for _ in range(8)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 7}
    assert len({answer.json["reference"] for answer in answers}) == 1


def test_it_is_written_to_in_the_language_that_was_chosen(intake):
    submission = a_proposal() | {"language": "en"}

    assert intake.submitted(submission).language == "en"


def test_without_a_language_it_is_that_of_the_request(intake):
    submission = a_fault_report()
    del submission["language"]

    intake.client().post(f"{API}/submissions", json=submission, headers={"Accept-Language": "en"})

    [row] = intake.rows(Submission)
    assert row.language == "en"


def test_where_an_e_service_has_a_secrecy_class_its_event_is_marked_for_encryption(tmp_path, clock):
    (tmp_path / "eservices/common").mkdir(parents=True)
    definition = (ROOT / "eservices/common/felanmalan.yaml").read_text()
    secret = definition.replace("board: TN", "board: TN\nsecrecy: 26 kap. 1 § OSL")
    (tmp_path / "eservices/common/felanmalan.yaml").write_text(secret)
    intake = Intake.opened(tmp_path, f"sqlite:///{tmp_path}/store.sqlite", clock, eservices=tmp_path / "eservices")

    assert intake.submit(a_fault_report()).status_code == 201

    [row], [event] = intake.rows(Submission), intake.rows(models.Outbox)
    assert (row.secret, event.secret) == (True, True)  # the relay encrypts what is marked so: tests/broker/test_bus.py
    _, payload = the_event(intake)
    assert payload.handling["secrecy"] == "26 kap. 1 § OSL"


def test_a_submission_takes_its_files_with_it(intake):
    plan, drawing = intake.upload().json["id"], intake.upload(field="elevations").json["id"]

    answer = intake.submit(a_building_permit_application(site_plan=[plan], elevations=[drawing]))

    assert answer.status_code == 201
    _, payload = the_event(intake)
    assert {each["field"]: each["id"] for each in payload.attachments} == {"site_plan": plan, "elevations": drawing}
    assert {file.parts[-3] for file in intake.files()} == {"kept"}


def test_the_same_request_with_files_sent_twice_is_one_submission(any_intake):
    plan, drawing = any_intake.upload().json["id"], any_intake.upload(field="elevations").json["id"]
    application = a_building_permit_application(site_plan=[plan], elevations=[drawing])

    first, again = (any_intake.submit(application, key="k-1") for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json


@pytest.mark.parametrize("field", ["site_plan", "elevations"])
def test_a_file_belongs_to_one_submission_and_one_question(any_intake, field):
    plan, drawing = any_intake.upload().json["id"], any_intake.upload(field="elevations").json["id"]
    taken = {"site_plan": [plan], "elevations": [drawing]}
    any_intake.submit(a_building_permit_application(**taken))
    other = any_intake.upload(field=field).json["id"]

    again = any_intake.submit(a_building_permit_application(**taken | {field: [other]}))
    swapped = any_intake.submit(a_building_permit_application(site_plan=[drawing], elevations=[plan]))

    assert again.status_code == swapped.status_code == 422
    assert len(any_intake.rows(Submission)) == 1


def test_a_file_older_than_a_day_is_not_taken(intake):
    plan, drawing = intake.upload().json["id"], intake.upload(field="elevations").json["id"]
    intake.clock.move(hours=25)

    answer = intake.submit(a_building_permit_application(site_plan=[plan], elevations=[drawing]))

    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json["errors"]] == [
        "/attachments/site_plan/0",
        "/attachments/elevations/0",
    ]
    assert intake.rows(Submission) == intake.rows(models.Outbox) == []
