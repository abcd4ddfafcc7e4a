"""What gunicorn logs of a broken request, and of its own processes."""

import json
import socket

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.http.errors import InvalidRequestLine
from gunicorn.http.parser import RequestParser
from gunicorn.workers.base import Worker

from shared.observability import logs


@pytest.fixture
def lines(capfd):
    logs.configure("test")
    return lambda: [json.loads(line) for line in capfd.readouterr().out.splitlines()]


@pytest.fixture
def gunicorn():
    """gunicorn's own logger, as a web process sets it up."""
    log = Logger(Config())
    log.error_log.handlers.clear()
    log.error_log.propagate = True
    return log


PATH = "/alvdalen/arenden/7K3M-9QXT"


@pytest.mark.parametrize(
    ("error", "event"),
    [
        (InvalidRequestLine(f"GET {PATH}?\xe5"), "Invalid request"),
        (ValueError(PATH), "Error handling request"),
    ],
)
def test_gunicorn_logs_neither_the_callers_address_nor_the_path(lines, gunicorn, error, event):
    request = next(RequestParser(Config(), [f"GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n".encode()], ("192.0.2.7", 4711)))
    here, there = socket.socketpair()
    with here, there:
        Worker(1, 1, [], None, 30, Config(), gunicorn).handle_error(request, here, ("192.0.2.7", 4711), error)

    [line] = lines()
    assert line["event"] == event
    assert "7K3M" not in str(line)
    assert "192.0.2.7" not in str(line)


def test_gunicorn_logs_its_own_processes_by_number(lines, gunicorn):
    gunicorn.critical("WORKER TIMEOUT (pid:%s)", 4711)

    [line] = lines()
    assert line["event"] == "WORKER TIMEOUT (pid:4711)"
