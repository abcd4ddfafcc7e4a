"""Plain values as dataclasses, in several threads.

What msgspec learns of a class it keeps at the class, and before it is whole: another thread that finds it then ends the
process with a segmentation fault.
"""

from threading import Lock
from typing import Any, TypeVar

import msgspec

Data = TypeVar("Data")

_lock = Lock()
_learnt: set[Any] = set()


def convert(data: Any, kind: type[Data]) -> Data:
    """The data as this kind, unknown fields left out. Raises msgspec.ValidationError where it does not fit."""
    if kind not in _learnt:
        with _lock:
            msgspec.json.Decoder(kind)  # learns the class, and those that its fields have
            _learnt.add(kind)
    return msgspec.convert(data, kind)
