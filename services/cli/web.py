"""`arende web SERVICE`: one service's web processes."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from services.operations.registry import SERVICES
from shared.settings import load, setting, whole_number

GUNICORN = Path(__file__).with_name("gunicorn.conf.py")


def _processors() -> int:
    """How many processors this process may use; on macOS how many there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Settings:
    """What gunicorn reads from the environment."""

    processes: int = setting(
        "WEB_CONCURRENCY",
        "how many processes serve",
        default=2 * _processors(),
        read=whole_number,
    )


@click.command("web")
@click.argument("service", type=click.Choice(SERVICES))
def command(service: str) -> None:
    """Serve one service's pages and API.

    ARENDE_BIND is the address (127.0.0.1:8001 for intake, 8002 for routing, 8003 for notify), WEB_CONCURRENCY the
    number of processes.
    """
    os.environ["WEB_CONCURRENCY"] = str(load(Settings, os.environ).processes)
    served = f"services.{service}.app:application()"
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--config", str(GUNICORN), served])  # noqa: S606
