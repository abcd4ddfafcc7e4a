"""Logs: JSON lines on standard output, with the ids that connect the lines of one request or event.

Event names are static; values are ids, never personal data. Of an exception the types and the stack are logged, and
of its message only what cannot hold what somebody wrote in a form, as a database error's can (`reason`).

A line that cannot be written (a full disk, a closed pipe) is lost, and counted: nothing else may fail for it.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from shared.observability.tracing import trace_id


def configure(service: str) -> None:
    """Send structlog and the standard library's logging as JSON to standard output, the service on each line.

    Calling it again only changes the name. Ids bound with `structlog.contextvars` (`request_id`, `event_id`) and the
    current trace are on every line. Of libraries, only warnings and errors are logged.
    """
    common = _processors(service)
    structlog.configure(
        processors=[*common, _json],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_Lines,
        cache_logger_on_first_use=False,
    )
    handler = _ToStandardOutput()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=common,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _json_text],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("gunicorn.error").addFilter(_leave_out_the_request)


_ABOUT_A_REQUEST = re.compile("Invalid request|Error handling request")


class _Lines:
    """What structlog writes with: the present standard output."""

    def __init__(self, *_: object) -> None:
        """Take and need nothing."""

    def msg(self, line: bytes) -> None:
        """Write a line."""
        _write(line)

    debug = info = warning = error = critical = exception = msg


class _ToStandardOutput(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        """Write a library's record."""
        try:
            _write(self.format(record).encode())
        except Exception:
            _count_as_lost()


def _write(line: bytes) -> None:
    """Write a line to the present standard output, or lose it."""
    try:
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()
    except (OSError, ValueError):  # a full disk, a closed pipe; standard output itself closed
        _count_as_lost()


def _count_as_lost() -> None:
    from shared.observability.metrics import LINES_LOST  # noqa: PLC0415 - gunicorn's settings log before they set it up

    LINES_LOST.inc()


def _leave_out_the_request(record: logging.LogRecord) -> bool:
    """gunicorn quotes the caller's address and the path, which may hold a reference, which is a secret: log neither."""
    if about := _ABOUT_A_REQUEST.match(str(record.msg)):
        record.msg, record.args = about[0], ()
    return True


def stack(error: BaseException) -> list[dict[str, Any]]:
    """An exception and its causes, the last first: type, `file:line function`, what is safe to show of its message."""
    chain: list[dict[str, Any]] = []
    current: BaseException | None = error
    while current is not None and len(chain) < 5:
        frames = traceback.extract_tb(current.__traceback__, limit=-25)
        kind = type(current)
        each: dict[str, Any] = {
            "type": f"{kind.__module__}.{kind.__qualname__}",
            "stack": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        }
        if known := reason(current):
            each["reason"] = known
        chain.append(each)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return chain


def reason(error: BaseException) -> str:
    """What may be shown of an exception's message, or nothing: it holds no personal data.

    The broker's reply, the system's text of an error, a database's code, and the notes that our own code has added.
    """
    safe = (getattr(error, name, None) for name in ("reply_text", "strerror", "sqlstate"))
    return "; ".join(each for each in (*safe, *getattr(error, "__notes__", ())) if isinstance(each, str) and each)


def _processors(service: str) -> list[Processor]:
    def name_the_service(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
        line.setdefault("service", service)
        return line

    return [
        structlog.contextvars.merge_contextvars,
        name_the_service,
        structlog.processors.add_log_level,
        _add_time_and_trace,
        _replace_exception_by_stack,
    ]


def _add_time_and_trace(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    line["time"] = datetime.now(UTC)
    trace = trace_id()
    if trace:
        line["trace_id"] = trace
    return line


def _replace_exception_by_stack(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    info = line.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        line["exception"] = stack(error)
    return line


def _json(_: WrappedLogger, __: str, line: EventDict) -> bytes:
    try:
        return orjson.dumps(line, default=str)
    except TypeError:  # a lone surrogate or a key that is not text: rare, and the slower encoder takes them
        return json.dumps(line, default=str).encode()


def _json_text(logger: WrappedLogger, method: str, line: EventDict) -> str:
    return _json(logger, method, line).decode()
