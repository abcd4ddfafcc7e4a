"""An intake as its users meet it: over HTTP through the production door, and by events from the bus."""

from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from services.intake import models
from services.intake.app import create_app
from services.intake.settings import Settings
from services.intake.submissions.models import Submission
from services.intake.tracking.handlers import handlers
from shared.bus.event_processor import EventProcessor, Tables
from shared.database import Database
from shared.events.encryption import Keyring
from shared.events.envelope import Event
from tests.builders import HandClock
from tests.stores import migrated
from tests.system.submissions import PDF

API = "/intake/api/v1/municipalities/alvdalen"
UNLIMITED = dict.fromkeys(
    (
        "limit_client",
        "limit_recipient",
        "limit_eservice",
        "limit_client_megabytes",
        "limit_all_megabytes",
        "limit_guesses",
        "limit_drafts",
        "limit_text_megabytes",
        "limit_lookups",
    ),
    10**6,
)


@dataclass
class Intake:
    """One intake: its app, its store, its clock."""

    app: Flask
    database: Database
    settings: Settings
    clock: HandClock

    @classmethod
    def opened(cls, folder: Path, database_url: str, clock: HandClock, **changes: Any) -> "Intake":
        """One with an empty store."""
        (folder / "attachments").mkdir(exist_ok=True)
        settings = Settings(
            **{
                "database_url": database_url,
                "broker_url": "memory://intake-tests",
                "event_keys": (Fernet.generate_key().decode(),),
                "public_url": "https://e-tjanster.example.se",
                "secret_key": "s" * 32,
                "link_key": "l" * 32,
                "attachments": folder / "attachments",
                **UNLIMITED,
                **changes,
            }
        )
        database = migrated(database_url, "intake")
        return cls(create_app(settings, clock=clock), database, settings, clock)

    def restarted(self, **changes: Any) -> "Intake":
        """The same store with other settings."""
        settings = replace(self.settings, **changes)
        return replace(self, app=create_app(settings, clock=self.clock), settings=settings)

    def submit(self, submission: Any, *, key: str | None = None, **options: Any) -> TestResponse:
        """Send a submission through the API."""
        headers = {"Idempotency-Key": key} if key else {}
        return self.client().post(f"{API}/submissions", json=submission, headers=headers, **options)

    def upload(
        self, content: bytes = PDF, *, name: str = "plan.pdf", field: str = "site_plan", eservice: str = "bygglov"
    ) -> TestResponse:
        """Send a file through the API."""
        return self.client().post(
            f"{API}/attachments",
            query_string={"eservice": eservice, "field": field},
            data={"file": (BytesIO(content), name)},
        )

    def submitted(self, submission: Any) -> Submission:
        """Send a good submission; the row that it became."""
        reference = self.submit(submission).json["reference"]
        [row] = [row for row in self.rows(Submission) if row.reference == reference]
        return row

    def status(self, reference: str, language: str = "sv") -> TestResponse:
        """Request the status of a submission."""
        return self.client().get(f"{API}/submissions/{reference}", headers={"Accept-Language": language})

    def client(self) -> FlaskClient:
        """Somebody's browser or program."""
        return self.app.test_client()

    def receive(self, *events: Event) -> None:
        """Handle events as the worker does those that come together."""
        tables = Tables(models.Outbox, models.Inbox, models.FailedEvent)
        processor = EventProcessor("intake", self.database.sessions, tables, handlers(), self.clock)
        processor.handle(events)

    def rows(self, table: Any) -> list[Any]:
        """Everything in a table."""
        with self.database.sessions() as session:
            return list(session.scalars(select(table)))

    def outbox(self) -> list[dict[str, Any]]:
        """The events in the outbox, in order, their data decrypted."""
        return [self._opened(row.body) for row in sorted(self.rows(models.Outbox), key=lambda row: row.id)]

    def _opened(self, body: str) -> dict[str, Any]:
        data = Event.decode(body, Keyring(self.settings.event_keys)).data
        return {**orjson.loads(body), "data": data}

    def files(self) -> list[Path]:
        """Every file in the folder of attachments."""
        return [path for path in self.settings.attachments.rglob("*") if path.is_file()]
