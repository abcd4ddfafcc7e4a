"""All three services in one process: SQLite files, a bus in memory, a mailbox on disk and demo people to sign in as.

Only settings differ from production (config.py makes them). The in-memory bus forgets its messages when the process
ends: at start, events that no subscriber has handled are published again.
"""

import fcntl
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from gunicorn.app.base import BaseApplication

from services.intake.eservices import loader as definitions
from services.operations import registry
from services.operations.registry import SERVICES, service
from services.operations.requeue import requeue_unhandled
from services.operations.stores import Stores, migrate, stores
from services.routing.organisation import loader as casework
from services.routing.settings import Settings as RoutingSettings
from services.standalone import welcome
from services.standalone.config import Settings, standalone_settings
from services.standalone.demo_oidc import check_installed, provider
from services.standalone.demo_register import register
from services.standalone.path_router import PathRouter
from services.standalone.start_page import start_page
from shared.bus import notifier
from shared.bus.supervisor import Supervisor
from shared.clock import utc_now
from shared.garbage import look_seldom_for_garbage
from shared.observability import logs
from shared.settings import BadSetting, EventTimes, load

THREADS = 16
STOP_SECONDS = 10

log = structlog.get_logger()


def run_standalone(chosen: Settings, environ: Mapping[str, str]) -> None:
    """Run everything until stopped. BadSetting when the port or the folder is taken or a setting is wrong."""
    check_installed()
    os.umask(0o077)
    _check_port_is_free(chosen.port)
    fresh = not chosen.keys.exists()
    environ = {**environ, **standalone_settings(chosen)}
    with _lock(chosen.var):
        for name in SERVICES:
            service(name).load_settings(environ)
            migrate(name, environ)
        _check_files(registry.routing().load_settings(environ))
        Server(Process(chosen, environ, fresh=fresh), bind=f"127.0.0.1:{chosen.port}").run()


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, with one worker process of many threads, in which everything runs."""

    def __init__(self, process: "Process", bind: str) -> None:
        self._process, self._bind = process, bind
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's options."""
        options = {
            "bind": self._bind,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": 60,
            "graceful_timeout": STOP_SECONDS,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_fork": self._process.log_to_file,
            "post_worker_init": self._process.begin,
            "worker_exit": self._process.end,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> PathRouter:
        """The application, built in the worker."""
        return self._process.application()


class Process:
    """What runs in gunicorn's one worker: the web applications of all three services, and their loops beside."""

    def __init__(self, chosen: Settings, environ: Mapping[str, str], *, fresh: bool) -> None:
        self._chosen, self._environ, self._fresh = chosen, environ, fresh
        self._stop = threading.Event()
        self._supervisor = Supervisor(self._stop)
        self._terminal = sys.stdout

    def log_to_file(self, _: Any, __: Any) -> None:
        """Log to a file in `var`, and leave the terminal to what a person reads."""
        self._terminal = os.fdopen(os.dup(1), "w", encoding="utf-8")
        with (self._chosen.var / "arende.log").open("ab") as log:
            os.dup2(log.fileno(), 1)
        logs.configure("standalone")

    def application(self) -> PathRouter:
        """One WSGI application of all, with each service under its paths."""
        intake_settings = registry.intake().load_settings(self._environ)
        start = start_page(
            folder=intake_settings.municipalities,
            secret_key=intake_settings.secret_key,
            checks={
                **{name: store.database.check for name, store in self._stores().items()},
                "loops": self._supervisor.check,
            },
        )
        apps = {name: service(name).web_app(self._environ) for name in SERVICES}
        return PathRouter(self._chosen.origin, start=start, provider=provider(), register=register(), **apps)

    def begin(self, gunicorn_worker: Any) -> None:
        """Publish again what no subscriber has handled, then start the loops."""
        # Ctrl-C reaches master and worker; the master signals the worker too; a second signal makes gthread hang.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        requeue_unhandled(self._stores(), keep=load(EventTimes, self._environ).keep, now=utc_now())
        loops = [loop for name in SERVICES for loop in service(name).worker_loops(self._environ)]
        self._supervisor.start(loops)
        look_seldom_for_garbage()
        if gunicorn_worker.age == 1:
            threading.Thread(target=self._welcome, name="welcome", daemon=True).start()

    def end(self, _: Any, __: Any) -> None:
        """Stop the loops; each finishes what it is in the middle of."""
        self._stop.set()
        notifier.wake_all()
        if unfinished := self._supervisor.join(STOP_SECONDS):
            log.error("worker_stopped_by_force", loops=unfinished)
        else:
            log.info("worker_stopped")

    def _stores(self) -> Stores:
        return stores(self._environ)

    def _welcome(self) -> None:
        welcome.wait_until_ready(self._chosen.origin)
        if self._fresh:
            welcome.write_demo_data(self._chosen.origin)
        self._terminal.write(welcome.text(self._chosen.origin, self._chosen.var))
        self._terminal.flush()


def _check_files(settings: RoutingSettings) -> None:
    """BadSetting for files without which routing does not start; what intake leaves out is shown, line by line.

    Here, because the worker is another process, whose end would be gunicorn's to report.
    """
    casework.load(settings.municipalities, settings.eservices)
    for error in definitions.load(settings.eservices).errors:
        print(f"Left out: {error}")  # noqa: T201


@contextmanager
def _lock(var: Path) -> Iterator[None]:
    """Lock the folder until the process ends in whatever way: two would each have their own bus in memory."""
    with (var / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BadSetting(f"{var}/ is in use: stop what runs there, or set ARENDE_VAR to another folder") from error
        yield


def _check_port_is_free(port: int) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError as error:
            raise BadSetting(f"port {port} is taken: stop what uses it, or set ARENDE_PORT to a free port") from error
