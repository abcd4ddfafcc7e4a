"""A citizen answers the mail about their case: from LMTP over the bus to the case's journal and their own page."""

import smtplib
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bench.ports import free_port
from services.intake.tracking.models import ReceivedEvent
from services.notify.mail_files.models import MailFile
from services.notify.models import Outbox
from services.operations import registry
from services.operations.registry import SERVICES, service
from services.operations.stores import Stores, migrate, stores
from services.routing.cases.models import Case, JournalEntry
from services.routing.incoming_mail.models import UnplacedMail
from services.routing.incoming_mail.unplaced import dismiss
from services.routing.organisation.officers import Officer
from services.standalone.config import Settings, standalone_settings
from shared.bus.supervisor import Supervisor
from shared.clock import utc_now
from shared.links import sign
from tests.bus import eventually
from tests.notify import a_mail
from tests.system.submissions import a_fault_report

PDF = b"%PDF-1.7\n" + bytes(200_000)
REAL = pytest.param("real", marks=[pytest.mark.postgres, pytest.mark.rabbitmq])


@pytest.fixture(params=["embedded", REAL])
def environ(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    environ = standalone_settings(Settings(var=tmp_path / "var"))
    if request.param == "real":
        make: Callable[[], str] = request.getfixturevalue("postgres_database")
        environ |= {f"{name.upper()}_DATABASE_URL": make() for name in SERVICES}
        environ |= {"ARENDE_BROKER_URL": request.getfixturevalue("broker_url")}
    return environ | {"NOTIFY_LMTP": f"127.0.0.1:{free_port()}"}


@pytest.fixture
def running(environ: dict[str, str]) -> Iterator[Stores]:
    """The three services' workers, on threads of this process."""
    for name in SERVICES:
        migrate(name, environ)
    stop = threading.Event()
    threads = Supervisor(stop).start([loop for name in SERVICES for loop in service(name).worker_loops(environ)])
    opened = stores(environ)
    yield opened
    stop.set()
    for thread in threads:
        thread.join(timeout=10)
    for store in opened.values():
        store.database.engine.dispose()


def test_an_answer_is_in_the_case_and_what_has_no_case_waits(environ: dict[str, str], running: Stores) -> None:
    client = registry.intake().web_app(environ).test_client()
    answer = client.post("/intake/api/v1/municipalities/alvdalen/submissions", json=a_fault_report())
    assert answer.status_code == 201
    eventually(lambda: mails(environ) and rows(running, "routing", Case))  # else the answer waits for its case too
    to = str(mails(environ)[0]["Reply-To"])

    with smtplib.LMTP("127.0.0.1", int(environ["NOTIFY_LMTP"].rpartition(":")[2])) as server:
        answered = a_mail("Stolpen har nummer 17.", files=[("stolpen.pdf", PDF), ("virus.exe", b"MZ")])
        server.sendmail("kim@example.org", to, answered)
        server.sendmail("kim@example.org", to, answered)
        unplaced = a_mail("Vems är det här?", files=[("karta.pdf", PDF)])
        server.sendmail("kim@example.org", "svar@alvdalen.example", unplaced)

    eventually(lambda: rows(running, "routing", UnplacedMail))
    eventually(lambda: "case.mail_received" in [each.name for each in rows(running, "intake", ReceivedEvent)])
    [entry] = [each for each in rows(running, "routing", JournalEntry) if each.action == "mail_received"]
    assert (entry.data["text"], entry.data["from_address"]) == ("Stolpen har nummer 17.", "kim@example.org")
    [waiting] = rows(running, "routing", UnplacedMail)
    assert waiting.content["text"] == "Vems är det här?"
    [left_out] = entry.data["files_not_taken"]
    assert (left_out["name"], left_out["reason"]) == ("virus.exe", "file_type")
    [kept], [map_] = entry.data["attachments"], waiting.content["attachments"]
    assert (kept["name"], kept["sha256"]) == ("stolpen.pdf", sha256(PDF).hexdigest())
    notify, signature = registry.notify().web_app(environ).test_client(), sign(environ["ARENDE_LINK_KEY"], kept["id"])
    assert notify.get(f"/notify/api/v1/mail-files/{kept['id']}?signature={signature}").data == PDF
    page = client.get(f"/alvdalen/arenden/{answer.json['reference']}").text  # type: ignore[index]
    assert "Filer: stolpen.pdf" in page
    assert "Togs inte emot: virus.exe (av ett slag som vi inte tar emot)." in page

    registrar = Officer("eva", "Eva", "2039", frozenset({"TN"}), is_registrar=True)
    dismiss(registrar, waiting.id, "Ingens", sessions=running["routing"].database.sessions, now=utc_now())
    eventually(lambda: [each.name for each in rows(running, "notify", MailFile) if each.kept_until] == ["karta.pdf"])
    assert map_["name"] == "karta.pdf"
    assert not any("Stolpen" in each.body for each in rows(running, "notify", Outbox) if each.published_at)


def mails(environ: dict[str, str]) -> list[EmailMessage]:
    """The mail that has been sent."""
    files = Path(environ["NOTIFY_MAILBOX"]).glob("*.eml")
    return [message_from_bytes(each.read_bytes(), policy=policy.default) for each in files]


def rows(opened: Stores, name: str, table: Any) -> list[Any]:
    with opened[name].database.sessions() as session:
        return list(session.scalars(select(table)))
