"""`arende reconcile` names the events that a subscriber lacks, and the files that are damaged."""

from datetime import timedelta
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, insert

from services.cli.main import main
from services.intake.attachments.models import Attachment
from services.notify.mail_files.models import MailFile
from services.operations.registry import SERVICES
from services.operations.stores import migrate, stores
from services.routing.documents.models import Document
from services.standalone.config import Settings, standalone_settings
from shared.bus.topology import EVENTS_EXCHANGE
from shared.clock import utc_now


@pytest.fixture
def opened(tmp_path):
    """Three empty stores."""
    environ = standalone_settings(Settings(var=tmp_path))
    for service in SERVICES:
        migrate(service, environ)
    made = stores(environ)
    yield made
    for store in made.values():
        store.database.engine.dispose()


def reconcile(tmp_path, *words):
    return CliRunner().invoke(main, ["reconcile", *words], env={"ARENDE_VAR": str(tmp_path)})


def test_an_event_that_one_of_two_subscribers_lacks_is_named(opened, tmp_path):
    event_id, at = uuid4(), utc_now() - timedelta(minutes=5)
    row = {"event_id": event_id, "subject": "s", "exchange": EVENTS_EXCHANGE, "routing_key": "submission.received.2039"}
    row |= {"body": "{}", "secret": False, "recorded_at": at, "published_at": at}
    handled = {"event_id": event_id, "name": "submission.received", "subject": "s", "handled_at": at}
    with opened["intake"].database.sessions.begin() as session:
        session.execute(insert(opened["intake"].tables.outbox).values(row))
    with opened["notify"].database.sessions.begin() as session:
        session.execute(insert(opened["notify"].tables.inbox).values(handled))

    result = reconcile(tmp_path)

    assert result.exit_code == 1
    assert result.stdout == f"{event_id}  submission.received of intake not handled by routing\n1 missing\n"
    assert reconcile(tmp_path, "--grace", "10m").stdout == "Nothing is missing.\n"


def test_a_damaged_attachment_is_named(opened, tmp_path):
    row = {"id": uuid4(), "municipality": "2039", "eservice": "bygglov", "field": "site_plan", "name": "plan.pdf"}
    row |= {"media_type": "application/pdf", "size": 1, "sha256": "", "received_at": utc_now(), "damage": "missing"}
    with opened["intake"].database.sessions.begin() as session:
        session.execute(insert(Attachment).values(row))

    result = reconcile(tmp_path)

    assert (result.exit_code, result.stdout) == (1, f"{row['id']}  attachment of None missing\n1 missing\n")


def test_a_damaged_document_is_named(opened, tmp_path):
    row = {"id": uuid4(), "municipality": "2039", "case_id": uuid4(), "sequence": 3, "name": "plan.pdf"}
    row |= {"media_type": "application/pdf", "size": 1, "sha256": "", "position_removed": False, "uploaded_by": "anna"}
    row |= {"received_at": utc_now(), "damage": "altered"}
    without_cases = create_engine(f"sqlite:///{tmp_path}/routing.sqlite")
    with without_cases.begin() as connection:
        connection.execute(insert(Document).values(row))
    without_cases.dispose()

    result = reconcile(tmp_path)

    assert result.stdout == f"{row['id']}  document of case {row['case_id']} altered\n1 missing\n"


def test_a_damaged_file_of_a_mail_is_named(opened, tmp_path):
    row = {"id": uuid4(), "municipality": "2039", "mail_id": uuid4(), "name": "plan.pdf", "damage": "missing"}
    row |= {"media_type": "application/pdf", "size": 1, "sha256": "", "position_removed": False}
    with opened["notify"].database.sessions.begin() as session:
        session.execute(insert(MailFile).values(row | {"received_at": utc_now()}))

    result = reconcile(tmp_path)

    assert result.stdout == f"{row['id']}  file of mail {row['mail_id']} missing\n1 missing\n"
