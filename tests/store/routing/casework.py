"""Helpers of routing's tests: a store with cases in it, officers, and what officers request."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.routing.actions.command import CaseCommand
from services.routing.cases.models import Case
from services.routing.directory.find import known_officer
from services.routing.directory.record import record
from services.routing.models import Outbox
from services.routing.organisation.officers import Officer
from services.routing.settings import Settings
from shared.database import Database
from shared.events.envelope import Event
from shared.events.intake import Deadline, Extension, Handling, Period
from shared.swedish.law import DeadlineUnit, OnExpiry, RestartCause
from shared.swedish.time import local_date
from shared.web.tokens import Identity
from tests.builders import HandClock, a_submission, received
from tests.stores import a_folder

MIGRATIONS = Path("services/routing/migrations")
MUNICIPALITIES = Path("municipalities")
ESERVICES = Path("eservices")

ANNA = Officer("anna", "Anna Andersson", "2039", None)
ERIK = Officer("erik", "Erik Eriksson", "2039", frozenset({"TN"}))
EVA = Officer("eva", "Eva Ek", "2039", frozenset({"BN"}))
SARA = Officer("sara", "Sara Svensson", "2409", None)

LINK_KEY = "l" * 32

# The deadline of a building permit: ten weeks from when the application is complete (PBL 9 kap. 99 §).
PERMIT = Deadline(
    10,
    DeadlineUnit.WEEKS,
    {"sv": "9 kap. 99 § PBL"},
    restarts_on=RestartCause.SUPPLEMENT,
    order_within=Period(3, DeadlineUnit.WEEKS),
    extension=Extension(10, DeadlineUnit.WEEKS),
    fee_reduction=20,
    on_expiry=OnExpiry.DECIDE,
)

Receive = Callable[..., None]


class Casework:
    """Routing's store with a case in it whenever a test wants one."""

    def __init__(self, store: Database, receive: Receive, clock: HandClock) -> None:
        self.store, self.receive, self.clock = store, receive, clock

    @property
    def store_and_time(self) -> dict[str, Any]:
        """The store and the time, as use cases take them."""
        return {"sessions": self.store.sessions, "now": self.clock()}

    def a_case(self, municipality: str = "2039", **submitted: Any) -> Case:
        """A case as it is when it has just been registered."""
        submission = a_submission(**submitted)
        self.receive(received(submission, municipality=municipality))
        return only(self.store, Case, submission_id=submission.submission_id)

    def knows(self, *officers: Officer) -> list[UUID]:
        """Have them in the directory, as though they had signed in; their ids there."""
        today, ids = local_date(self.clock()), []
        with self.store.sessions.begin() as session:
            for each in officers:
                roles = {"officer", *(["registrar"] if each.boards is None or each.leads else [])}
                boards = each.boards or frozenset()
                record(session, Identity(each.subject, each.name, each.municipality, frozenset(roles), boards), today)
                known = known_officer(session, each.municipality, each.subject)
                assert known
                ids.append(known.id)
        return ids

    def now(self, case: Case) -> Case:
        """The case as it is now."""
        return only(self.store, Case, id=case.id)

    def published(self, case: Case) -> list[Event]:
        """The events of the case that routing has published on the exchange of events."""
        rows = everything(self.store, Outbox, subject=str(case.id), exchange="arende.events")
        return [Event.decode(row.body) for row in rows]


def settings_of(store: Database, issuer: str = "http://127.0.0.1:9") -> Settings:
    """The settings of a web app on the store; nobody answers at the issuer unless one is given."""
    return Settings(
        database_url=store.engine.url.render_as_string(hide_password=False),
        broker_url="memory://",
        event_keys=(),
        public_url="https://e.example.se",
        link_key=LINK_KEY,
        secret_key="s" * 32,
        oidc_issuer=issuer,
        oidc_client_id="desk",
        oidc_client_secret="",
        documents=a_folder(),
        municipalities=MUNICIPALITIES,
    )


def command(case: Case, officer: Officer = ANNA, **more: Any) -> CaseCommand:
    """An officer's command on the case, seen at any version."""
    return replace(CaseCommand(officer, case.id), **more)


def decision_data(reasons: str = "9 kap. 30 § PBL.", **more: Any) -> dict[str, Any]:
    """The data of a decision that an officer enters."""
    return {"outcome": "bifall", "reasons": reasons} | more


def handling_with_deadline(days: int | None) -> Handling:
    """The handling of an e-service with a deadline of so many working days; None for no deadline."""
    deadline = Deadline(days, "working_days", {"sv": "Löfte"}) if days else None
    return replace(a_submission().handling, deadline=deadline)


def everything(store: Database, table: type[Any], **having: Any) -> Sequence[Any]:
    """All rows of a table with these values, in the order of their keys."""
    with store.sessions() as session:
        return session.scalars(select(table).filter_by(**having).order_by(*table.__table__.primary_key)).all()


def only(store: Database, table: type[Any], **having: Any) -> Any:
    """The one row with these values."""
    [row] = everything(store, table, **having)
    return row
