"""`arende web SERVICE`: one service's web processes."""

import os
import sys
from pathlib import Path

import click

from services.parts import SERVICES, part
from shared.settings import load

GUNICORN = Path(__file__).parents[2] / "deploy" / "gunicorn.py"


@click.command("web")
@click.argument("service", type=click.Choice(SERVICES))
def command(service: str) -> None:
    """Serve one service's pages and API.

    ARENDE_BIND says where (127.0.0.1:8001 for intake, 8002 for routing, 8003 for notify), WEB_CONCURRENCY in how
    many processes.
    """
    load(part(service, "settings").Settings, os.environ)
    served = f"services.{service}.app:application()"
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--config", str(GUNICORN), served])  # noqa: S606
