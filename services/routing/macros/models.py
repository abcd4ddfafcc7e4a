"""The tables of macros: as they are now, every version that they have had, and where they were carried out."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.routing.editing.models import Edited, EditedVersion, index_of_keys
from services.routing.models import Base
from shared.database import Json, Utc


class Macro(Edited, Base):
    """Several actions under one name. `steps`, in their order: `{"action": …, "values": {…}}`, as `Step` has them.

    A newer version of the service may have written an action that `Action` does not have.
    """

    __tablename__ = "macros"

    steps: Mapped[list[dict[str, Any]]] = mapped_column(Json)

    __table_args__ = (Index("ix_macros_municipality", "municipality", "removed"),)


class MacroVersion(EditedVersion, Base):
    """What a macro was from a moment on."""

    __tablename__ = "macro_versions"

    edited_id: Mapped[UUID] = mapped_column("macro_id", ForeignKey("macros.id"), primary_key=True)

    edited: Mapped[Macro] = relationship(lazy="raise")

    __table_args__ = (index_of_keys(__tablename__),)


class MacroRun(Base):
    """That an officer carried out a version of a macro with a case: `sequence` is the last entry of the journal then.

    `state` is the case's after it. `idempotency_key` and `fingerprint` let what is sent twice have the same answer.
    """

    __tablename__ = "macro_runs"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    municipality: Mapped[str] = mapped_column(Text)
    macro_id: Mapped[UUID] = mapped_column(ForeignKey("macros.id"))
    macro_version: Mapped[int]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    sequence: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc)
    by_subject: Mapped[str] = mapped_column(Text)
    idempotency_key: Mapped[str | None] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_macro_runs_case_id", "case_id"), index_of_keys(__tablename__))
