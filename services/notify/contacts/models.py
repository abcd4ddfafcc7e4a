"""The tables of contacts: how to reach the submitter of each submission or draft, and which board has its case."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text, text, true
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.models import Base
from shared.database import Json, Utc

_ends = text("expires_at IS NOT NULL")


class Contact(Base):
    """Where and in which language to write to the submitter of one submission. `email` None: they gave no address.

    Or to an officer, whose id stands as the submission's; `reference` and `board` are then empty.

    `board` is the board of the e-service. Its officers may see the notifications until a CaseBoard names
    another, unless they are confidential: then nobody does before it is known who may.

    `confidential`: the e-service has a secrecy class, so messages only link to the case and contain nothing of it.
    `submitter_is_party`: they have the rights of a party, which messages then name.

    `expires_at`: of a draft, whose id then stands for that of a submission, when its e-service closes and the contact
    ends. No officer sees anything of a draft, and it has no reference.

    `address_sequence` is that of the case event by which an officer corrected `email`; None: it is as it was given.
    """

    __tablename__ = "contacts"
    __table_args__ = (Index("ix_contacts_expires_at", "expires_at", postgresql_where=_ends, sqlite_where=_ends),)

    submission_id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    board: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text)
    eservice: Mapped[str] = mapped_column(Text)
    eservice_title: Mapped[dict[str, str]] = mapped_column(Json)
    language: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    legal_regime: Mapped[str] = mapped_column(Text)
    confidential: Mapped[bool]
    submitter_is_party: Mapped[bool] = mapped_column(server_default=true())
    expires_at: Mapped[datetime | None] = mapped_column(Utc)
    address_sequence: Mapped[int | None]


class CaseBoard(Base):
    """The board that has a submission's case; `sequence` is that of the case event which it was read from.

    `protected`: only named officers see the case, and nobody its notifications.
    """

    __tablename__ = "case_boards"

    submission_id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    board: Mapped[str] = mapped_column(Text)
    protected: Mapped[bool]
    sequence: Mapped[int]
