"""Routing's tables: cases and what they hold, their journal, the registers' series, rule sets, and the bus's own."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import (
    BigInteger,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from services.routing.cases.state_machine import OPEN, State
from shared.bus.tables import FailedEventColumns, InboxColumns, OutboxColumns
from shared.database import NAMING, Json, Utc

NO_DEADLINE = date.max

# Literal values: only so do both databases see that the partial indexes of open cases fit.
STILL_OPEN = text(f"state IN ({', '.join(repr(str(state)) for state in OPEN)})")


class CanonicalJson(TypeDecorator[dict[str, Any]]):
    """JSON kept as the very text that was hashed: jsonb would rewrite numbers."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str:
        """Sorted keys, no spaces."""
        return canonical(value or {})

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any]:
        """What was said."""
        read: dict[str, Any] = orjson.loads(value or "{}")
        return read


def canonical(told: Any) -> str:
    """JSON that is the same text each time: sorted keys, no spaces, UTF-8."""
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()


class Base(DeclarativeBase):
    """Routing's tables."""

    metadata = MetaData(naming_convention=NAMING)


class Outbox(OutboxColumns, Base):
    """What routing tells."""


class Inbox(InboxColumns, Base):
    """What routing has acted on."""


class FailedEvent(FailedEventColumns, Base):
    """What routing could not handle yet."""


class Case(Base):
    """A case as registers and lists show it. What may be secret stands in `SubmissionCopy`, a table of its own (OSL 5:2).

    `board` handles the case now; `register_board` is the one in whose series it has its number. `due_by` is
    NO_DEADLINE where there is none, so that sorting and cursors need no rule for null. `sequence` is the number
    of the last journal entry, thus the case's version. `unreached`: the latest notification did not arrive.
    `protected`: only the officers whom the municipality names for its protected queue see the case. `priority` is -1
    low, 0 normal, 1 high, 2 urgent; `tags` are what the rule that routed it sets.
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
    public_sender: Mapped[str | None] = mapped_column(Text)
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
    unreached: Mapped[bool] = mapped_column(default=False)
    notified_at: Mapped[datetime | None] = mapped_column(Utc)

    __table_args__ = (
        UniqueConstraint("municipality", "number"),
        UniqueConstraint("municipality", "register_board", "register_year", "register_number", name="uq_cases_series"),
        Index("ix_cases_by_deadline", "municipality", "queue", "state", "due_by", "received_at", "id"),
        Index("ix_cases_by_age", "municipality", "queue", "state", "received_at", "id"),
        Index(
            "ix_cases_open_by_deadline",
            *("municipality", "queue", "due_by", "received_at", "id"),
            postgresql_include=["state", "board", "protected"],  # so that the overview need not visit the cases
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
    )

    @property
    def due_on(self) -> date | None:
        """The last day to decide, where there is one."""
        return None if self.due_by == NO_DEADLINE else self.due_by

    @property
    def status(self) -> State:
        """The state, as the state machine knows it."""
        return State(self.state)


class SubmissionCopy(Base):
    """What a submission said, as it was received, and why it was routed as it was: for those who may open the case.

    `handling`, `submitter`, `answers` and `attachments` are as in the event `submission.received`, save that a deadline
    set by the rule that decided stands in `handling` in place of the e-service's.
    """

    __tablename__ = "contents"

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


class JournalEntry(Base):
    """One line of a case's journal. Never changed, never removed: triggers see to it, and the chain of hashes shows it.

    `act` is a case action, or `register`, `queue` or `unreached`; `state` is where the case stood after it; `actor_*`
    are null for what no officer did. `data` is what was said or done. `idempotency_key` and `fingerprint`
    let the same command sent twice have the same answer.
    """

    __tablename__ = "journal"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    municipality: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[str] = mapped_column(Text)
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


class Decision(Base):
    """A decision as FL 31 § wants it kept; a case taken up again may get another, as the next version.

    `decided_by` is who decided, `decided_by_subject` the officer who entered it; `appeal` the authority (name by
    language, address) that the submitter was told to appeal to.
    """

    __tablename__ = "decisions"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    municipality: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    outcome_label: Mapped[dict[str, str]] = mapped_column(Json)
    reasons: Mapped[str] = mapped_column(Text)
    decided_on: Mapped[date]
    decided_at: Mapped[datetime] = mapped_column(Utc)
    decided_by_subject: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(Text)
    presenter: Mapped[str | None] = mapped_column(Text)
    appeal: Mapped[dict[str, Any] | None] = mapped_column(Json)


class Read(Base):
    """Somebody opened a case: who, and when."""

    __tablename__ = "reads"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    municipality: Mapped[str] = mapped_column(Text)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    subject: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc)

    __table_args__ = (Index("ix_reads_case_id_at", "case_id", "at"),)


class Series(Base):
    """The last case number given in a board's register in a year."""

    __tablename__ = "series"

    municipality: Mapped[str] = mapped_column(Text, primary_key=True)
    board: Mapped[str] = mapped_column(Text, primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class RuleSet(Base):
    """A municipality's boards, queues and rules as they stood from `adopted_at` on, until the next version."""

    __tablename__ = "rule_sets"

    municipality: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    adopted_at: Mapped[datetime] = mapped_column(Utc)
