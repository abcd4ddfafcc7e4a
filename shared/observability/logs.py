"""JSON lines on standard output, one for each thing that happened, carrying the ids that tie them together.

Static event names, ids, never personal data. An exception is told by its kind and its stack: the message of a
database error holds what somebody wrote in a form.
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

    Calling it again changes the name and adds nothing. Ids bound with `structlog.contextvars` (`request_id`,
    `event_id`) and the trace under way are on every line. Of libraries, only warnings and errors are told.
    """
    common = _processors(service)
    structlog.configure(
        processors=[*common, _json],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(),
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
    logging.getLogger("gunicorn.error").addFilter(_tell_without_the_request)


_OF_A_REQUEST = re.compile("Invalid request|Error handling request")


class _ToStandardOutput(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        """Write a library's record to what is standard output now."""
        try:
            print(self.format(record), flush=True)  # noqa: T201 - this is where logs go
        except Exception:
            self.handleError(record)


def _tell_without_the_request(record: logging.LogRecord) -> bool:
    """gunicorn quotes who asked and for what, where a reference may stand, which is a secret: neither is told."""
    if of_a_request := _OF_A_REQUEST.match(str(record.msg)):
        record.msg, record.args = of_a_request[0], ()
    return True


def stack(fault: BaseException) -> list[dict[str, Any]]:
    """An exception and what it came from, last first: kind and `file:line function`, never the message."""
    chain: list[dict[str, Any]] = []
    current: BaseException | None = fault
    while current is not None and len(chain) < 5:
        frames = traceback.extract_tb(current.__traceback__, limit=-25)
        kind = type(current)
        chain.append(
            {
                "type": f"{kind.__module__}.{kind.__qualname__}",
                "stack": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
            }
        )
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return chain


def _processors(service: str) -> list[Processor]:
    def name_the_service(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
        line.setdefault("service", service)
        return line

    return [
        structlog.contextvars.merge_contextvars,
        name_the_service,
        structlog.processors.add_log_level,
        _stamp,
        _tell_exception_without_message,
    ]


def _stamp(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    line["time"] = datetime.now(UTC)
    trace = trace_id()
    if trace:
        line["trace_id"] = trace
    return line


def _tell_exception_without_message(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    told = line.pop("exc_info", None)
    if told is True:
        told = sys.exc_info()
    fault = told[1] if isinstance(told, tuple) else told
    if isinstance(fault, BaseException):
        line["exception"] = stack(fault)
    return line


def _json(_: WrappedLogger, __: str, line: EventDict) -> bytes:
    try:
        return orjson.dumps(line, default=str)
    except TypeError:  # a lone surrogate, or a name that is not text: rare, and no reason to lose the line
        return json.dumps(line, default=str).encode()


def _json_text(logger: WrappedLogger, method: str, line: EventDict) -> str:
    return _json(logger, method, line).decode()
