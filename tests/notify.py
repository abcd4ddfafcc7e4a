"""What tests of notify have in common: where it runs, whom it writes to, and what its store holds."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet
from prometheus_client import REGISTRY
from sqlalchemy import select

from services.notify.channels.mail_builder import MailBuilder
from services.notify.contacts.models import Contact
from services.notify.delivery.models import Notification
from services.notify.delivery.queue import LeasedNotification
from services.notify.settings import Settings
from shared import municipalities
from shared.database import Database
from tests.builders import NOON

MIGRATIONS = Path("services/notify/migrations")
PUBLIC_URL = "https://e.example.se"
FROM_ADDRESS = "e-tjanster@kommun.example"
Receive = Callable[..., None]  # has notify receive events

NOTIFICATION_ID = UUID("6f0d3c1e-6f43-4b3d-9a53-0d5a4d2b8a11")


def notify_settings(**changes: Any) -> Settings:
    """Notify's settings; give `database_url`, `mail_files`, and either `mailbox` or `smtp_url`."""
    settings = {
        "broker_url": "memory://",
        "event_keys": (Fernet.generate_key().decode(),),
        "public_url": PUBLIC_URL,
        "secret_key": "k" * 32,
        "link_key": "l" * 32,
        "oidc_issuer": "https://login.example.se",
        "from_address": FROM_ADDRESS,
    }
    return Settings(**settings | changes)


def a_mail_builder() -> MailBuilder:
    """The builder of mail for the municipalities of the repository."""
    by_code = {each.code: each for each in municipalities.load(Path("municipalities")).values()}
    return MailBuilder(FROM_ADDRESS, PUBLIC_URL, lambda: by_code)


def a_leased_notification(case_number: str = "BN 2026-00042", **changes: Any) -> LeasedNotification:
    """The notification that the case of a building permit is closed, as a dispatcher takes it."""
    values: dict[str, Any] = {
        "id": NOTIFICATION_ID,
        "municipality": "2039",
        "submission_id": UUID(int=1),
        "message": "closed",
        "content": {"case_number": case_number},
        "traceparent": "",
        "occurred_at": NOON,
        "cause": None,
        "attempt": 1,
        "due_at": NOON,
        "reference": "7K4M-2QXH-9TRW",
        "eservice_title": {"sv": "Ansökan om bygglov"},
        "language": "sv",
        "email": "kim@example.org",
        "legal_regime": "forvaltningslagen",
        "confidential": False,
        "submitter_is_party": True,
        "expires_at": None,
    }
    return LeasedNotification(**values | changes)


def leased_of(notification: Notification, contact: Contact) -> LeasedNotification:
    """A stored notification as a dispatcher takes it."""
    stored = {**vars(contact), **vars(notification), "attempt": 1, "due_at": NOON}
    return LeasedNotification(**{each.name: stored[each.name] for each in fields(LeasedNotification)})


def everything(store: Database, table: type[Any], **having: Any) -> Sequence[Any]:
    """All rows of a table with these values."""
    with store.sessions() as session:
        return session.scalars(select(table).filter_by(**having)).all()


def only(store: Database, **having: Any) -> Notification:
    """The one notification with these values."""
    [notification] = everything(store, Notification, **having)
    return notification  # type: ignore[no-any-return]


def metric(name: str, **labels: str) -> float:
    """The value of a series of our metrics, 0 where there is none yet."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


def a_mail(
    text: str = "Måtten är 4 × 6.",
    *,
    subject: str = "Sv: Ditt ärende",
    files: Sequence[tuple[str, bytes]] = (),
    **headers: str,
) -> bytes:
    """A mail of Kim's, as it comes in; each file is called a PDF. Headers have `_` for `-`."""
    mail = EmailMessage()
    mail["From"] = "Kim Äng <kim@example.org>"
    mail["Subject"] = subject
    for name, value in {"Message_ID": "<1@example.org>", **headers}.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return mail.as_bytes().replace(b"\n", b"\r\n")
