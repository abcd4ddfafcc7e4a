"""Metrics and health, also of several processes and of workers without a web app."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import closing

import pytest

from shared.observability import metrics
from shared.settings import ServiceSettings

COUNTING = """
from prometheus_client import Counter, Gauge
from shared.observability import metrics
Counter("test_messages", "Messages.").inc({0})
Gauge("test_waiting", "Waiting.", multiprocess_mode="livesum").set({0})
print(metrics.exposition()[0].decode())
"""


def test_the_metrics_of_several_processes_are_summed(tmp_path):
    environ = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for number in (3, 4):
        text = subprocess.run(
            [sys.executable, "-c", COUNTING.format(number)], env=environ, capture_output=True, text=True, check=True
        ).stdout

    assert "test_messages_total 7.0" in text
    assert "test_waiting 7.0" in text


NO_ROOM = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))
from shared.observability import metrics
from prometheus_client import Counter, Gauge, Histogram
Gauge("test_waiting", "Waiting.", multiprocess_mode="livesum").set(3)
for number in range(3000):
    Counter(f"test_messages_{{number}}", "Messages.", ["kind"]).labels("a" * 50).inc()
Histogram("test_seconds", "Seconds.").observe(1)
print("counted")
"""


@pytest.mark.parametrize("room", [0, 1 << 16])
def test_what_there_is_no_room_to_count_is_lost_and_nothing_fails(tmp_path, room):
    environ = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    counted = subprocess.run(
        [sys.executable, "-c", NO_ROOM.format(room=room)], env=environ, capture_output=True, text=True, check=True
    ).stdout

    assert counted == "counted\n"


@pytest.fixture
def worker():
    """Requests a path of a worker's own port."""
    failing = []

    def check():
        if failing:
            raise ConnectionError("gone")

    server = metrics.serve("127.0.0.1", 0, {"database": lambda: None, "broker": check})

    def get(path):
        try:
            with closing(urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}{path}")) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()

    get.failing = failing
    yield get
    server.shutdown()
    server.server_close()


def test_a_workers_metrics_are_served_to_its_own_machine_unless_it_is_set_otherwise():
    assert ServiceSettings.__dataclass_fields__["metrics_host"].default == "127.0.0.1"

    server = metrics.serve("127.0.0.1", 0, {})
    assert server.server_address[0] == "127.0.0.1"
    server.shutdown()
    server.server_close()


def test_a_worker_shows_its_metrics(worker):
    status, text = worker("/metrics")

    assert status == 200
    assert "# TYPE arende_http_request_seconds histogram" in text or "# HELP python_info" in text


def test_a_worker_shows_that_it_is_alive_and_whether_it_is_ready(worker):
    assert worker("/healthz") == (200, '{"status":"alive"}')
    assert worker("/readyz") == (200, '{"status":"ready","failed":[]}')

    worker.failing.append(True)

    assert worker("/readyz") == (503, '{"status":"not ready","failed":["broker"]}')
    assert worker("/healthz")[0] == 200
    assert worker("/anything")[0] == 404


def test_a_series_has_no_second_series_for_when_it_was_created():
    assert b"_created" not in metrics.exposition()[0]
