"""Whatever is sent, the answer is a problem of the sender's, and nothing is stored in part."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.intake import models
from services.intake.submissions.models import Submission
from services.intake.submissions.submit import REJECTED
from tests.store.intake.harness import API
from tests.system.submissions import a_building_permit_application, a_fault_report, a_proposal

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60) | st.binary(max_size=5).map(repr),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=12,
)
good = st.sampled_from([a_fault_report(), a_building_permit_application(), a_proposal()])
a_name = st.sampled_from(
    [
        "category",
        "place",
        "email",
        "noticed_on",
        "applicant_number",
        "area",
        "invoice_address",
        "subject",
        "resident",
        "_schema",
    ]
)


@st.composite
def nearly_good(draw):
    """A good submission in which something was changed."""
    submission = json.loads(json.dumps(draw(good)))
    for name in draw(st.lists(a_name, max_size=3)):
        submission["answers"][name] = draw(anything)
    if draw(st.booleans()):
        submission[draw(st.sampled_from(["eservice", "language", "answers", "attachments", "x", "_schema"]))] = draw(
            anything
        )
    return submission


def stored(intake):
    """How many submissions there are, and how many events."""
    return len(intake.rows(Submission)), len(intake.rows(models.Outbox))


def is_accepted_whole_or_rejected_without_a_trace(intake, body):
    """A submission that is accepted leaves a row and its event; one that is rejected leaves neither."""
    submissions, events = stored(intake)
    answer = intake.client().post(f"{API}/submissions", data=body, content_type="application/json")
    if answer.status_code == 201:
        assert stored(intake) == (submissions + 1, events + 1)
        return
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.content_type == "application/problem+json"
    assert stored(intake) == (submissions, events)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=nearly_good() | anything)
def test_no_submission_makes_the_server_stumble(intake, body):
    is_accepted_whole_or_rejected_without_a_trace(intake, json.dumps(body))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300))
def test_no_bytes_make_the_server_stumble(intake, body):
    is_accepted_whole_or_rejected_without_a_trace(intake, body)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(["/", "/alvdalen/e-tjanster/felanmalan", f"{API}/e-services", f"{API}/attachments"]),
    method=st.sampled_from(["GET", "POST"]),
    query=st.binary(max_size=60),
)
def test_no_bytes_in_an_address_make_the_server_stumble(intake, path, method, query):
    raw = {"QUERY_STRING": query.decode("latin-1")}

    assert intake.client().open(path, method=method, environ_overrides=raw).status_code < 500


def test_nine_hundred_fields_are_reported_a_hundred_at_a_time(intake):
    answer = intake.submit(a_fault_report(**{f"field{number}": "x" for number in range(900)}))

    assert answer.status_code == 422
    assert len(answer.json["errors"]) == 100
    assert answer.json["errors_omitted"] == 800


def test_an_error_is_in_the_language_of_who_sent_it_and_names_its_question(intake):
    invalid = a_fault_report(noticed_on="2999-01-01")

    for language, beginning in (
        ("sv", "”När såg du felet?” kan inte vara"),
        ("en", "“When did you see the fault?” cannot be"),
    ):
        answer = intake.client().post(f"{API}/submissions", json=invalid, headers={"Accept-Language": language})
        [error] = answer.json["errors"]
        assert error["pointer"] == "/answers/noticed_on"
        assert error["message"].startswith(beginning)


def test_rejections_are_counted_by_their_errors(intake):
    before = REJECTED.labels("future")._value.get()

    intake.submit(a_fault_report(noticed_on="2999-01-01"))

    assert REJECTED.labels("future")._value.get() == before + 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/eservice"),
        ({"eservice": "felanmalan"}, "/answers"),
        ({"eservice": "felanmalan", "answers": []}, "/answers"),
        ({"eservice": "flygtillstand", "answers": {}}, "/eservice"),
        ({"eservice": 7, "answers": {}}, "/eservice"),
        ({"eservice": "felanmalan", "answers": {}, "language": "tlh"}, "/language"),
        ({"eservice": "felanmalan", "answers": {}, "attachments": {"photo": ["x"]}}, "/attachments/photo/0"),
        ({"eservice": "felanmalan", "answers": {}, "attachments": []}, "/attachments"),
        ({"eservice": "felanmalan", "answers": {}, "extra": 1}, "/extra"),
        ({"eservice": "felanmalan", "answers": {"_schema": 1}}, "/answers/_schema"),
        ({"eservice": "felanmalan", "answers": {}, "attachments": {"_schema": []}}, "/attachments/_schema"),
    ],
)
def test_errors_around_the_answers_are_pointed_at(intake, body, pointer):
    answer = intake.submit(body)

    assert answer.status_code == 422
    assert pointer in {each["pointer"] for each in answer.json["errors"]}
