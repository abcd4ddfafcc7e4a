"""Log lines: JSON, with the ids that tie them together, and nothing that a person wrote."""

import json
import logging
import socket

import pytest
import structlog
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.http.errors import InvalidRequestLine
from gunicorn.http.parser import RequestParser
from gunicorn.workers.base import Worker
from structlog.contextvars import bound_contextvars

from shared.observability import logs
from shared.observability.tracing import trace

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def lines(capfd):
    logs.configure("test")
    return lambda: [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_a_line_carries_the_service_the_time_and_the_ids_of_what_is_under_way(lines):
    with trace(f"00-{TRACE}-b7ad6b7169203331-01"), bound_contextvars(event_id="e1"):
        structlog.get_logger().info("case_opened", case="c1")

    [line] = lines()
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "event": "case_opened",
        "case": "c1",
        "event_id": "e1",
        "trace_id": TRACE,
        "service": "test",
        "level": "info",
    }


def test_an_exception_is_told_by_kind_and_stack_and_never_by_its_message(lines):
    try:
        try:
            raise KeyError("19800426-2385")
        except KeyError as cause:
            raise ValueError("Anna Andersson") from cause
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("library").exception("failed in a library")

    told = lines()
    assert [line["event"] for line in told] == ["failed", "failed in a library"]
    for line in told:
        assert [each["type"] for each in line["exception"]] == ["builtins.ValueError", "builtins.KeyError"]
        assert "test_logs.py" in line["exception"][0]["stack"][0]
        assert "Anna" not in str(line)
        assert "2385" not in str(line)


def test_libraries_speak_json_too_but_only_when_something_is_wrong(lines):
    logging.getLogger("library").info("chatter")
    logging.getLogger("library").warning("careful: %s", "odd")

    [line] = lines()
    assert (line["event"], line["level"], line["service"]) == ("careful: odd", "warning", "test")


def test_configuring_again_says_nothing_twice(lines):
    logs.configure("test")
    logging.getLogger("library").warning("once")

    assert len(lines()) == 1


def test_what_json_cannot_say_is_said_as_text(lines):
    structlog.get_logger().info("odd", value={1, 2}, key={3: 4}, name="\ud800")

    [line] = lines()
    assert (line["value"], line["key"]) == ("{1, 2}", {"3": 4})


@pytest.fixture
def gunicorn():
    """gunicorn's own logger, as a web process sets it up."""
    log = Logger(Config())
    log.error_log.handlers.clear()
    log.error_log.propagate = True
    return log


PATH = "/alvdalen/arenden/7K3M-9QXT"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (InvalidRequestLine(f"GET {PATH}?\xe5"), "Invalid request"),
        (ValueError(PATH), "Error handling request"),
    ],
)
def test_what_gunicorn_tells_of_a_request_names_neither_who_asked_nor_for_what(lines, gunicorn, fault, told):
    request = next(RequestParser(Config(), [f"GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n".encode()], ("192.0.2.7", 4711)))
    here, there = socket.socketpair()
    with here, there:
        Worker(1, 1, [], None, 30, Config(), gunicorn).handle_error(request, here, ("192.0.2.7", 4711), fault)

    [line] = lines()
    assert line["event"] == told
    assert "7K3M" not in str(line)
    assert "192.0.2.7" not in str(line)


def test_what_gunicorn_tells_of_its_processes_names_them(lines, gunicorn):
    gunicorn.critical("WORKER TIMEOUT (pid:%s)", 4711)

    [line] = lines()
    assert line["event"] == "WORKER TIMEOUT (pid:4711)"
