"""Attachments that were received are here, as they were sent; one that is not is found, shown and said."""

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import func, select

from services.intake.attachments.kept import kept_attachments
from services.intake.attachments.models import Attachment
from shared.files.storage import Storage
from shared.links import sign
from tests.system.submissions import PDF, a_building_permit_application

API = "/intake/api/v1"


@pytest.fixture
def plan(any_intake):
    """A plan that came with a submission: its id and its file."""
    return a_plan(any_intake)


def a_plan(intake, content=PDF):
    plan, drawing = intake.upload(content).json["id"], intake.upload(field="elevations").json["id"]
    assert intake.submit(a_building_permit_application(site_plan=[plan], elevations=[drawing])).status_code == 201
    [file] = [path for path in intake.files() if path.name == plan]
    return plan, file


def check(intake, most_bytes=1_000_000):
    kept(intake).check_some(most_bytes=most_bytes, now=intake.clock())


def kept(intake):
    return kept_attachments(Storage(intake.settings.attachments), intake.database.sessions)


def damaged(intake, kind):
    """What the gauge shows."""
    kept(intake).measure()
    return REGISTRY.get_sample_value("files_damaged", {"service": "intake", "damage": kind})


def opened(intake, plan, **headers):
    signature = sign(intake.settings.link_key, plan)
    return intake.client().get(
        f"{API}/attachments/{plan}", query_string={"signature": signature}, headers={"Accept-Language": "sv", **headers}
    )


def checked(intake):
    with intake.database.sessions() as session:
        return session.scalar(select(func.count(Attachment.checked_at)))


def test_a_missing_file_is_found_and_no_longer_shown_once_it_is_restored(any_intake, plan):
    plan, file = plan
    check(any_intake)
    assert damaged(any_intake, "missing") == 0

    file.unlink()
    any_intake.clock.move(days=2)
    check(any_intake)
    assert damaged(any_intake, "missing") == 1

    file.write_bytes(PDF)
    any_intake.clock.move(minutes=1)
    check(any_intake)
    assert damaged(any_intake, "missing") == 0


def test_an_altered_file_is_found_though_it_is_as_large(any_intake, plan):
    plan, file = plan
    file.write_bytes(PDF[:-1] + b"!")

    check(any_intake)

    assert damaged(any_intake, "altered") == 1
    answer = opened(any_intake, plan)
    assert (answer.status_code, answer.json["type"]) == (410, "urn:arende:problem:attachment-altered")


def test_whoever_opens_a_missing_file_reads_that_it_is_missing_and_operators_see_it(any_intake, plan):
    plan, file = plan
    file.unlink()

    answer = opened(any_intake, plan)

    assert (answer.status_code, answer.json["type"]) == (410, "urn:arende:problem:attachment-missing")
    assert "saknas nu" in answer.json["detail"]
    assert damaged(any_intake, "missing") == 1


def test_an_officer_who_opens_it_in_a_browser_gets_a_page(intake):
    plan, file = a_plan(intake)
    file.unlink()

    answer = opened(intake, plan, Accept="text/html,application/xhtml+xml,*/*;q=0.8")

    assert (answer.status_code, answer.mimetype) == (410, "text/html")
    assert "Filen togs emot men saknas nu." in answer.text


def test_a_file_that_was_cut_short_is_not_opened(intake):
    plan, file = a_plan(intake)
    file.write_bytes(PDF[:10])

    assert opened(intake, plan).status_code == 410


def test_a_restored_file_is_opened_at_once(intake):
    plan, file = a_plan(intake)
    file.unlink()
    assert opened(intake, plan).status_code == 410

    file.write_bytes(PDF)

    assert opened(intake, plan).data == PDF


def test_little_is_read_at_a_time_and_everything_in_its_turn(any_intake):
    for _ in range(3):
        a_plan(any_intake)

    counts = []
    for _ in range(6):
        check(any_intake, most_bytes=len(PDF))
        counts.append(checked(any_intake))

    assert counts == [1, 2, 3, 4, 5, 6]
    check(any_intake)
    any_intake.clock.move(days=1, minutes=1)
    [first, *_] = sorted(any_intake.rows(Attachment), key=lambda row: row.checked_at)
    check(any_intake, most_bytes=1)
    assert [row.id for row in any_intake.rows(Attachment) if row.checked_at > first.checked_at][:1]


def test_missing_files_take_no_others_turn(intake):
    for path in [a_plan(intake)[1] for _ in range(3)]:
        path.unlink()
    check(intake)

    _, altered = a_plan(intake)
    altered.write_bytes(bytes(len(PDF)))
    check(intake, most_bytes=len(PDF))

    assert damaged(intake, "altered") == 1


def test_a_file_that_is_gone_before_it_is_claimed_is_asked_for_again(intake):
    plan, drawing = intake.upload().json["id"], intake.upload(field="elevations").json["id"]
    [file] = [path for path in intake.files() if path.name == plan]
    file.unlink()

    answer = intake.submit(a_building_permit_application(site_plan=[plan], elevations=[drawing]))

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == ["/attachments/site_plan/0"]
    again = intake.upload().json["id"]
    assert intake.submit(a_building_permit_application(site_plan=[again], elevations=[drawing])).status_code == 201
