"""Settings from the environment: what is wrong stops the start with one line, which holds no password."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from services.intake.settings import Settings as Intake
from services.notify.settings import Settings as Notify
from services.routing.settings import Settings as Routing
from shared.settings import BadSetting, database_url, load, origin, setting, url


@dataclass(frozen=True)
class Settings:
    """A service's, as few as can be."""

    database: str = setting("DATABASE", "the store", read=database_url)
    broker: str = setting("BROKER", "the broker", default="", read=url("amqp", "memory"))


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://u:p%2Fw@h/intake",
        "postgresql+psycopg://u:odd/p#w@h:5432/intake?sslmode=require",
        "sqlite:////var/intake.sqlite",
        "sqlite:///intake.sqlite",
        "postgresql+psycopg://u:pw@pgbouncer:6432/intake?pooler=pgbouncer",
    ],
)
def test_a_store_is_named_as_it_is_opened(address: str) -> None:
    assert load(Settings, {"DATABASE": address}).database == address


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("postgresql+psycopg://u:s3cret@h:port/db", "it cannot be read"),
        ("postgresql+psycopg://u:s3cret@h:70000/db", "65535"),
        ("postgresql+psycopg://u:s3cret@h", "names no database"),
        ("postgresql://u:s3cret@h/db", "must begin with postgresql+psycopg://"),
        ("sqlite://", "names no database"),
        ("sqlite:///", "names no database"),
        ("sqlite:////no/such/folder/x.sqlite", "there is no such folder"),
        ("postgresql+psycopg://u:s3cret@h/db?pooler=other", "pooler can be pgbouncer"),
    ],
)
def test_what_is_no_store_is_refused_in_one_line(address: str, error: str) -> None:
    message = refusal({"DATABASE": address})

    assert message.startswith("DATABASE is wrong (")
    assert error in message


@pytest.mark.parametrize(
    "address",
    ["amqp://u:s3cret@h:port//", "amqp://u:s3cret@h:0", "amqp://u:s3/cret@h", "amqp://[u:s3cret@h", "amqp://"],
)
def test_what_is_no_broker_is_refused_in_one_line(address: str) -> None:
    assert refusal({"DATABASE": "sqlite:///x", "BROKER": address}).startswith("BROKER is wrong (")


@pytest.mark.parametrize(
    "address",
    ["https://e.example.se", "http://127.0.0.1:8000", "https://[::1]:8443", "https://xn--rende-gra.example.se"],
)
def test_the_public_address_is_that_of_a_whole_web_site(address: str) -> None:
    assert origin(address) == address
    assert origin(f"{address}/") == address


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("https://example.se/e-tjanster", "has a path"),
        ("https://example.se/?a=b", "has a query"),
        ("https://example.se/?", "has a query"),
        ("https://example.se#top", "has a fragment"),
        ("https://anna:s3cret@example.se", "has a user"),
        ("https://example.se/e?a#b", "has a path and a query and a fragment"),
        ("https://ärende.example.se", "written in ASCII"),
        ("https://exa mple.se", "written in ASCII"),
        ("ftp://example.se", "must begin with"),
    ],
)
def test_what_no_link_can_be_made_of_is_no_public_address(address: str, error: str) -> None:
    with pytest.raises(ValueError, match=error) as raised:
        origin(address)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("kind", [Intake, Routing, Notify])
def test_every_service_reads_the_public_address_so(kind: type) -> None:
    assert kind.__dataclass_fields__["public_url"].metadata["read"] is origin


@pytest.mark.parametrize("kind", [Intake, Routing, Notify])
def test_no_service_takes_a_port_that_there_is_not(kind: type) -> None:
    [port] = [each for each in kind.__dataclass_fields__.values() if each.name == "metrics_port"]

    assert port.metadata["read"]("65535") == 65535
    with pytest.raises(ValueError, match="65535 at most"):
        port.metadata["read"]("99999")


def refusal(environ: Mapping[str, Any]) -> str:
    with pytest.raises(BadSetting) as raised:
        load(Settings, environ)
    assert "\n" not in str(raised.value)
    assert "s3" not in str(raised.value)
    return str(raised.value)
