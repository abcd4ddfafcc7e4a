"""Text that somebody else wrote, cleaned of what nobody sees and read within a bound: its length comes before all else.

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

# What pasted text brings along unseen: controls, soft hyphens, zero width, direction marks, BOM, objects' placeholders.
_INVISIBLE = (
    r"\x00-\x08\x0e-\x1f\x7f\x81\x8d\x8f\x90\x9d\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    r"\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffc\U000e0000-\U000e0fff"
)
# Joiners are part of some scripts (Persian has them within words) and of emoji, and after other characters are nothing.
_IDLE_JOINER = r"(?<![\u0600-\u0dff\u1000-\u109f\u1780-\u17ff\ufe0f\U0001f000-\U0001ffff\u2600-\u27bf])[\u200c\u200d]+"
_UNSEEN = re.compile(rf"[{_INVISIBLE}]+|{_IDLE_JOINER}")
_UNCLEAN = re.compile(rf"[{_INVISIBLE}\x80-\x9f\r\x0b\x0c\u2028\u2029\u200c\u200d]")  # what most text has none of
_SEEN = re.compile(rf"[^\s{_INVISIBLE}\u200c\u200d]|\x85")
_LINE_END = re.compile(r"[\r\x0b\x0c\u2028\u2029]")  # word processors end a line within a paragraph with \x0b
# Bytes of Windows-1252 that were read as Latin-1, as HTML reads them too: `\x96` is a dash.
_WINDOWS_1252 = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
_DASH = re.compile("[\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d]")


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
    _check_length(text, most)
    _check_marks(text)
    return unicodedata.normalize("NFC", text)


def cleaned(text: str, most: int) -> str:
    """The text in normal form C, trimmed, without what nobody sees; lines end with `\\n`. Raises as `normalized`."""
    _check_length(text, most)
    text = text.replace("\r\n", "\n")
    if _UNCLEAN.search(text):
        text = _UNSEEN.sub("", _LINE_END.sub("\n", text).translate(_WINDOWS_1252))
    return normalized(text, most).strip()


def plain(text: str, most: int) -> str:
    """The text of something with a grammar, as a number: cleaned, on one line, each dash `-` and each character plain.

    So `１２‐３` is `12-3` (normal form KC). Raises as `normalized`.
    """
    seen = cleaned(text, most)
    if not seen.isascii():
        seen = _DASH.sub("-", unicodedata.normalize("NFKC", seen))
        _check_length(seen, most)
    return " ".join(seen.split())


def is_unseen(text: str) -> bool:
    """Whether there is nothing in the text that somebody could see."""
    return _SEEN.search(text) is None


def _check_length(text: str, most: int) -> None:
    if len(text) > _SLACK * most:
        raise TextTooLong(len(text))


def _check_marks(text: str) -> None:
    if any(_has_too_many_marks(run[0]) for run in _MAYBE_MARKS.finditer(text)):
        raise TooManyMarks


def _has_too_many_marks(run: str) -> bool:
    marks = 0
    for character in run:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > MOST_MARKS:
            return True
    return False
