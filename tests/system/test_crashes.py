"""Processes are killed and the broker stops while submissions flow: each becomes exactly one case and one receipt."""

import shutil
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.system import ledger
from tests.system.flow import Flow
from tests.system.people import eventually

KILLS = 2
ENOUGH = 10  # submissions: each citizen has sent one, and is sending the next

pytestmark = [pytest.mark.timeout(400), pytest.mark.usefixtures("no_failed_events")]


def assert_all_arrive(installation, flow):
    """Every accepted submission has one case and one receipt, and no submission was stored twice."""

    def each_has_arrived():
        ledger.let_old_leases_run_out(installation)
        ledger.assert_one_of_each(installation, flow.references)

    eventually(lambda: ledger.events_on_their_way(installation) == 0, within=90)
    eventually(each_has_arrived, within=90)
    assert ledger.stored_by(installation, flow.keys) == len(flow.references) == len(flow.keys)
    eventually(lambda: not any(ledger.failed_events(installation).values()), within=90)  # what was given back waits
    assert not flow.server_errors


@pytest.mark.postgres
@pytest.mark.rabbitmq
@pytest.mark.parametrize(
    "name",
    [
        "routing-worker",
        *(pytest.param(each, marks=pytest.mark.thorough) for each in ("intake-web", "intake-worker", "notify-worker")),
    ],
)
def test_a_process_is_killed_while_submissions_flow(production_installation, name):
    process = production_installation.processes[name]

    with Flow(production_installation) as flow:
        flow.wait_for(ENOUGH)
        for _ in range(KILLS):
            process.kill()
            process.start()
            process.wait_until_ready()
            flow.wait_for(ENOUGH)

    assert_all_arrive(production_installation, flow)


@pytest.mark.postgres
@pytest.mark.rabbitmq
@pytest.mark.stops_rabbitmq
@pytest.mark.thorough
@pytest.mark.skipif(not shutil.which("rabbitmqctl"), reason="no rabbitmqctl to stop the broker with")
def test_the_broker_stops_and_starts_while_submissions_flow(production_installation):
    with Flow(production_installation) as flow:
        flow.wait_for(ENOUGH)
        with events_unconfirmed():
            flow.wait_for(ENOUGH)
            rabbitmqctl("stop_app")
            flow.wait_for(ENOUGH)
        flow.wait_for(ENOUGH)

    assert_all_arrive(production_installation, flow)


def test_the_standalone_installation_is_killed_while_submissions_flow(standalone_installation):
    process = standalone_installation.processes["up"]

    with Flow(standalone_installation) as flow:
        for _ in range(KILLS):
            flow.wait_for(ENOUGH)
            process.kill()
            process.start()
            process.wait_until_ready()
        flow.wait_for(ENOUGH)

    assert_all_arrive(standalone_installation, flow)


def test_ctrl_c_stops_the_standalone_installation_without_force_and_loses_nothing(standalone_installation):
    process = standalone_installation.processes["up"]

    with Flow(standalone_installation) as flow:
        flow.wait_for(ENOUGH)
        process.stop(signal.SIGINT)
        logged = (Path(standalone_installation.environ["ARENDE_VAR"]) / "arende.log").read_text()
        process.start()
        process.wait_until_ready()
        flow.wait_for(ENOUGH)

    assert "worker_stopped" in logged, "it was killed"
    assert "worker_stopped_by_force" not in logged, "a loop did not end"
    assert_all_arrive(standalone_installation, flow)


@contextmanager
def events_unconfirmed():
    """Make the broker read nothing of what is published, as when it is short of memory."""
    usual = rabbitmqctl("eval", "vm_memory_monitor:get_vm_memory_high_watermark().")
    rabbitmqctl("set_vm_memory_high_watermark", "0")
    try:
        yield
    finally:
        rabbitmqctl("start_app")
        rabbitmqctl("set_vm_memory_high_watermark", usual)


def rabbitmqctl(*words):
    """Run a command of the broker on this machine; its output."""
    ran = subprocess.run(["rabbitmqctl", "--quiet", *words], check=True, capture_output=True, text=True, timeout=60)
    return ran.stdout.strip()
