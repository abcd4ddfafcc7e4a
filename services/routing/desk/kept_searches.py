"""The last searches of an officer, which stand in no address: the session keeps each under a short id."""

from secrets import token_hex

from flask import session

KEPT = 5  # searches, in a cookie: a few kilobytes
_SEARCHES = "searches"


def keep_search(searched: str) -> str:
    """Keep what is searched for; its id. The oldest of those kept ends."""
    kept = {key: each for key, each in session.get(_SEARCHES, {}).items() if each != searched}
    search_id = token_hex(4)
    session[_SEARCHES] = dict([*kept.items(), (search_id, searched)][-KEPT:])
    return search_id


def kept_search(search_id: str) -> str | None:
    """What was searched for; None where it is kept no longer."""
    searched: str | None = session.get(_SEARCHES, {}).get(search_id)
    return searched
