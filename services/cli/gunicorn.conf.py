"""How a service's web processes run: `arende web` begins them with this file.

The app is built once, before the processes fork: they share its memory, and where it cannot be built nothing starts. It
opens no connection and no thread until it answers a request, so each process has its own.

WEB_CONCURRENCY, which gunicorn reads itself, sets the number of processes, ARENDE_BIND the address. Any other
setting of gunicorn's can be given in GUNICORN_CMD_ARGS, which comes before this file.
"""

import atexit
import importlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

from shared.garbage import look_seldom_for_garbage, look_seldom_while_loading
from shared.observability import logs

PORTS = {"intake": 8001, "routing": 8002, "notify": 8003}
SERVICE = sys.argv[-1].split(".")[1]

logs.configure(SERVICE)
look_seldom_while_loading()


class JsonLogger(Logger):  # type: ignore[misc]
    """gunicorn's own lines go where all others go, as JSON."""

    def setup(self, cfg: Any) -> None:
        """Leave the writing to the root logger."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


preload_app = True
bind = os.environ.get("ARENDE_BIND") or f"127.0.0.1:{PORTS[SERVICE]}"
timeout = 30
graceful_timeout = 30
logger_class = JsonLogger
accesslog = None  # the app logs each request by its route: a raw path may hold a reference, which is a secret
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - heartbeats in memory, not on a disk

# The processes add their figures up in this folder, which must be named before prometheus_client is imported.
_own_figures = tempfile.mkdtemp(prefix=f"arende-{SERVICE}-") if "PROMETHEUS_MULTIPROC_DIR" not in os.environ else None
if _own_figures:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _own_figures
importlib.import_module("shared.observability.metrics")  # before any figure is made


def when_ready(server: Any) -> None:
    """Leave what is built out of garbage collection, which would write to it, and so copy it to each process."""
    look_seldom_for_garbage()


def child_exit(server: Any, worker: Any) -> None:
    """Forget the gauges of a process that is gone; what it counted stays counted."""
    from prometheus_client import multiprocess  # noqa: PLC0415 - see above

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def _delete_figures(owner: int) -> None:
    if _own_figures and os.getpid() == owner:
        shutil.rmtree(_own_figures, ignore_errors=True)


atexit.register(_delete_figures, os.getpid())
