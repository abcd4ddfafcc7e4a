"""A file of a mail is opened by who has a signed link, and only as it came."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from services.notify.app import create_app
from services.notify.inbound.receive import Receiver
from services.notify.mail_files.models import MailFile
from services.notify.mail_files.take import FileTaker
from shared.database import Database
from shared.links import sign
from tests.builders import HandClock
from tests.notify import a_mail, everything, notify_settings
from tests.store.notify.mail_files.test_take import KIM, NOBODYS, PDF

LINK_KEY = "l" * 32


@pytest.fixture
def client(database_url: str, receiver: Receiver, tmp_path: Path, clock: HandClock) -> FlaskClient:
    receiver.receive(a_mail(files=[("ritning.pdf", PDF)]), envelope_from=KIM, recipient=NOBODYS)
    settings = notify_settings(
        database_url=database_url, smtp_url="smtp://mail.example.se", mail_files=tmp_path / "files"
    )
    return create_app(settings, clock=clock).test_client()


def test_a_signed_link_gives_the_file_to_be_shown_or_saved(store: Database, client: FlaskClient) -> None:
    [file] = everything(store, MailFile)
    path, signature = f"/notify/api/v1/mail-files/{file.id}", sign(LINK_KEY, str(file.id))

    shown, saved = (client.get(path, query_string={"signature": signature, "view": view}) for view in ("true", "false"))

    assert shown.data == saved.data == PDF
    assert shown.mimetype == "application/pdf"
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert client.get(path, query_string={"signature": sign(LINK_KEY, "another")}).status_code == 403
    assert client.get(path, query_string={"signature": sign("x" * 32, str(file.id))}).status_code == 403
    assert client.get(path).status_code == 422


def test_a_damaged_file_is_not_opened_and_is_noted(store: Database, client: FlaskClient, files: FileTaker) -> None:
    [file] = everything(store, MailFile)
    files.storage.delete(file.id)

    answer = client.get(f"/notify/api/v1/mail-files/{file.id}?signature={sign(LINK_KEY, str(file.id))}")

    assert (answer.status_code, answer.json["type"]) == (410, "urn:arende:problem:mail-file-missing")  # type: ignore[index]
    assert everything(store, MailFile)[0].damage == "missing"
