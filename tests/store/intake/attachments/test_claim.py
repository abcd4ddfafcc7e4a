"""An upload is claimed once, by the submission that names it, and only for what it was uploaded for."""

from uuid import UUID, uuid4

import pytest

from services.intake.attachments.claim import RequestedFile, claim, claimable, claimed
from services.intake.attachments.storage import Storage
from services.intake.forms.errors import SubmissionInvalid
from tests.system.submissions import a_fault_report

ALVDALEN, ROBERTSFORS = "2039", "2409"


@pytest.fixture
def upload(any_intake):
    """The id of an uploaded plan that nothing has claimed."""
    return UUID(any_intake.upload().json["id"])


def requested(*ids, field="site_plan"):
    return [RequestedFile(each, field, f"/attachments/{field}/{place}") for place, each in enumerate(ids)]


def pointers(rejected):
    return [each.pointer for each in rejected.value.errors]


def claim_for_a_submission(intake, files):
    submission = intake.submitted(a_fault_report())
    storage = Storage(intake.settings.attachments)
    with intake.database.sessions.begin() as session:
        claim(session, files, submission_id=submission.id, storage=storage, now=intake.clock.now)
    return submission


def test_what_was_uploaded_for_it_may_be_claimed(any_intake, upload):
    with any_intake.database.sessions() as session:
        [row] = claimable(session, ALVDALEN, "bygglov", requested(upload))

    assert row.id == upload


@pytest.mark.parametrize(
    ("municipality", "eservice", "field"),
    [
        (ROBERTSFORS, "bygglov", "site_plan"),
        (ALVDALEN, "felanmalan", "site_plan"),
        (ALVDALEN, "bygglov", "elevations"),
    ],
)
def test_what_was_uploaded_for_something_else_may_not(any_intake, upload, municipality, eservice, field):
    with any_intake.database.sessions() as session, pytest.raises(SubmissionInvalid) as rejected:
        claimable(session, municipality, eservice, requested(upload, field=field))

    assert pointers(rejected) == [f"/attachments/{field}/0"]


def test_each_file_that_is_missing_or_named_twice_is_an_error_at_its_place(any_intake, upload):
    with any_intake.database.sessions() as session, pytest.raises(SubmissionInvalid) as rejected:
        claimable(session, ALVDALEN, "bygglov", requested(upload, uuid4(), upload))

    assert pointers(rejected) == [f"/attachments/site_plan/{place}" for place in (0, 1, 2)]


def test_a_claimed_file_belongs_to_its_submission(any_intake, upload):
    submission = claim_for_a_submission(any_intake, requested(upload))

    with any_intake.database.sessions() as session:
        assert claimed(session, upload).submission_id == submission.id


def test_a_file_is_claimed_once(any_intake, upload):
    first = claim_for_a_submission(any_intake, requested(upload))

    with pytest.raises(SubmissionInvalid) as rejected:
        claim_for_a_submission(any_intake, requested(upload))

    assert pointers(rejected) == ["/attachments/site_plan/0"]
    with any_intake.database.sessions() as session:
        assert claimed(session, upload).submission_id == first.id


@pytest.mark.parametrize(("hours", "is_claimed"), [(23, True), (24, False)])
def test_an_upload_waits_for_a_day(any_intake, upload, hours, is_claimed):
    any_intake.clock.move(hours=hours)

    if is_claimed:
        claim_for_a_submission(any_intake, requested(upload))
    else:
        with pytest.raises(SubmissionInvalid):
            claim_for_a_submission(any_intake, requested(upload))

    with any_intake.database.sessions() as session:
        assert (claimed(session, upload) is not None) == is_claimed
