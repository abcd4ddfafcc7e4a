"""Whatever is sent, the answer is a clear 4xx problem, never a 500, and nothing is half-written."""

import json
import socket
from contextlib import suppress
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import func, select

from services.intake.attachments.models import Attachment
from services.intake.models import Outbox
from services.intake.submissions.models import Submission
from tests.system.people import SLUG, Citizen
from tests.system.submissions import PDF, a_building_permit_application, a_fault_report

MB = 1_000_000
EXECUTABLE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(2000)


@pytest.fixture
def citizen(installation):
    """Somebody whose client sends anything."""
    return Citizen(installation)


@pytest.fixture(autouse=True)
def _nothing_is_written(installation):
    """Whatever a test here sends leaves no trace in the store or the folder."""

    def written():
        with installation.stores["intake"].database.sessions() as session:
            rows = [session.scalar(select(func.count()).select_from(each)) for each in (Submission, Attachment, Outbox)]
        files = [file for file in Path(installation.environ["INTAKE_ATTACHMENTS"]).rglob("*") if file.is_file()]
        return rows, sorted(files)

    before = written()
    yield
    assert written() == before


def is_a_problem(answer: httpx.Response, *statuses: int) -> bool:
    """Whether the answer refuses with a problem that says what is wrong."""
    assert answer.status_code in (statuses or range(400, 500)), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["type"].startswith("urn:arende:problem:")
    assert problem["title"]
    return True


def faulty(answer: httpx.Response) -> set[str]:
    """The JSON pointers of the faults that a problem lists."""
    assert is_a_problem(answer, 422)
    return {fault["pointer"] for fault in answer.json()["errors"]}


def with_answers(**answers):
    """A fault report with these answers in place of good ones."""
    return a_fault_report(**answers)


BODIES = {
    "nothing": b"",
    "half of it": b'{"eservice": "felanmalan", "answers": {',
    "no JSON at all": b"eservice=felanmalan",
    "a list": b"[]",
    "a text": b'"felanmalan"',
    "null": b"null",
    "invalid UTF-8": b'{"eservice": "felanmalan", "answers": {"description": "\xff\xfe"}}',
    "UTF-16": '{"eservice": "felanmalan"}'.encode("utf-16"),
    "NaN": b'{"eservice": "felanmalan", "answers": {"category": NaN}}',
    "Infinity": b'{"eservice": "felanmalan", "answers": {"category": -Infinity}}',
    "a lone surrogate": b'{"eservice": "felanmalan", "answers": {"description": "\\ud800"}}',
    "NUL": b'{"eservice": "felanmalan", "answers": {"description": "\\u0000"}}',
    "a hundred thousand brackets": b"[" * 100_000,
    "deep objects": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "a number of 5,000 digits": b'{"eservice": ' + b"9" * 5000 + b"}",
    "two megabytes": b'{"eservice": "' + b"x" * 2 * MB + b'"}',
    "ten thousand fields": json.dumps(
        {"eservice": "felanmalan", "answers": {f"field{n}": "x" for n in range(10_000)}}
    ).encode(),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_submission_is_refused(citizen, body):
    answer = citizen.client.post(
        citizen.api(SLUG, "submissions"), content=body, headers={"Content-Type": "application/json"}
    )

    assert is_a_problem(answer)


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "image/png"])
def test_another_media_type_is_refused(citizen, media_type):
    body = json.dumps(a_fault_report()).encode()

    answer = citizen.client.post(citizen.api(SLUG, "submissions"), content=body, headers={"Content-Type": media_type})

    assert is_a_problem(answer, 415)


@pytest.mark.parametrize(
    ("submission", "pointers"),
    [
        (with_answers(category="no such thing"), {"/answers/category"}),
        (with_answers(category=["street_light"]), {"/answers/category"}),
        (with_answers(category=7), {"/answers/category"}),
        (with_answers(noticed_on="2999-01-01"), {"/answers/noticed_on"}),
        (with_answers(noticed_on="the day before yesterday"), {"/answers/noticed_on"}),
        (with_answers(noticed_on="2026-02-30"), {"/answers/noticed_on"}),
        (with_answers(email="not an address"), {"/answers/email"}),
        (with_answers(email="a@example.se\r\nBcc: all@example.se"), {"/answers/email"}),
        (with_answers(wants_answer="yes"), {"/answers/wants_answer"}),
        (with_answers(place="Dalgatan"), {"/answers/place"}),
        (with_answers(description="x" * 5000), {"/answers/description"}),
        (with_answers(description=None, place=None), {"/answers/description", "/answers/place"}),
        (with_answers(no_such_question="x"), {"/answers/no_such_question"}),
        (with_answers(_schema="x"), {"/answers/_schema"}),
    ],
)
def test_every_faulty_answer_is_pointed_at(citizen, submission, pointers):
    assert faulty(citizen.submit(submission)) == pointers


@pytest.mark.parametrize(
    "number", ["19861209-2381", "19861309-2380", "20991209-2380", "861209", "abc", "1986120923800", "５５"]
)
def test_an_identity_number_that_cannot_be_is_pointed_at(citizen, number):
    application = a_building_permit_application()
    application["answers"]["applicant_number"] = number

    assert "/answers/applicant_number" in faulty(citizen.submit(application))


def test_missing_drawings_are_pointed_at(citizen):
    assert faulty(citizen.submit(a_building_permit_application())) == {
        "/attachments/site_plan",
        "/attachments/elevations",
    }


@pytest.mark.parametrize("attachment", ["not an id", "0198f3a2-7c41-7d3e-9b52-000000000001", 7, None])
def test_an_attachment_that_was_never_sent_is_pointed_at(citizen, attachment):
    application = a_building_permit_application(site_plan=[attachment], elevations=[attachment])

    assert any(pointer.startswith("/attachments/site_plan") for pointer in faulty(citizen.submit(application)))


def test_no_such_e_service(citizen):
    assert is_a_problem(citizen.submit({"eservice": "flygtillstand", "language": "sv", "answers": {}}), 404, 422)


def test_no_such_municipality(citizen):
    assert is_a_problem(citizen.submit(a_fault_report(), slug="atlantis"), 404)


@pytest.mark.parametrize("key", ["", "x" * 1000, "nyckel å"])
def test_an_idempotency_key_that_is_none(citizen, key):
    answer = citizen.client.post(
        citizen.api(SLUG, "submissions"),
        json=a_fault_report(),
        headers=[(b"Idempotency-Key", key.encode())],
    )

    assert is_a_problem(answer, 400, 422)


@pytest.mark.parametrize("reference", ["AAAA-AAAA-AAAA-AAAA", "x", "%00", "../../etc/passwd", "å" * 50])
def test_a_reference_that_nobody_was_given(citizen, reference):
    answer = citizen.client.get(citizen.api(SLUG, f"submissions/{reference}"))

    assert is_a_problem(answer, 400, 404)


def upload(citizen, content, name="plan.pdf"):
    """Send a file as a site plan."""
    return citizen.client.post(
        citizen.api(SLUG, "attachments"),
        params={"eservice": "bygglov", "field": "site_plan"},
        files={"file": (name, content, "application/pdf")},
    )


def test_an_executable_named_pdf_is_not_taken(citizen):
    assert is_a_problem(upload(citizen, EXECUTABLE), 415, 422)


def test_an_empty_file_is_not_taken(citizen):
    assert is_a_problem(upload(citizen, b""), 400, 415, 422)


def test_a_page_named_pdf_is_not_taken(citizen):
    assert is_a_problem(upload(citizen, b"<!doctype html><script>alert(1)</script>"), 415, 422)


def test_a_file_for_no_such_question_is_not_taken(citizen):
    answer = citizen.client.post(
        citizen.api(SLUG, "attachments"),
        params={"eservice": "bygglov", "field": "applicant_name"},
        files={"file": ("plan.pdf", PDF, "application/pdf")},
    )

    assert is_a_problem(answer, 404, 422)


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
def test_two_hundred_megabytes_are_refused_before_they_are_all_sent(citizen, chunked):
    address = urlsplit(citizen.api(SLUG, "attachments"))
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {200 * MB}"
    head = (
        f"POST {address.path}?eservice=bygglov&field=site_plan&name=plan.pdf HTTP/1.1\r\n"
        f"Host: {address.netloc}\r\nContent-Type: application/pdf\r\n{length}\r\n\r\n"
    )
    piece = PDF + bytes(64_000)
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        connection.sendall(head.encode())
        sent = 0
        with suppress(BrokenPipeError, ConnectionResetError):
            while sent < 200 * MB:
                connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                sent += len(piece)
        answer = HTTPResponse(connection)
        answer.begin()
        problem = json.loads(answer.read())

    assert sent < 200 * MB
    assert (answer.status, answer.headers["Content-Type"]) == (413, "application/problem+json")
    assert problem["status"] == 413


def test_a_form_with_ten_thousand_fields_is_refused(citizen):
    page = citizen.page(f"/{SLUG}/e-tjanster/felanmalan")
    assert page.status_code == 200

    answer = citizen.client.post(
        citizen.installation.url(f"/{SLUG}/e-tjanster/felanmalan"),
        data={f"field{n}": "x" for n in range(10_000)},
    )

    assert 400 <= answer.status_code < 500
