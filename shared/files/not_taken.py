"""Why a file that came by itself, without somebody who could be asked for another, was not taken."""

from collections.abc import Callable, Mapping

TOO_MANY = "too_many"
NO_ROOM = "no_room"

# By the codes of `shared/files/receive.py`, and those above.
TEXTS: Mapping[str, str] = {
    "file_type": "of a kind that we do not take",
    "macros": "it has macros, which can do harm",
    "unreadable": "it cannot be read as a picture",
    "infected": "the virus scanner found something harmful in it",
    "not_scanned": "the virus scanner did not answer",
    "empty_file": "it is empty",
    "too_large": "too large",
    TOO_MANY: "too many files in one e-mail",
    NO_ROOM: "more came in a day than we take",
}
OTHERWISE = "not taken"  # also for what only a later version knows


def reason(code: str, gettext: Callable[[str], str]) -> str:
    """It in a few words, which may stand after the file's name."""
    return gettext(TEXTS.get(code, OTHERWISE))
