"""The W3C trace context (https://www.w3.org/TR/trace-context/) of the current request or event.

A request begins a trace or joins the caller's; events carry it on, so one submission has one trace through
all services.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_TRACEPARENT = re.compile(r"^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$")
_current: ContextVar[str] = ContextVar("traceparent", default="")


def current_traceparent() -> str:
    """The current `traceparent`; a new one where there is none."""
    return _current.get() or _new()


def trace_id() -> str:
    """The 32 hex digits that identify the current trace, or an empty string outside one."""
    return _current.get()[3:35]


@contextmanager
def trace(incoming: str | None) -> Iterator[None]:
    """Join the trace of the `incoming` traceparent with a new span; begin a new trace where it is none or not valid."""
    joined = _next_span(incoming) if incoming and _TRACEPARENT.match(incoming) else _new()
    token = _current.set(joined)
    try:
        yield
    finally:
        _current.reset(token)


def _new() -> str:
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def _next_span(traceparent: str) -> str:
    return f"{traceparent[:36]}{secrets.token_hex(8)}{traceparent[52:]}"
