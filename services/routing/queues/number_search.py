"""Finding a case by what an officer writes of its number: as much as they remember, in whichever way it is written."""

import re

from sqlalchemy import ColumnElement, and_, false

from services.routing.cases.models import Case
from shared.text import TextTooLong, TooManyMarks, plain

_WORD = re.compile(r"[^\W\d_](?:\w*[^\W\d_])?")  # a board's code may hold digits, but does not end in one
_DIGITS = re.compile(r"[0-9]+")
LARGEST = 2**31 - 1  # that the database's integers hold


def has_number(written: str) -> ColumnElement[bool]:
    """The condition that a case has this number: `12`, `00012`, `2026-12` or `BN 2026-00012`.

    What is written has the case's own number in the series, whole; the year, the board or both may be with it.
    Leading zeros do not matter, nor does the order. What is no number at all is that of no case.
    """
    try:
        text = plain(written, len(written))
    except (TextTooLong, TooManyMarks):
        return false()
    words = _WORD.findall(text)
    numbers = [int(each) for each in _DIGITS.findall(_WORD.sub(" ", text))]
    if not numbers or max(numbers) > LARGEST:
        return false()
    conditions = [Case.register_number.in_(numbers)]
    if len(numbers) > 1:
        conditions.append(Case.register_year.in_(numbers))
    return and_(*conditions, *(Case.number.icontains(word, autoescape=True) for word in words))
