"""Whole installations of Ärende for bench and tests: the standalone one, and production on real servers."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
from aiosmtpd.controller import Controller
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet

from bench.ports import free_port
from services.cli.main import main
from services.operations.registry import SERVICES
from services.operations.stores import Stores, stores
from services.standalone import config, demo_data
from services.standalone.demo_token import access_token

ROOT = Path(__file__).parents[1]
START_SECONDS = 60
LOOK_SECONDS = 0.05
DEMO = "services.standalone.demo_oidc:provider()"
WEB_PROCESSES = {"intake": "2", "routing": "2", "notify": "1"}
# Everything comes from one client here, and to few addresses: the limits are counted, and never reached.
_LIMITS = (
    "CLIENT",
    "RECIPIENT",
    "ESERVICE",
    "CLIENT_MEGABYTES",
    "ALL_MEGABYTES",
    "GUESSES",
    "DRAFTS",
    "LOOKUPS",
    "TEXT_MEGABYTES",
)
UNLIMITED = {f"INTAKE_LIMIT_{limit}": "1000000000" for limit in _LIMITS}
DATA = {
    "ARENDE_MUNICIPALITIES": str(ROOT / "municipalities"),
    "ARENDE_ESERVICES": str(ROOT / "eservices"),
    **UNLIMITED,
}
SERVED_BY = {"routing": ("/routing/", "/desk/"), "notify": ("/notify/", "/mailbox/")}


@dataclass
class Process:
    """One process group of an installation, that can be started, stopped and killed. Its output is in its log."""

    name: str
    command: list[str]
    environ: dict[str, str]
    log: Path
    ready: str
    folder: Path = ROOT
    _running: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it, without waiting until it answers."""
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environ},
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Return when it answers; fail with its log when it does not."""
        give_up_at = time.monotonic() + START_SECONDS
        with httpx.Client(timeout=2, verify=False) as client:
            while time.monotonic() < give_up_at and self._running and self._running.poll() is None:
                try:
                    if client.get(self.ready).is_success:
                        return
                except httpx.TransportError:
                    pass
                time.sleep(LOOK_SECONDS)
        raise AssertionError(f"{self.name} did not start:\n{self.log.read_text()[-3000:]}")

    def kill(self) -> None:
        """kill -9 of it and all its children."""
        self._signal(signal.SIGKILL)

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Signal it to stop, as an operator does; how many seconds that took."""
        began = time.monotonic()
        self._signal(number)
        return time.monotonic() - began

    def send(self, number: int) -> None:
        """Send it and all its children a signal, and wait for nothing."""
        if self._running:
            os.killpg(self._running.pid, number)

    def _signal(self, number: int) -> None:
        if self._running is None:
            return
        try:
            os.killpg(self._running.pid, number)
            self._running.wait(timeout=30)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()
            raise
        finally:
            self._running = None


@dataclass
class Installation:
    """An installation, whichever kind it is."""

    kind: str
    environ: dict[str, str]
    processes: dict[str, Process]
    origins: dict[str, str]
    read_mail: Callable[[], list[EmailMessage]]
    mail_server: "MailServer | None" = None

    def url(self, path: str) -> str:
        """The address of a path, as the proxy would serve it."""
        served = (service for service, prefixes in SERVED_BY.items() if f"{path}/".startswith(prefixes))
        return self.origins[next(served, "intake")] + path

    def token(self, subject: str = "anna.andersson") -> str:
        """A bearer token of one of the demo people."""
        return access_token(self.environ["ARENDE_OIDC_ISSUER"], subject)

    def arende(self, *words: str) -> Result:
        """Run the command as an operator of this installation does."""
        return CliRunner().invoke(main, words, env=self.environ)

    @cached_property
    def stores(self) -> Stores:
        """The three stores, to look into."""
        return stores(self.environ)

    def mails(self) -> list[EmailMessage]:
        """All that was ever sent."""
        return self.read_mail()

    def mails_about(self, reference: str) -> list[EmailMessage]:
        """All that was ever sent about a submission."""
        return [mail for mail in self.mails() if reference in _text(mail)]


@contextmanager
def standalone(folder: Path) -> Iterator[Installation]:
    """`arende up` in a folder of its own."""
    port, var = free_port(), folder / "var"
    chosen = config.Settings(port=port, var=var)
    environ = {**DATA, **_files_of_its_own(folder), "ARENDE_PORT": str(port), "ARENDE_VAR": str(var)}
    process = Process("up", _arende("up"), environ, folder / "up.log", f"{chosen.origin}/readyz")
    process.start()
    try:
        process.wait_until_ready()
        _wait_for_words(process.log, "Ärende is running")
        environ |= config.standalone_settings(chosen)
        yield Installation(
            "standalone",
            environ,
            {"up": process},
            dict.fromkeys(SERVICES, chosen.origin),
            lambda: [_mail(file.read_bytes()) for file in sorted((var / "mailbox").glob("*.eml"))],
        )
    finally:
        process.stop()


def _files_of_its_own(folder: Path) -> dict[str, str]:
    """The settings of its e-services and municipalities, whose files may be changed."""
    return {
        f"ARENDE_{name.upper()}": str(shutil.copytree(ROOT / name, folder / name))
        for name in ("eservices", "municipalities")
    }


@contextmanager
def production(
    folder: Path, databases: dict[str, str], broker_url: str, settings: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Installation]:
    """The six processes, an OpenID provider and a mail server, on the databases and broker, with more settings."""
    origins = {service: f"http://127.0.0.1:{free_port()}" for service in SERVICES}
    metrics = {service: free_port() for service in SERVICES}
    with ExitStack() as stack:
        mail = stack.enter_context(mail_server())
        provider = _provider(folder)
        environ = {
            **DATA,
            **_files_of_its_own(folder),
            **{f"{service.upper()}_DATABASE_URL": url for service, url in databases.items()},
            **{f"{service.upper()}_SECRET_KEY": Fernet.generate_key().decode() for service in SERVICES},
            **{f"{service.upper()}_METRICS_PORT": str(port) for service, port in metrics.items()},
            "ARENDE_BROKER_URL": broker_url,
            "ARENDE_EVENT_KEYS": Fernet.generate_key().decode(),
            "ARENDE_LINK_KEY": Fernet.generate_key().decode(),
            "ARENDE_PUBLIC_URL": origins["intake"],
            "ARENDE_OIDC_ISSUER": provider.ready.partition("/.well-known")[0],
            "ROUTING_OIDC_CLIENT_ID": demo_data.DESK_CLIENT,
            "ROUTING_OIDC_CLIENT_SECRET": Fernet.generate_key().decode(),
            "INTAKE_ATTACHMENTS": str(_made(folder / "attachments")),
            "ROUTING_DOCUMENTS": str(_made(folder / "documents")),
            "NOTIFY_MAIL_FILES": str(_made(folder / "mail-files")),
            "NOTIFY_SMTP_URL": mail.url,
            "NOTIFY_SENDER": "e-tjanster@kommun.example",
            "NOTIFY_MAILS_AN_HOUR": "1000000",  # a few addresses stand for those of many submitters
            **settings,
        }
        processes = {"provider": provider}
        for service in SERVICES:
            processes[f"{service}-web"] = Process(
                f"{service}-web",
                _arende("web", service),
                {
                    **environ,
                    "ARENDE_BIND": origins[service].removeprefix("http://"),
                    "WEB_CONCURRENCY": WEB_PROCESSES[service],
                },
                folder / f"{service}-web.log",
                f"{origins[service]}/readyz",
            )
            processes[f"{service}-worker"] = Process(
                f"{service}-worker",
                _arende("worker", service),
                environ,
                folder / f"{service}-worker.log",
                f"http://127.0.0.1:{metrics[service]}/readyz",
            )
        built = Installation("production", environ, processes, origins, mail.mails, mail)
        subprocess.run(_arende("migrate"), env={**os.environ, **environ}, cwd=ROOT, check=True)
        for process in processes.values():
            process.start()
            stack.callback(process.kill)
        for process in processes.values():
            process.wait_until_ready()
        yield built


@dataclass
class MailServer:
    """An SMTP server on a port of its own that keeps what it is given."""

    port: int = field(default_factory=free_port)
    received: list[bytes] = field(default_factory=list)
    _controller: Controller = field(init=False, repr=False)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Take mail."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Close the port and all connections. What was taken has been answered by then."""
        self._controller.stop()

    def mails(self) -> list[EmailMessage]:
        """All that was sent, parsed only when they are read."""
        return [_mail(raw) for raw in self.received]

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take one mail."""
        self.received.append(envelope.original_content)
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A real SMTP server."""
    server = MailServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _wait_for_words(log: Path, words: str) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while words not in log.read_text():
        assert time.monotonic() < give_up_at, log.read_text()
        time.sleep(LOOK_SECONDS)


def _provider(folder: Path) -> Process:
    port = free_port()
    return Process(
        "provider",
        [sys.executable, "-m", "gunicorn", f"--bind=127.0.0.1:{port}", "--threads=4", "--no-control-socket", DEMO],
        {"no_proxy": "127.0.0.1"},
        folder / "provider.log",
        f"http://127.0.0.1:{port}/.well-known/openid-configuration",
    )


def _arende(*words: str) -> list[str]:
    return [sys.executable, "-m", "services.cli.main", *words]


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def _mail(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail
