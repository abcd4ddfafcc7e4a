"""The ways in which every e-service is walked through: language, width of the screen, scripts, keyboard.

Any two of these meet in each of their combinations in one of the ways: a fault that needs three at once is rare, and
all sixteen would take three times as long.
"""

from dataclasses import dataclass

NARROW, DESKTOP = 320, 1280


@dataclass(frozen=True)
class Cell:
    """One of the ways."""

    language: str
    width: int
    scripts: bool
    keyboard: bool = False

    def __str__(self) -> str:
        scripts, hands = "scripts" if self.scripts else "plain", "-keyboard" if self.keyboard else ""
        return f"{self.language}-{self.width}-{scripts}{hands}"


MATRIX = [
    Cell("sv", NARROW, scripts=True),
    Cell("sv", DESKTOP, scripts=False),
    Cell("sv", DESKTOP, scripts=True, keyboard=True),
    Cell("en", NARROW, scripts=False, keyboard=True),
    Cell("en", DESKTOP, scripts=True),
]
