"""What tests of notify have in common: where it runs, whom it writes to, and what its store holds."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet
from prometheus_client import REGISTRY
from sqlalchemy import select

from services.notify.channels.mail_builder import MailBuilder
from services.notify.contacts.models import Contact
from services.notify.delivery.models import Notification
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
    """Notify's settings; give `database_url`, and either `mailbox` or `smtp_url`."""
    settings = {
        "broker_url": "memory://",
        "event_keys": (Fernet.generate_key().decode(),),
        "public_url": PUBLIC_URL,
        "secret_key": "k" * 32,
        "oidc_issuer": "https://login.example.se",
        "from_address": FROM_ADDRESS,
    }
    return Settings(**settings | changes)


def a_mail_builder() -> MailBuilder:
    """The builder of mail for the municipalities of the repository."""
    by_code = {each.code: each for each in municipalities.load(Path("municipalities")).values()}
    return MailBuilder(FROM_ADDRESS, PUBLIC_URL, by_code)


def a_notification(case_number: str = "BN 2026-00042") -> Notification:
    """The notification that a case is closed."""
    return Notification(
        id=NOTIFICATION_ID,
        municipality="2039",
        submission_id=UUID(int=1),
        eservice="bygglov",
        message="closed",
        content={"case_number": case_number},
        occurred_at=NOON,
    )


def a_contact(email: str = "kim@example.org", title: str = "Ansökan om bygglov", **changes: Any) -> Contact:
    """The contact of a submission for a building permit."""
    values: dict[str, Any] = {
        "submission_id": UUID(int=1),
        "municipality": "2039",
        "reference": "7K4M-2QXH-9TRW",
        "eservice": "bygglov",
        "eservice_title": {"sv": title},
        "language": "sv",
        "email": email,
        "legal_regime": "forvaltningslagen",
        "confidential": False,
    }
    return Contact(**values | changes)


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
