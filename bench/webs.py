"""Web processes under the production settings: a service's own, and those that show the limits."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from cryptography.fernet import Fernet

from bench import limits
from bench.installation import DATA, Process
from bench.ports import free_port
from services.cli import web
from shared.settings import load

# The bus part reads what the web has recorded.
EVENT_KEY = Fernet.generate_key().decode()

GUNICORN = [sys.executable, "-m", "gunicorn", "--config", str(web.GUNICORN)]


@contextmanager
def intake(folder: Path, database_url: str, broker_url: str, settings: Mapping[str, str]) -> Iterator[str]:
    """Intake's web, alone; its origin."""
    environ = {
        **DATA,
        "INTAKE_DATABASE_URL": database_url,
        "INTAKE_SECRET_KEY": Fernet.generate_key().decode(),
        "INTAKE_ATTACHMENTS": str(folder),
        "ARENDE_BROKER_URL": broker_url,
        "ARENDE_EVENT_KEYS": EVENT_KEY,
        "ARENDE_LINK_KEY": Fernet.generate_key().decode(),
        "ARENDE_PUBLIC_URL": "http://127.0.0.1:8000",
    }
    with _served("intake-web", _arende("web", "intake"), {**environ, **settings}, folder, "/readyz") as origin:
        yield origin


@contextmanager
def routing(folder: Path, database_url: str, installed: Mapping[str, str]) -> Iterator[str]:
    """Routing's web on a store of its own, otherwise as it is installed; its origin."""
    environ = {**installed, "ROUTING_DATABASE_URL": database_url, "WEB_CONCURRENCY": "1"}
    with _served("routing-web", _arende("web", "routing"), environ, folder, "/readyz") as origin:
        yield origin


@contextmanager
def bare(folder: Path, database_url: str, settings: Mapping[str, str]) -> Iterator[str]:
    """The views that are the limits (bench/limits.py); their origin."""
    url = database_url.replace("postgresql+psycopg:", "postgresql:")
    with psycopg.connect(url) as connection:
        connection.execute(limits.TABLE)
    processes = {"WEB_CONCURRENCY": str(load(web.Settings, settings).processes)}
    environ = {"BENCH_DATABASE_URL": url, **settings, **processes}
    with _served("limits", [*GUNICORN, "bench.limits:application()"], environ, folder, "/hello") as origin:
        yield origin


@contextmanager
def _served(name: str, command: list[str], environ: dict[str, str], folder: Path, ready: str) -> Iterator[str]:
    origin = f"http://127.0.0.1:{free_port()}"
    bound = {**environ, "ARENDE_BIND": origin.removeprefix("http://"), "ARENDE_PUBLIC_URL": origin}
    process = Process(name, command, bound, folder / f"{name}.log", origin + ready)
    process.start()
    try:
        process.wait_until_ready()
        yield origin
    finally:
        process.stop()


def _arende(*words: str) -> list[str]:
    return [sys.executable, "-m", "services.cli.main", *words]
