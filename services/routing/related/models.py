"""The tables of what cases have in common, and of the links that officers have made between them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Double, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.routing.cases.models import Case
from services.routing.models import Base
from shared.database import Utc


class Kind(StrEnum):
    """What two cases may have alike: who sent them, what place they are about, or where on the map that is."""

    PERSON = "person"
    PLACE = "place"
    CELL = "cell"


class Likeness(Base):
    """Something that a case may have in common with others. `value` is a keyed hash: it names nobody.

    A CELL is a square of the map; `latitude` and `longitude` (WGS 84) are then the position in it. The higher the `id`,
    the later the case was registered.
    """

    __tablename__ = "likenesses"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    municipality: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)

    case: Mapped[Case] = relationship(lazy="raise")  # so that the case is inserted first

    __table_args__ = (
        Index("ix_likenesses_value", "municipality", "value", "id"),
        Index("ix_likenesses_case_id", "case_id"),
    )


class LinkKind(StrEnum):
    """What a link means: that two cases belong together, or that the first is closed and handled in the second."""

    RELATED = "related"
    JOINED = "joined"


class CaseLink(Base):
    """A link that an officer has made from one case to another of the same board; both journals have it too."""

    __tablename__ = "case_links"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    municipality: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc)
    by_subject: Mapped[str] = mapped_column(Text)
    by_name: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_case_links_other_id", "other_id"),)
