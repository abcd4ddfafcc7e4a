"""Intake's settings, read from the environment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.intake.prefill.registers import addresses
from shared.files.virus_scanner import Address, address
from shared.networks import Networks
from shared.settings import (
    ServiceSettings,
    data_folder,
    database_url,
    folder,
    mail_domains,
    port,
    secret,
    setting,
    whole_number,
)


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """What intake needs to know of where it runs."""

    database_url: str = setting(
        "INTAKE_DATABASE_URL",
        "intake's own database, postgresql+psycopg://user:password@host/intake or sqlite:///path",
        read=database_url,
    )
    secret_key: str = setting("INTAKE_SECRET_KEY", "a random key of 32 characters or more for cookies", read=secret)
    link_key: str = setting(
        "ARENDE_LINK_KEY",
        "the random key, of 32 characters or more, that links to attachments are signed with",
        read=secret,
    )
    attachments: Path = setting("INTAKE_ATTACHMENTS", "a folder that attachments are kept in", read=folder)
    eservices: Path = setting(
        "ARENDE_ESERVICES", "the folder with the e-service definitions", default=data_folder("eservices"), read=folder
    )
    file_check_mb: int = setting(
        "INTAKE_FILE_CHECK_MB",
        "the megabytes of attachments that are compared with what was received each minute",
        default=60,
        read=whole_number,
    )
    clamav: Address | None = setting(
        "INTAKE_CLAMAV",
        "the virus scanner clamd that files are sent to, tcp://host:3310 or unix:/path",
        default=None,
        read=address,
    )
    clamav_seconds: int = setting(
        "INTAKE_CLAMAV_SECONDS",
        "the seconds within which the virus scanner answers about a file",
        default=10,
        read=whole_number,
    )
    registers: Mapping[str, str] | None = setting(
        "INTAKE_REGISTERS",
        "the registers that forms are prefilled from, property=https://user:password@registers.example.se, with "
        "commas between",
        default=None,
        read=addresses,
    )
    idempotency_days: int = setting(
        "INTAKE_IDEMPOTENCY_DAYS",
        "the days for which the same request sent again is recognised by its key",
        default=30,
        read=whole_number,
    )
    metrics_port: int = setting(
        "INTAKE_METRICS_PORT", "the port of the worker's metrics and health", default=9101, read=port
    )
    proxies: Networks = setting(
        "FORWARDED_ALLOW_IPS",
        "the addresses of the proxies whose X-Forwarded-For is believed, with commas between",
        default=Networks.read("127.0.0.1,::1"),
        read=Networks.read,
    )
    limit_client: int = setting(
        "INTAKE_LIMIT_CLIENT", "how many submissions one client may send in an hour", default=100, read=whole_number
    )
    limit_recipient: int = setting(
        "INTAKE_LIMIT_RECIPIENT",
        "how many submissions in an hour may name the same e-mail address",
        default=10,
        read=whole_number,
    )
    limit_eservice: int = setting(
        "INTAKE_LIMIT_ESERVICE", "how many submissions an e-service takes in an hour", default=3000, read=whole_number
    )
    limit_client_megabytes: int = setting(
        "INTAKE_LIMIT_CLIENT_MEGABYTES",
        "how many megabytes of files one client may send in an hour",
        default=500,
        read=whole_number,
    )
    limit_all_megabytes: int = setting(
        "INTAKE_LIMIT_ALL_MEGABYTES",
        "how many megabytes of files all may send in an hour",
        default=20_000,
        read=whole_number,
    )
    limit_guesses: int = setting(
        "INTAKE_LIMIT_GUESSES",
        "how many references, links and codes of drafts that do not exist one client may try in an hour",
        default=30,
        read=whole_number,
    )
    limit_drafts: int = setting(
        "INTAKE_LIMIT_DRAFTS", "how many forms one client may begin in an hour", default=300, read=whole_number
    )
    limit_text_megabytes: int = setting(
        "INTAKE_LIMIT_TEXT_MEGABYTES",
        "how many megabytes of long texts one client may write in forms in an hour",
        default=20,
        read=whole_number,
    )
    limit_lookups: int = setting(
        "INTAKE_LIMIT_LOOKUPS",
        "how many look-ups in registers one client's forms may cause in an hour",
        default=100,
        read=whole_number,
    )
    limit_wait_seconds: int = setting(
        "INTAKE_LIMIT_WAIT_SECONDS",
        "how many seconds to wait before a form may be sent where a limit is reached",
        default=20,
        read=whole_number,
    )
    exempt_networks: Networks = setting(
        "INTAKE_LIMIT_EXEMPT_NETWORKS",
        "the municipality's own networks, which no limit holds, with commas between",
        default=Networks.read(""),
        read=Networks.read,
    )
    exempt_mail_domains: Sequence[str] = setting(
        "INTAKE_LIMIT_EXEMPT_MAIL_DOMAINS",
        "the municipality's own mail domains, which may receive any number, with commas between",
        default="",
        read=mail_domains,
    )
