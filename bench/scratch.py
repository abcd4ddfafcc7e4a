"""Databases and a virtual host of this run's own, gone when it ends."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

from services.operations.stores import migrate
from shared.bus import topology
from shared.bus.topology import Subscription

POSTGRES = os.environ.get("ARENDE_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
RABBITMQ = os.environ.get("ARENDE_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//")


@contextmanager
def database(*services: str) -> Iterator[str]:
    """The URL of an empty database, or of one with the tables of a service at their newest revision."""
    name = f"arende_bench_{uuid4().hex}"
    _on_server(f"CREATE DATABASE {name}")
    url = make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    try:
        for service in services:
            migrate(service, {f"{service.upper()}_DATABASE_URL": url})
        yield url
    finally:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def broker() -> Iterator[str]:
    """The URL of an empty virtual host of the broker on this machine."""
    name, address = f"arende-bench-{uuid4().hex}", urlsplit(RABBITMQ)
    _rabbitmqctl("add_vhost", name)
    try:
        _rabbitmqctl("set_permissions", "-p", name, address.username or "guest", ".*", ".*", ".*")
        yield address._replace(path=f"/{name}").geturl()
    finally:
        _rabbitmqctl("delete_vhost", name)


@contextmanager
def patient_broker() -> Iterator[str]:
    """The same, where this process declares queues in which nothing is late: a round fills them before it measures."""
    with broker() as url, patch.object(topology, "SUBSCRIPTIONS", tuple(map(patient, topology.SUBSCRIPTIONS))):
        yield url


def patient(subscription: Subscription) -> Subscription:
    """The same subscription, with an hour until an event is late."""
    return replace(subscription, late_after=3_600_000)


def _on_server(statement: str) -> None:
    engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _rabbitmqctl(*words: str) -> None:
    subprocess.run(["rabbitmqctl", "--quiet", *words], check=True)
