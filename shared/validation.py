"""marshmallow's nested error messages as a flat list."""

from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str | int, ...]


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
