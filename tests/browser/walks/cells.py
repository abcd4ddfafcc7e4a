"""The ways in which every e-service is walked through: scripts, language, width of the screen, keyboard."""

from dataclasses import dataclass
from itertools import product

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


_WITH_POINTER = [Cell(*each) for each in product(("sv", "en"), (NARROW, DESKTOP), (True, False))]
_WITH_KEYBOARD = [Cell("sv", DESKTOP, True, keyboard=True), Cell("en", NARROW, False, keyboard=True)]
MATRIX = [*_WITH_POINTER, *_WITH_KEYBOARD]
