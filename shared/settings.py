"""Typed settings from the environment. A missing or bad value stops the start with one line about what to set."""

import re
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from shared.recipients import in_ascii

Loaded = TypeVar("Loaded")
Parser = Callable[[str], Any]


class BadSetting(Exception):
    """A setting is missing or wrong; the message is one line for the operator: the variable, the error, what to set."""


def setting(variable: str, what: str, *, default: Any = MISSING, read: Parser = str) -> Any:
    """A dataclass field read from the environment variable; `what` completes "set it to …"."""
    return field(default=default, metadata={"variable": variable, "what": what, "read": read})


def data_folder(name: str) -> Path:
    """The folder of this name where the process starts; where there is none, the one that the wheel installed."""
    own, installed = Path(name), Path(sysconfig.get_path("data"), "share", "arende", name)
    return installed if installed.is_dir() and not own.is_dir() else own


def load(kind: type[Loaded], environ: Mapping[str, str]) -> Loaded:
    """Make the settings from the environment; BadSetting at the first variable that is missing or wrong."""
    return kind(**{each.name: _value(each, environ) for each in fields(kind)})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Described:
    """One setting as the operations page and `.env.example` show it."""

    variable: str
    what: str
    default: str | None


def described(kind: type) -> list[Described]:
    """Every setting of a service, in order. `default` None: it must be set."""
    return [
        Described(
            each.metadata["variable"],
            each.metadata["what"],
            None if each.default is MISSING else str(each.default if each.default is not None else ""),
        )
        for each in fields(kind)
    ]


def _value(each: "Field[Any]", environ: Mapping[str, str]) -> Any:
    variable, what = each.metadata["variable"], each.metadata["what"]
    raw = environ.get(variable, "").strip()
    if not raw:
        if each.default is MISSING:
            raise BadSetting(f"{variable} is not set: set it to {what}")
        return each.default
    try:
        return each.metadata["read"](raw)
    except ValueError as error:
        raise BadSetting(f"{variable} is wrong ({error}): set it to {what}") from error


# Readers: each turns the text into a value, or raises ValueError with a few words on what is wrong.


def url(*schemes: str) -> Parser:
    """An address whose scheme is one of these, with a host and, where it names one, a port."""

    def read(raw: str) -> str:
        _expect_scheme(raw, schemes)
        try:
            host, given_port = urlsplit(raw).hostname, urlsplit(raw).port
        except ValueError:  # whose message may quote a password
            raise ValueError("its host or port cannot be read") from None
        if given_port == 0:
            raise ValueError("port must be 1 to 65535")
        if not host and not raw.startswith("memory:"):
            raise ValueError("names no host")
        return raw.rstrip("/")

    return read


def origin(raw: str) -> str:
    """The address of a whole web site, to which paths are added: scheme, host and, where it needs one, port."""
    address = urlsplit(url("http", "https")(raw))
    more = {
        "a user": address.username is not None,
        "a path": address.path.strip("/"),
        "a query": address.query or "?" in raw,
        "a fragment": address.fragment or "#" in raw,
    }
    if found := [what for what, is_there in more.items() if is_there]:
        raise ValueError(f"has {' and '.join(found)}, and must end with its host or port")
    if not re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", address.netloc):
        raise ValueError("a host is written in ASCII, with xn-- where its name has other letters")
    return raw.rstrip("/")


def database_url(raw: str) -> str:
    """The URL of the service's own database: PostgreSQL, or an SQLite file."""
    from sqlalchemy import make_url  # noqa: PLC0415 - only a service with a database needs it
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    _expect_scheme(raw, ("postgresql+psycopg", "sqlite"))
    try:
        address = make_url(raw)
    except (ArgumentError, ValueError):
        raise ValueError("it cannot be read as a database's address") from None
    if not address.database:
        raise ValueError("names no database")
    if address.port is not None:
        port(str(address.port))
    if address.drivername == "sqlite":
        folder(str(Path(address.database).parent))
    if address.query.get("pooler", "pgbouncer") != "pgbouncer":
        raise ValueError("pooler can be pgbouncer, and nothing else")
    return raw


def secret(raw: str) -> str:
    """A key of at least 32 characters."""
    if len(raw) < 32:
        raise ValueError("must be at least 32 characters")
    return raw


def folder(raw: str) -> Path:
    """A folder that exists."""
    path = Path(raw)
    if not path.is_dir():
        raise ValueError("there is no such folder")
    return path


def whole_number(raw: str) -> int:
    """A whole number of one or more."""
    if not raw.isdecimal() or int(raw) < 1:
        raise ValueError("must be a whole number, 1 or more")
    return int(raw)


def port(raw: str) -> int:
    """A TCP port."""
    number = whole_number(raw)
    if number > 65535:
        raise ValueError("must be 65535 at most")
    return number


def mail_domains(raw: str) -> Sequence[str]:
    """Domains of e-mail addresses, with commas between."""
    domains = tuple(in_ascii(each.strip().lower().removeprefix("@")) for each in raw.split(",") if each.strip())
    if not all("." in each and "@" not in each for each in domains):
        raise ValueError("must be domains, such as kommun.example")
    return domains


def republish_seconds(raw: str) -> int:
    """Seconds until an event should have been handled: more than its relay may wait for the broker to confirm it."""
    seconds = whole_number(raw)
    if seconds < 60:
        raise ValueError("must be 60 or more")
    return seconds


def event_keys(raw: str) -> tuple[str, ...]:
    """Fernet keys, newest first, with commas between."""
    from shared.events.encryption import Keyring  # noqa: PLC0415 - only a service that encrypts needs it

    keys = tuple(key.strip() for key in raw.split(","))
    Keyring(keys)
    return keys


def _expect_scheme(raw: str, schemes: Sequence[str]) -> None:
    if not raw.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        raise ValueError(f"must begin with {' or '.join(f'{one}://' for one in schemes)}")


@dataclass(frozen=True, kw_only=True)
class EventTimes:
    """When an event that is not handled is published again, and how long events are kept."""

    republish_seconds: int = setting(
        "ARENDE_REPUBLISH_SECONDS",
        "the seconds, 60 or more, after which an event that a subscriber lacks is published again",
        default=60,
        read=republish_seconds,
    )
    event_days: int = setting(
        "ARENDE_EVENT_DAYS",
        "the days for which published events are kept and can be published again",
        default=30,
        read=whole_number,
    )

    @property
    def republish_after(self) -> timedelta:
        """The time that subscribers have to handle an event."""
        return timedelta(seconds=self.republish_seconds)

    @property
    def keep(self) -> timedelta:
        """How long published events are kept. No event is published again that was recorded longer ago."""
        return timedelta(days=self.event_days)

    @property
    def keep_handled(self) -> timedelta:
        """How long the ids of handled events are kept: when one ends, its event has long been past publishing again."""
        return 2 * self.keep


@dataclass(frozen=True, kw_only=True)
class ServiceSettings(EventTimes):
    """The settings that every service has; each service's own class adds the others."""

    broker_url: str = setting(
        "ARENDE_BROKER_URL",
        "the message broker, amqp://user:password@host//",
        read=url("amqp", "amqps", "memory"),
    )
    event_keys: tuple[str, ...] = setting(
        "ARENDE_EVENT_KEYS",
        "Fernet keys that encrypt secret events, newest first, with commas between",
        read=event_keys,
    )
    public_url: str = setting(
        "ARENDE_PUBLIC_URL",
        "the address that citizens reach the installation at, https://e-tjanster.example.se",
        read=origin,
    )
    metrics_host: str = setting(
        "ARENDE_METRICS_HOST",
        "the address of this machine that a worker's metrics and health are served at",
        default="127.0.0.1",
    )
    municipalities: Path = setting(
        "ARENDE_MUNICIPALITIES",
        "the folder with a folder for each municipality",
        default=data_folder("municipalities"),
        read=folder,
    )
