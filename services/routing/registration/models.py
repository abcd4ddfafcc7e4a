"""The table of the registers' number series."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from services.routing.models import Base


class Series(Base):
    """The last case number given in a board's register in a year."""

    __tablename__ = "number_series"

    municipality: Mapped[str] = mapped_column(Text, primary_key=True)
    board: Mapped[str] = mapped_column(Text, primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
