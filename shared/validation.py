"""What is wrong with data: marshmallow's messages as a flat list of places and sentences, and unknown names."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

Path = tuple[str | int, ...]
MOST_COMPARED = 100  # characters of a name: comparing takes time that grows with the square of its length
LIKENESS = 0.7  # of two names, from 0 to 1: with less, `accept` would be taken for `fact`


def described(meaning: str) -> dict[str, str]:
    """The metadata of a marshmallow field with its meaning, for the JSON Schema that editors read."""
    return {"description": meaning}


def flattened(messages: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """marshmallow's nested messages, each with the path to the value that it is about.

    A message about an object as a whole (`_schema`) has the path of the object.
    """
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from flattened(inner, path if name == "_schema" else (*path, name))
    elif isinstance(messages, list):
        for message in messages:
            yield from flattened(message, path)
    else:
        yield path, messages


def unknown(what: str, name: Any, known: Iterable[str]) -> str:
    """That there is no such thing, and which one it is likely to be: `there is no queue gta: did you mean gata?`."""
    return f"there is no {what} {name}{likely(name, known)}"


def likely(name: Any, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: `: did you mean gata?`, or nothing when no known one is like it."""
    alike = get_close_matches(str(name)[:MOST_COMPARED], sorted(known), 1, LIKENESS)
    return f": did you mean {alike[0]}?" if alike else ""
