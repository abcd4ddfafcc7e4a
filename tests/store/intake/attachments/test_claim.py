"""An upload is claimed once, by the submission that names it, and only for what it was uploaded for."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from services.intake.attachments.claim import RequestedFile, claim, claimable, claimed
from services.intake.attachments.models import Attachment
from services.intake.forms.errors import SubmissionInvalid
from services.intake.forms.fields.file import FileField
from shared.files.storage import Storage
from tests.system.submissions import a_fault_report

ALVDALEN, ROBERTSFORS = "2039", "2409"
FIELDS = {
    name: FileField(name=name, label={"sv": name, "en": name}, max_files=20, max_megabytes=50, max_megabytes_in_all=60)
    for name in ("site_plan", "elevations")
}


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
        [row] = claimable(session, ALVDALEN, "bygglov", FIELDS, requested(upload))

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
        claimable(session, municipality, eservice, FIELDS, requested(upload, field=field))

    assert pointers(rejected) == [f"/attachments/{field}/0"]


def test_each_file_that_is_missing_or_named_twice_is_an_error_at_its_place(any_intake, upload):
    with any_intake.database.sessions() as session, pytest.raises(SubmissionInvalid) as rejected:
        claimable(session, ALVDALEN, "bygglov", FIELDS, requested(upload, uuid4(), upload))

    assert pointers(rejected) == [f"/attachments/site_plan/{place}" for place in (0, 1, 2)]


def sized(intake, megabytes, *ids):
    """Say of uploads that they are so large."""
    with intake.database.sessions.begin() as session:
        session.execute(update(Attachment).where(Attachment.id.in_(ids)).values(size=megabytes * 1_000_000))


@pytest.mark.parametrize(
    ("megabytes", "fields", "code", "places"),
    [
        (30, ("site_plan", "site_plan"), None, []),
        (31, ("site_plan", "site_plan"), "too_large_in_all", ["/attachments/site_plan/1"]),
        (34, ("site_plan", "elevations", "elevations"), "too_large_in_all", ["/attachments/elevations/2"]),
        (50, ("site_plan", "elevations"), None, []),
        (51, ("site_plan",), "too_large", ["/attachments/site_plan/0"]),
    ],
)
def test_files_are_claimed_only_where_they_fit_together(intake, megabytes, fields, code, places):
    ids = [UUID(intake.upload(field=field).json["id"]) for field in fields]
    sized(intake, megabytes, *ids)
    files = [
        RequestedFile(each, field, f"/attachments/{field}/{place}")
        for place, (each, field) in enumerate(zip(ids, fields, strict=True))
    ]

    with intake.database.sessions() as session:
        if code is None:
            assert len(claimable(session, ALVDALEN, "bygglov", FIELDS, files)) == len(ids)
            return
        with pytest.raises(SubmissionInvalid) as rejected:
            claimable(session, ALVDALEN, "bygglov", FIELDS, files)

    assert pointers(rejected) == places
    assert {each.error.code for each in rejected.value.errors} == {code}


def test_a_file_that_fits_its_question_may_not_fit_the_form(intake):
    fields = ("site_plan", "site_plan", "elevations", "elevations")
    ids = [UUID(intake.upload(field=field).json["id"]) for field in fields]
    sized(intake, 30, *ids)
    files = [RequestedFile(each, field, str(each)) for each, field in zip(ids, fields, strict=True)]

    with intake.database.sessions() as session, pytest.raises(SubmissionInvalid) as rejected:
        claimable(session, ALVDALEN, "bygglov", FIELDS, files)

    [error] = rejected.value.errors
    assert (error.pointer, error.error.code) == (str(ids[3]), "form_too_large")
    assert error.error.values["size"] == {"sv": "120", "en": "120"}


def test_a_file_that_is_gone_is_named(intake):
    upload = UUID(intake.upload(name="plan.pdf").json["id"])
    intake.clock.move(hours=25)

    with pytest.raises(SubmissionInvalid) as rejected:
        claim_for_a_submission(intake, requested(upload))

    [error] = rejected.value.errors
    assert (error.error.code, error.error.values) == ("file_gone", {"name": "plan.pdf"})


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
