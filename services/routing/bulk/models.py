"""The tables of bulk jobs: which cases an officer has chosen, what they ordered for them, and how it goes with each."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.models import Base
from shared.database import Json, Utc


class Progress(StrEnum):
    """How it goes with one case of a job: it waits, or the action was performed, has failed, or was called off."""

    WAITING = "waiting"
    PERFORMED = "performed"
    FAILED = "failed"
    STOPPED = "stopped"


class BulkSelection(Base):
    """The cases that an officer chose at the desk, each with the version that it then had: `[[id, version], …]`.

    `origin` is the path of the list that they were chosen in.
    """

    __tablename__ = "bulk_selections"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    municipality: Mapped[str] = mapped_column(Text)
    officer_subject: Mapped[str] = mapped_column(Text)
    cases: Mapped[list[list[Any]]] = mapped_column(Json)
    origin: Mapped[str] = mapped_column(Text)
    chosen_at: Mapped[datetime] = mapped_column(Utc)

    __table_args__ = (Index("ix_bulk_selections_chosen_at", "chosen_at"),)


class BulkJob(Base):
    """One action that an officer has ordered for many cases. `request` is what for, as the action's schema reads it.

    `boards` are those that the officer's token named, null for every board; they hold until `rights_until`.
    `finished_at` null: cases wait. `action` is text: a newer version of the service may have written one that `Action`
    does not have; its cases wait for that version.
    """

    __tablename__ = "bulk_jobs"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    municipality: Mapped[str] = mapped_column(Text)
    officer_subject: Mapped[str] = mapped_column(Text)
    officer_name: Mapped[str] = mapped_column(Text)
    boards: Mapped[list[str] | None] = mapped_column(Json)
    rights_until: Mapped[datetime] = mapped_column(Utc)
    action: Mapped[str] = mapped_column(Text)
    request: Mapped[dict[str, Any]] = mapped_column(Json)
    cases: Mapped[int]
    ordered_at: Mapped[datetime] = mapped_column(Utc)
    finished_at: Mapped[datetime | None] = mapped_column(Utc)
    idempotency_key: Mapped[str | None] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("ix_bulk_jobs_ordered_at", "ordered_at"),
        Index("ix_bulk_jobs_by_officer", "municipality", "officer_subject", "ordered_at", "id"),
        Index(
            "ix_bulk_jobs_unfinished",
            *("ordered_at", "id"),
            postgresql_where=text("finished_at IS NULL"),
            sqlite_where=text("finished_at IS NULL"),
        ),
        Index(
            "uq_bulk_jobs_idempotency_key",
            *("municipality", "officer_subject", "idempotency_key"),
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
            sqlite_where=text("idempotency_key IS NOT NULL"),
        ),
    )


class BulkCase(Base):
    """One case of a job: how it goes with it, and since when. `version` is the one that the officer chose it at.

    `reason` and `detail` are why the action has failed, as `CaseFailure` has them.
    """

    __tablename__ = "bulk_cases"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("bulk_jobs.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    municipality: Mapped[str] = mapped_column(Text)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    version: Mapped[int]
    progress: Mapped[str] = mapped_column(Text, default=Progress.WAITING)
    reason: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    changed_at: Mapped[datetime] = mapped_column(Utc)

    __table_args__ = (
        Index("ix_bulk_cases_by_progress", "job_id", "progress", "position"),
        Index("ix_bulk_cases_case_id", "case_id"),
    )
