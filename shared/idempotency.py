"""How a request that is sent twice is recognised: by its key and by a fingerprint of its contents."""

from hashlib import sha256
from typing import Any

import orjson


class KeyReused(Exception):
    """The idempotency key was used before, for another request."""


def fingerprint(request: Any) -> str:
    """SHA-256 (hex) of bytes or of what JSON can hold; the order of an object's members makes no difference."""
    content = request if isinstance(request, bytes) else orjson.dumps(request, option=orjson.OPT_SORT_KEYS)
    return sha256(content).hexdigest()
