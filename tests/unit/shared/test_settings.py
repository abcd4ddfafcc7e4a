"""Settings from the environment: what is wrong stops the start with one line, which holds no password."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from services.intake.settings import Settings as Intake
from services.notify.settings import Settings as Notify
from services.routing.settings import Settings as Routing
from shared.settings import BadSetting, database_url, load, setting, url


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
