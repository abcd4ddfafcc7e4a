"""Text that somebody else wrote, read within a bound: its length is looked at before anything else is done with it.

Normalising a run of combining marks takes time that grows with the square of its length: a run of 60,000 takes four
seconds.
"""

import re
import unicodedata

MOST_MARKS = 30  # in a row, as in Unicode's Stream-Safe Text Format (UAX #15, 13)

# How much longer a text may be than it is in normal form C: line ends of two characters, a character with three marks.
_SLACK = 4
# Below this character there are no combining marks: most text needs no closer look.
_MAYBE_MARKS = re.compile(rf"[\u0300-\U0010ffff]{{{MOST_MARKS + 1},}}")


class TextTooLong(ValueError):
    """The text is longer than it may be; `length` is in characters."""

    def __init__(self, length: int) -> None:
        super().__init__(str(length))
        self.length = length


class TooManyMarks(ValueError):
    """More combining marks stand on one character than in any language."""


def normalized(text: str, most: int) -> str:
    """The text in normal form C.

    Raises TextTooLong where it is so long that it cannot be at most `most` characters in that form, and TooManyMarks.
    The work grows with `most`, whatever the text is.
    """
    if len(text) > _SLACK * most:
        raise TextTooLong(len(text))
    if any(_has_too_many_marks(run[0]) for run in _MAYBE_MARKS.finditer(text)):
        raise TooManyMarks
    return unicodedata.normalize("NFC", text)


def _has_too_many_marks(run: str) -> bool:
    marks = 0
    for character in run:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > MOST_MARKS:
            return True
    return False
