"""The table that is searched: for each case what it may be found by."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.routing.cases.models import Case
from services.routing.models import Base


class SearchDocument(Base):
    """What one case may be found by, as `words.folded` writes it; nobody's right to see it stands here.

    `head` has what no other case has quite alike: number, reference, title, parties, places. `whole` is that and all
    else. `place` is the first place as it was written, to be shown. The higher the `id`, the later it was registered.
    The trigrams are indexed by `search_index_…` on PostgreSQL, by the table `search_index` on SQLite, which are the
    migrations' alone.
    """

    __tablename__ = "search_documents"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), unique=True)
    municipality: Mapped[str] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(Text)
    head: Mapped[str] = mapped_column(Text)
    whole: Mapped[str] = mapped_column(Text)

    case: Mapped[Case] = relationship(lazy="raise")  # so that the case is inserted first
