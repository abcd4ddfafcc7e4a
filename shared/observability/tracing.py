"""The W3C trace context (https://www.w3.org/TR/trace-context/) of what is under way.

A request begins a trace or joins the caller's; an event carries it on, so one submission's way through
all services is one trace.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_TRACEPARENT = re.compile(r"^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$")
_current: ContextVar[str] = ContextVar("traceparent", default="")


def current_traceparent() -> str:
    """The `traceparent` under way; a new one is begun where there is none."""
    return _current.get() or _begun()


def trace_id() -> str:
    """The 32 hex digits that name the trace under way, or an empty string outside one."""
    return _current.get()[3:35]


@contextmanager
def trace(incoming: str | None) -> Iterator[None]:
    """Join the trace that `incoming` names, with a span of our own; begin one where it names none."""
    joined = _next_span(incoming) if incoming and _TRACEPARENT.match(incoming) else _begun()
    token = _current.set(joined)
    try:
        yield
    finally:
        _current.reset(token)


def _begun() -> str:
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def _next_span(traceparent: str) -> str:
    return f"{traceparent[:36]}{secrets.token_hex(8)}{traceparent[52:]}"
