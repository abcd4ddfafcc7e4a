"""Files: received a piece at a time, known by what they are and not by their names, gone when nobody claims them."""

import hashlib
import os
from io import BytesIO
from urllib.parse import quote

import pytest

from services.intake.attachments import upload
from services.intake.attachments.models import Attachment
from services.intake.forms.fields.file import FileField
from shared.files.file_types import KINDS
from shared.files.storage import Storage
from shared.links import sign
from tests.documents import EXCEL, WORD_WITH_MACROS, ooxml, open_document
from tests.pictures import LATITUDE, exif_segment, jpeg, tiff
from tests.store.intake.harness import API
from tests.system.submissions import PDF, a_building_permit_application

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(100)
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(100)
WEBP = b"RIFF\x24\0\0\0WEBPVP8 " + bytes(100)
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)
EXECUTABLE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(500)
ZIP = b"PK\x03\x04" + bytes(200)


def submitted_with_a_plan(intake):
    """A plan that came with a submission."""
    plan, drawing = intake.upload().json["id"], intake.upload(field="elevations").json["id"]
    assert intake.submit(a_building_permit_application(site_plan=[plan], elevations=[drawing])).status_code == 201
    return plan


def test_a_file_is_kept_as_it_was_sent(intake):
    answer = intake.upload(PDF)

    assert answer.status_code == 201
    assert answer.json["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert answer.json["size"] == len(PDF)
    assert answer.json["media_type"] == "application/pdf"
    [file] = intake.files()
    assert file.read_bytes() == PDF


def test_a_file_may_be_the_body_itself(intake):
    answer = intake.client().post(
        f"{API}/attachments",
        query_string={"eservice": "bygglov", "field": "site_plan", "name": "plan.pdf"},
        data=PDF,
        content_type="application/pdf",
    )

    assert (answer.status_code, answer.json["name"]) == (201, "plan.pdf")


@pytest.mark.parametrize(
    ("content", "field", "eservice", "media_type"),
    [
        (PNG, "site_plan", "bygglov", "image/png"),
        (JPEG, "photo", "felanmalan", "image/jpeg"),
        (WEBP, "photo", "felanmalan", "image/webp"),
        (HEIC, "photo", "felanmalan", "image/heif"),
        (HEIC.replace(b"heic", b"heix", 1), "photo", "felanmalan", "image/heif"),
        (HEIC.replace(b"heic", b"mif1", 1), "photo", "felanmalan", "image/heif"),
        (HEIC.replace(b"heic", b"avif", 1), "photo", "felanmalan", "image/avif"),
        (PDF, "supplement", "bygglov", "application/pdf"),
        (b"\n" + PDF, "supplement", "bygglov", "application/pdf"),
        (ooxml(), "supplement", "bygglov", KINDS["docx"].media_types[0]),
        (ooxml(EXCEL, "xl/workbook.xml"), "supplement", "bygglov", KINDS["xlsx"].media_types[0]),
        (open_document(), "supplement", "bygglov", "application/vnd.oasis.opendocument.text"),
    ],
)
def test_the_kind_of_a_file_is_known_by_what_is_in_it(intake, content, field, eservice, media_type):
    answer = intake.upload(content, field=field, eservice=eservice, name="whatever.exe")

    assert (answer.status_code, answer.json["media_type"]) == (201, media_type)


@pytest.mark.parametrize(
    "content",
    [
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"RIFF\x24\0\0\0AVI LIST",
        b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 ",
        b"\xff\xd8#!/bin/sh\n",
        rb"\x89PNG\r\n\x1a\n",
        rb"\377\330\377",
        b"\0\0\0\x18ftypisom\0\0\0\0mp42isom",
        b"x" * 1025 + b"%PDF-1.4",
        ooxml(WORD_WITH_MACROS),
        open_document("application/vnd.oasis.opendocument.spreadsheet"),
    ],
    ids=[
        "sound",
        "film",
        "JPEG 2000",
        "script",
        "PNG in words",
        "JPEG in words",
        "MP4",
        "PDF far on",
        "macros",
        "sheet",
    ],
)
def test_what_only_resembles_a_picture_or_a_document_is_rejected(intake, content):
    assert intake.upload(content, field="supplement").status_code == 415
    assert intake.upload(content + bytes(100), field="supplement").status_code == 415


@pytest.mark.parametrize("name", ["ritning.bat", "ritning.html", "ritning.pdf.exe", "ritning"])
def test_a_file_is_called_what_it_is_so_that_nobody_opens_it_as_something_else(intake, name):
    answer = intake.upload(PDF, field="site_plan", eservice="bygglov", name=name)

    assert answer.json["name"] == f"{name}.pdf"


@pytest.mark.parametrize(
    ("content", "field", "eservice", "status"),
    [
        (EXECUTABLE, "site_plan", "bygglov", 415),
        (ZIP, "site_plan", "bygglov", 415),
        (b"<!doctype html><script>alert(1)</script>", "site_plan", "bygglov", 415),
        (b"x", "site_plan", "bygglov", 415),
        (PDF, "photo", "felanmalan", 415),
        (b"", "site_plan", "bygglov", 422),
        (PDF, "no_such_question", "bygglov", 422),
        (PDF, "applicant_name", "bygglov", 422),
        (PDF, "site_plan", "no_such_service", 404),
        (PDF, "supplement", "no_such_service", 404),
        (PDF, "supplement", "bygglov\n", 404),
        (PNG + bytes(15_000_000), "photo", "felanmalan", 413),
    ],
    ids=[
        "executable",
        "zip",
        "page",
        "one byte",
        "pdf for a picture",
        "empty",
        "no question",
        "words",
        "none",
        "more to none",
        "more to a line",
        "large",
    ],
)
def test_what_is_rejected_leaves_nothing_behind(intake, content, field, eservice, status):
    answer = intake.upload(content, field=field, eservice=eservice)

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert intake.files() == intake.rows(Attachment) == []


def test_multipart_without_a_file_is_rejected(intake):
    answer = intake.client().post(
        f"{API}/attachments", query_string={"eservice": "bygglov", "field": "site_plan"}, data={"other": "x"},
        content_type="multipart/form-data",
    )  # fmt: skip

    assert answer.status_code == 422


@pytest.mark.parametrize(("parts", "status"), [(60, 201), (61, 413)])
def test_a_request_opens_no_more_than_sixty_files(intake, parts, status):
    answer = intake.client().post(
        f"{API}/attachments",
        query_string={"eservice": "bygglov", "field": "site_plan"},
        data={"file": [(BytesIO(PDF), "plan.pdf") for _ in range(parts)]},
    )

    assert answer.status_code == status


def test_a_picture_is_kept_without_the_place_where_it_was_taken(intake):
    answer = intake.upload(jpeg(exif_segment(tiff())), field="photo", eservice="felanmalan", name="bron.jpg")

    [file] = intake.files()
    content = file.read_bytes()
    assert LATITUDE not in content
    assert answer.json["position_removed"] is True
    assert answer.json["sha256"] == hashlib.sha256(content).hexdigest()
    assert intake.upload(PDF).json["position_removed"] is False


def test_a_question_may_ask_for_the_place_where_a_picture_was_taken(intake):
    field = FileField(name="photo", label={"sv": "Foto", "en": "Photo"}, accept=("jpeg",), keep_position=True)
    picture = jpeg(exif_segment(tiff()))

    received = upload.receive(
        upload.Upload("2039", "felanmalan", field, "bron.jpg"),
        BytesIO(picture),
        storage=Storage(intake.settings.attachments),
        scanner=None,
        sessions=intake.database.sessions,
        now=intake.clock.now,
    )

    [file] = intake.files()
    assert file.read_bytes() == picture
    assert received.position_removed is False


def test_a_picture_of_more_parts_than_any_is_refused_and_leaves_nothing(intake):
    picture = jpeg(*[exif_segment(b"")] * 101)

    answer = intake.upload(picture, field="photo", eservice="felanmalan", name="bron.jpg")

    assert (answer.status_code, intake.files()) == (415, [])
    assert "”bron.jpg” går inte att läsa som en bild" in answer.json["detail"]


def test_an_error_names_the_file_and_the_kinds_as_people_call_them(intake):
    answer = intake.upload(ZIP, field="supplement", name="allt.zip")

    assert "”allt.zip”" in answer.json["detail"]
    assert "HEIC, AVIF, WebP, Word (docx), Excel (xlsx), OpenDocument-text (odt)" in answer.json["detail"]


def test_nobody_opens_a_file_without_a_signed_link(intake):
    plan = submitted_with_a_plan(intake)
    path = f"/intake/api/v1/attachments/{plan}"

    assert intake.client().get(path).status_code == 422
    assert intake.client().get(f"{path}?signature=x").status_code == 403
    signed_for_another = sign(intake.settings.link_key, "another")
    assert intake.client().get(f"{path}?signature={signed_for_another}").status_code == 403


def test_an_officer_opens_a_file_by_a_signed_link(intake):
    plan = submitted_with_a_plan(intake)
    signature = sign(intake.settings.link_key, plan)

    answer = intake.client().get(f"/intake/api/v1/attachments/{plan}?signature={quote(signature)}")

    assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
    assert answer.headers["Content-Disposition"] == "attachment; filename=plan.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_pdf_is_shown_in_the_desks_own_frame_where_the_link_asks_for_it(intake):
    plan = submitted_with_a_plan(intake)
    signature = sign(intake.settings.link_key, plan)

    answer = intake.client().get(f"/intake/api/v1/attachments/{plan}?signature={quote(signature)}&view=true")

    assert (answer.status_code, answer.data) == (200, PDF)
    assert answer.headers["Content-Disposition"] == "inline; filename=plan.pdf"
    [policy] = answer.headers.getlist("Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy


def test_a_link_to_what_nobody_has_claimed_opens_nothing(intake):
    plan = intake.upload().json["id"]
    signature = sign(intake.settings.link_key, plan)

    assert intake.client().get(f"/intake/api/v1/attachments/{plan}?signature={signature}").status_code == 404


def test_what_nobody_claims_is_gone_after_a_day_row_and_file(any_intake):
    submitted_with_a_plan(any_intake)
    any_intake.upload()
    storage = Storage(any_intake.settings.attachments)
    assert len(any_intake.files()) == 3

    any_intake.clock.move(hours=23)
    assert upload.purge(storage=storage, sessions=any_intake.database.sessions, now=any_intake.clock.now) == 0
    any_intake.clock.move(hours=2)
    assert upload.purge(storage=storage, sessions=any_intake.database.sessions, now=any_intake.clock.now) == 1

    assert len(any_intake.files()) == len(any_intake.rows(Attachment)) == 2


def test_a_flood_that_nobody_claims_is_gone_in_one_turn(intake, monkeypatch):
    monkeypatch.setattr(upload.rows, "PURGED_AT_ONCE", 2)
    for _ in range(5):
        intake.upload()
    intake.clock.move(hours=25)

    storage = Storage(intake.settings.attachments)
    assert upload.purge(storage=storage, sessions=intake.database.sessions, now=intake.clock.now) == 5
    assert intake.files() == intake.rows(Attachment) == []


def test_what_a_crash_left_incomplete_is_swept(intake):
    storage = Storage(intake.settings.attachments)
    left = intake.settings.attachments / "incoming" / "left.part"
    left.write_bytes(b"%PDF")
    yesterday = intake.clock.now.timestamp() - 90_000
    os.utime(left, (yesterday, yesterday))

    upload.purge(storage=storage, sessions=intake.database.sessions, now=intake.clock.now)

    assert intake.files() == []
