"""The table of allowances."""

from sqlalchemy import Double, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.models import Base


class Allowance(Base):
    """How much of a limit somebody has used: `used_until` is how far, in seconds since 1970.

    Each use takes its share of the window: of 60 an hour each takes a minute, from now or from where the last ended.
    What would end further away than the window is rejected. So what was used comes back little by little, and a row
    that ends in the past counts for nothing. `key` is a keyed hash: it names nobody. PostgreSQL writes the table to no
    log: what a crash loses is only who has used how much.
    """

    __tablename__ = "allowances"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    used_until: Mapped[float] = mapped_column(Double)
