"""Log lines: JSON, with the ids that tie them together, and nothing that a person wrote."""

import json
import logging

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from shared.observability import logs
from shared.observability.tracing import trace

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def lines(capfd):
    logs.configure("test")
    return lambda: [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_a_line_has_the_service_the_time_and_the_current_ids(lines):
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


def test_an_exception_is_logged_with_type_and_stack_and_never_its_message(lines):
    try:
        try:
            raise KeyError("19800426-2385")
        except KeyError as cause:
            raise ValueError("Anna Andersson") from cause
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("library").exception("failed in a library")

    logged = lines()
    assert [line["event"] for line in logged] == ["failed", "failed in a library"]
    for line in logged:
        assert [each["type"] for each in line["exception"]] == ["builtins.ValueError", "builtins.KeyError"]
        assert "test_logs.py" in line["exception"][0]["stack"][0]
        assert "Anna" not in str(line)
        assert "2385" not in str(line)


def test_libraries_log_json_too_but_only_warnings_and_errors(lines):
    logging.getLogger("library").info("chatter")
    logging.getLogger("library").warning("careful: %s", "odd")

    [line] = lines()
    assert (line["event"], line["level"], line["service"]) == ("careful: odd", "warning", "test")


def test_configuring_again_logs_nothing_twice(lines):
    logs.configure("test")
    logging.getLogger("library").warning("once")

    assert len(lines()) == 1


def test_what_json_cannot_hold_is_logged_as_text(lines):
    structlog.get_logger().info("odd", value={1, 2}, key={3: 4}, name="\ud800")

    [line] = lines()
    assert (line["value"], line["key"]) == ("{1, 2}", {"3": 4})
