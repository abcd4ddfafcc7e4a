"""The tables of standard texts: as they are now, and every version that they have had."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.routing.editing.models import Edited, EditedVersion, index_of_keys
from services.routing.models import Base
from shared.database import Json


class StandardText(Edited, Base):
    """A text of the municipality for one `action`.

    `text` is by language, with placeholders; the Swedish is always there. `outcome` is chosen with it, where it is for
    a decision.
    """

    __tablename__ = "standard_texts"

    action: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    text: Mapped[dict[str, str]] = mapped_column(Json)

    __table_args__ = (Index("ix_standard_texts_municipality", "municipality", "removed", "action"),)


class StandardTextVersion(EditedVersion, Base):
    """What a standard text was from a moment on."""

    __tablename__ = "standard_text_versions"

    edited_id: Mapped[UUID] = mapped_column("text_id", ForeignKey("standard_texts.id"), primary_key=True)

    edited: Mapped[StandardText] = relationship(lazy="raise")

    __table_args__ = (index_of_keys(__tablename__),)
