"""The tables of cases: the case itself, the submission's content, the journal, and who read the case."""

from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, Integer, Text, UniqueConstraint, and_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.routing.cases.state_machine import INITIAL, OPEN, State
from services.routing.models import Base, CanonicalJson
from shared.database import Json, Utc
from shared.swedish.law import LegalRegime, OnExpiry

NO_DEADLINE = date.max

# Literal values: only so do both databases see that the partial indexes of open cases fit.
STILL_OPEN = text(f"state IN ({', '.join(repr(str(state)) for state in OPEN)})")
WAITING = text(f"state = '{INITIAL}'")
OPEN_WITH_OFFICER = text(f"{STILL_OPEN.text} AND officer_subject IS NOT NULL")
DECIDED_WITH_OFFICER = text(f"state = '{State.DECIDED}' AND officer_subject IS NOT NULL")
ENDED = text(f"state IN ({', '.join(repr(str(state)) for state in State if state not in OPEN)})")
OPEN_ON_HOLD = text(f"{STILL_OPEN.text} AND on_hold_until IS NOT NULL")
TO_BE_DECIDED = text(f"{STILL_OPEN.text} AND on_expiry = '{OnExpiry.DECIDE}'")

# The hand-out day of a waiting case (queues/claim_next.py), as the index of what waits has it, by dialect.
NO_DEADLINE_DAYS = PRIORITY_DAYS = 90
HAND_OUT_DAY = {
    "postgresql": (
        "(CASE WHEN due_by = DATE '9999-12-31' "
        f"THEN (received_at AT TIME ZONE 'UTC')::date + {NO_DEADLINE_DAYS} ELSE due_by END "
        f"- {PRIORITY_DAYS} * priority)"
    ),
    "sqlite": (
        "(julianday(CASE WHEN due_by = '9999-12-31' "
        f"THEN date(received_at, '+{NO_DEADLINE_DAYS} days') ELSE due_by END) - {PRIORITY_DAYS} * priority)"
    ),
}


class CaseIdentity(Protocol):
    """What its journal and its events have of a case, be it stored or on its way there."""

    @property
    def id(self) -> UUID: ...
    @property
    def municipality(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def submission_id(self) -> UUID: ...
    @property
    def eservice(self) -> str: ...
    @property
    def secret(self) -> bool: ...
    @property
    def protected(self) -> bool: ...
    @property
    def state(self) -> str: ...


class Case(Base):
    """A case as registers and lists show it. What may be secret stands in `SubmissionCopy`, a table apart (OSL 5:2).

    `board` handles the case now; `register_board` is the one in whose series it has its number. `due_by` is
    NO_DEADLINE where there is none, so that sorting and cursors need no rule for null. `sequence` is the number
    of the last journal entry, thus the case's version. `undelivered`: the latest notification did not arrive.
    `protected`: only the officers whom the municipality names for its protected queue see the case. `priority` is -1
    low, 0 normal, 1 high, 2 urgent; it and the `tags` come from the rule that routed the case, or from officers.
    `answer_by` is the nearest last day of its open supplement requests; None: there are none. `on_expiry` is what is
    to happen when `due_by` has passed, as `OnExpiry` has it. `on_hold_until` is when its hold ends; None: it has none.
    `state` is text: a newer version of the service may have written one that `State` does not have.
    """

    __tablename__ = "cases"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    municipality: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    register_board: Mapped[str] = mapped_column(Text)
    register_year: Mapped[int]
    register_number: Mapped[int]
    submission_id: Mapped[UUID] = mapped_column(unique=True)
    reference: Mapped[str] = mapped_column(Text)
    eservice: Mapped[str] = mapped_column(Text)
    eservice_title: Mapped[dict[str, str]] = mapped_column(Json)
    language: Mapped[str] = mapped_column(Text)
    public_title: Mapped[dict[str, str]] = mapped_column(Json)
    public_submitter: Mapped[str | None] = mapped_column(Text)
    secret: Mapped[bool]
    protected: Mapped[bool] = mapped_column(default=False)
    board: Mapped[str] = mapped_column(Text)
    queue: Mapped[str] = mapped_column(Text)
    priority: Mapped[int] = mapped_column(default=0)
    tags: Mapped[list[str]] = mapped_column(Json, default=list)
    state: Mapped[str] = mapped_column(Text)
    officer_subject: Mapped[str | None] = mapped_column(Text)
    officer_name: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Utc)
    registered_at: Mapped[datetime] = mapped_column(Utc)
    due_by: Mapped[date]
    answer_by: Mapped[date | None]
    sequence: Mapped[int]
    undelivered: Mapped[bool] = mapped_column(default=False)
    on_expiry: Mapped[str] = mapped_column(Text, default=OnExpiry.ALERT)
    on_hold_until: Mapped[datetime | None] = mapped_column(Utc)

    __table_args__ = (
        UniqueConstraint("municipality", "number"),
        UniqueConstraint("municipality", "register_board", "register_year", "register_number", name="uq_cases_series"),
        Index("ix_cases_by_deadline", "municipality", "queue", "state", "due_by", "received_at", "id"),
        Index("ix_cases_by_age", "municipality", "queue", "state", "received_at", "id"),
        Index(
            "ix_cases_open_by_deadline",
            *("municipality", "queue", "due_by", "received_at", "id"),
            postgresql_where=STILL_OPEN,
            sqlite_where=STILL_OPEN,
        ),
        Index(
            "ix_cases_open_by_age",
            *("municipality", "queue", "received_at", "id"),
            postgresql_where=STILL_OPEN,
            sqlite_where=STILL_OPEN,
        ),
        Index(
            "ix_cases_open_by_officer",
            *("municipality", "officer_subject", "due_by", "received_at", "id"),
            postgresql_where=STILL_OPEN,
            sqlite_where=STILL_OPEN,
        ),
        Index(
            "ix_cases_decided_by_officer",
            *("municipality", "officer_subject"),
            postgresql_where=DECIDED_WITH_OFFICER,
            sqlite_where=DECIDED_WITH_OFFICER,
        ),
        Index(
            "ix_cases_open_by_eservice",  # and the figures of open cases read nothing else
            *("municipality", "queue", "eservice", "due_by", "received_at", "id"),
            postgresql_include=["board", "protected"],
            postgresql_where=STILL_OPEN,
            sqlite_where=STILL_OPEN,
        ),
        Index(
            "ix_cases_to_be_decided",
            *("municipality", "queue", "due_by", "received_at", "id"),
            postgresql_where=TO_BE_DECIDED,
            sqlite_where=TO_BE_DECIDED,
        ),
        Index(
            "ix_cases_with_officer_by_deadline",
            *("municipality", "due_by"),
            postgresql_where=OPEN_WITH_OFFICER,
            sqlite_where=OPEN_WITH_OFFICER,
        ),
        Index(
            "ix_cases_ended_by_eservice",
            *("municipality", "queue", "eservice", "state", "due_by", "received_at", "id"),
            postgresql_where=ENDED,
            sqlite_where=ENDED,
        ),
        Index(
            "ix_cases_ended_by_officer",
            *("municipality", "queue", "officer_subject", "state", "due_by", "received_at", "id"),
            postgresql_where=ENDED,
            sqlite_where=ENDED,
        ),
        Index(
            "ix_cases_open_by_priority",
            *("municipality", "queue", "priority", "due_by", "received_at", "id"),
            postgresql_where=STILL_OPEN,
            sqlite_where=STILL_OPEN,
        ),
        Index(
            "ix_cases_open_by_number",
            *("municipality", "queue", "register_board", "register_year", "register_number"),
            postgresql_where=STILL_OPEN,
            sqlite_where=STILL_OPEN,
        ),
        Index(
            "ix_cases_open_by_queue_and_officer",
            *("municipality", "queue", "officer_subject", "due_by", "received_at", "id"),
            postgresql_include=["board", "protected", "eservice", "officer_name"],
            postgresql_where=OPEN_WITH_OFFICER,
            sqlite_where=OPEN_WITH_OFFICER,
        ),
        Index(
            "ix_cases_on_hold",
            *("municipality", "queue", "board", "protected", "state"),
            postgresql_where=OPEN_ON_HOLD,
            sqlite_where=OPEN_ON_HOLD,
        ),
        Index("ix_cases_by_tag", "tags", postgresql_using="gin", postgresql_ops={"tags": "jsonb_path_ops"}),
        Index("ix_cases_by_board", "municipality", "board", "protected"),
        Index("ix_cases_received_at", "received_at"),
        Index("ix_cases_by_register_number", "municipality", "register_number", "register_year"),
    )

    @property
    def due_on(self) -> date | None:
        """The last day to decide, where there is one."""
        return None if self.due_by == NO_DEADLINE else self.due_by

    def must_be_decided(self, today: date) -> bool:
        """Whether its deadline has passed and it is of those that then come first."""
        return self.state in OPEN and self.on_expiry == OnExpiry.DECIDE and self.due_by < today


class SubmissionCopy(Base):
    """The content of a submission as it was received, and why it was routed as it was: for those who may open the case.

    `submitter`, `answers` and `attachments` are as in the event `submission.received`, but for an e-mail address that
    an officer has corrected; `handling` too, but for the deadline, where a rule gave the case another.
    """

    __tablename__ = "submission_copies"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    title: Mapped[dict[str, str]] = mapped_column(Json)
    submitter: Mapped[dict[str, Any] | None] = mapped_column(Json)
    eservice_version: Mapped[int]
    handling: Mapped[dict[str, Any]] = mapped_column(Json)
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    answers: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    explanation: Mapped[dict[str, Any]] = mapped_column(Json)

    case: Mapped[Case] = relationship(lazy="raise")  # so that the case is inserted first

    @property
    def regime(self) -> LegalRegime:
        """The law that the case is handled under."""
        return known_regime(self.handling["legal_regime"])

    @property
    def submitter_is_party(self) -> bool:
        """Whether the submitter has the rights of a party, as all had before e-services could say otherwise."""
        return bool(self.handling.get("submitter_is_party", True))

    @property
    def gets_decision(self) -> bool:
        """Whether the submitter is given the decision: a party (FL 33 §); or a reply, which anybody gets."""
        return self.submitter_is_party or not self.regime.has_decision


def known_regime(code: str | None) -> LegalRegime:
    """The regime of this code.

    A code that only a newer version knows is read as förvaltningslagen: it applies where no other law does (FL 4 §),
    and has the strictest rules for a decision.
    """
    try:
        return LegalRegime(code or "")
    except ValueError:
        return LegalRegime.FORVALTNINGSLAGEN


def expired(today: date) -> ColumnElement[bool]:
    """The condition that a case comes first on this day: its deadline has passed, and it must be decided."""
    return and_(TO_BE_DECIDED, Case.due_by < today)


class JournalEntry(Base):
    """One line of a case's journal. Never changed, never removed: triggers see to it, and the chain of hashes shows it.

    `action` is a case action, or one of the others in `journal`; `state` is where the case stood after it;
    `actor_*` are null for what no officer did. `data` holds the details. `idempotency_key` and `fingerprint`
    let the same command sent twice have the same answer.
    """

    __tablename__ = "journal"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    municipality: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc)
    action: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    actor_subject: Mapped[str | None] = mapped_column(Text)
    actor_name: Mapped[str | None] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    hash: Mapped[str] = mapped_column(Text)
    idempotency_key: Mapped[str | None] = mapped_column(Text)
    fingerprint: Mapped[str | None] = mapped_column(Text)

    case: Mapped[Case] = relationship(lazy="raise")  # so that the case is inserted first

    __table_args__ = (
        Index(
            "uq_journal_idempotency_key",
            *("municipality", "actor_subject", "idempotency_key"),
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
            sqlite_where=text("idempotency_key IS NOT NULL"),
        ),
    )


class DeliveryStatus(Base):
    """When a notification about a submission was last delivered, and when one last failed; kept also before its case.

    Apart from the case: nearly every event changes it, and a row as narrow as this costs a tenth of a case's.
    """

    __tablename__ = "delivery_status"

    municipality: Mapped[str] = mapped_column(Text, primary_key=True)
    submission_id: Mapped[UUID] = mapped_column(primary_key=True)
    delivered_at: Mapped[datetime | None] = mapped_column(Utc)
    failed_at: Mapped[datetime | None] = mapped_column(Utc)


class CaseRead(Base):
    """Somebody opened a case: who, and when."""

    __tablename__ = "case_reads"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    municipality: Mapped[str] = mapped_column(Text)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    subject: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc)

    __table_args__ = (Index("ix_case_reads_case_id_at", "case_id", "at"), Index("ix_case_reads_at", "at"))
