"""Notify's settings, read from the environment."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from shared.files.virus_scanner import Address, VirusScanner
from shared.files.virus_scanner import address as scanner_address
from shared.settings import (
    BadSetting,
    ServiceSettings,
    database_url,
    folder,
    mail_domains,
    port,
    secret,
    setting,
    url,
    whole_number,
)


def address(raw: str) -> str:
    """An e-mail address that every mail server can write: its domain in ASCII (IDNA 2008). Raises ValueError."""
    try:
        checked = validate_email(raw, check_deliverability=False)
    except EmailNotValidError as error:
        raise ValueError("is not an e-mail address") from error
    if not checked.local_part.isascii():
        raise ValueError("has other characters than ASCII before its @, which not every mail server can write")
    return f"{checked.local_part}@{checked.ascii_domain}"


def mail_server(raw: str) -> str:
    """The URL of a mail server. Raises ValueError, also where a password would be sent unencrypted."""
    server = urlsplit(url("smtp", "smtp+starttls", "smtps")(raw))
    if server.username and server.scheme == "smtp":
        raise ValueError("a password is only sent encrypted, by smtp+starttls:// or smtps://")
    return raw


class LmtpAddress(NamedTuple):
    """Where mail is taken."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def lmtp_address(raw: str) -> LmtpAddress:
    """The IP address and port that mail is taken at. Raises ValueError."""
    host, _, number = raw.rpartition(":")
    return LmtpAddress(str(ip_address(host.strip("[]"))), port(number))


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """The settings of notify. Mail goes by SMTP or to a folder: exactly one of the two is set."""

    database_url: str = setting(
        "NOTIFY_DATABASE_URL",
        "notify's own database, postgresql+psycopg://user:password@host/notify or sqlite:///path",
        read=database_url,
    )
    secret_key: str = setting("NOTIFY_SECRET_KEY", "a random key of 32 characters or more for cookies", read=secret)
    oidc_issuer: str = setting(
        "ARENDE_OIDC_ISSUER", "the OpenID provider that issues officers' tokens", read=url("http", "https")
    )
    from_address: str = setting("NOTIFY_SENDER", "the e-mail address that messages come from", read=address)
    smtp_url: str = setting(
        "NOTIFY_SMTP_URL",
        "the mail server, smtp://host:25, smtp+starttls://user:password@host:587 or smtps://user:password@host:465",
        default="",
        read=mail_server,
    )
    mailbox: Path | None = setting(
        "NOTIFY_MAILBOX", "a folder that mail is put in instead of being sent", default=None, read=Path
    )
    mails_an_hour: int = setting(
        "NOTIFY_MAILS_AN_HOUR",
        "how many mails one address gets in an hour; what is more is sent later",
        default=30,
        read=whole_number,
    )
    unlimited_domains: Sequence[str] = setting(
        "NOTIFY_UNLIMITED_DOMAINS",
        "the domains of addresses without that limit, as the municipality's own, with commas between",
        default="",
        read=mail_domains,
    )
    lmtp: LmtpAddress | None = setting(
        "NOTIFY_LMTP",
        "the address of this machine that mail to the reply addresses is taken at by LMTP, as 127.0.0.1:8024",
        default=None,
        read=lmtp_address,
    )
    received_mail_days: int = setting(
        "NOTIFY_RECEIVED_MAIL_DAYS",
        "the days for which a mail that came in is recognised when it comes again",
        default=60,
        read=whole_number,
    )
    link_key: str = setting(
        "ARENDE_LINK_KEY",
        "the random key, of 32 characters or more, that links to the files of mails are signed with",
        read=secret,
    )
    mail_files: Path = setting(
        "NOTIFY_MAIL_FILES", "a folder that the files which come with mail are kept in", read=folder
    )
    file_check_mb: int = setting(
        "NOTIFY_FILE_CHECK_MB",
        "the megabytes of these files that are compared with what was received each minute",
        default=60,
        read=whole_number,
    )
    clamav: Address | None = setting(
        "NOTIFY_CLAMAV",
        "the virus scanner clamd that files are sent to, tcp://host:3310 or unix:/path",
        default=None,
        read=scanner_address,
    )
    clamav_seconds: int = setting(
        "NOTIFY_CLAMAV_SECONDS",
        "the seconds within which the virus scanner answers about a file",
        default=10,
        read=whole_number,
    )
    mail_file_mb: int = setting(
        "NOTIFY_MAIL_FILE_MB", "how many megabytes one file of a mail may be", default=25, read=whole_number
    )
    mail_files_case_mb: int = setting(
        "NOTIFY_MAIL_FILES_CASE_MB",
        "how many megabytes of files are taken with the mail of one case within a day",
        default=100,
        read=whole_number,
    )
    mail_files_unplaced_mb: int = setting(
        "NOTIFY_MAIL_FILES_UNPLACED_MB",
        "how many megabytes of files are taken with mail to a municipality that names no case, within a day",
        default=300,
        read=whole_number,
    )
    mail_files_all_mb: int = setting(
        "NOTIFY_MAIL_FILES_ALL_MB",
        "how many megabytes of files are taken with all mail to a municipality within a day",
        default=2_000,
        read=whole_number,
    )
    oidc_audience: str = setting(
        "ARENDE_OIDC_AUDIENCE", "the audience that officers' tokens are issued for", default="arende"
    )
    delivery_days: int = setting(
        "NOTIFY_DELIVERY_DAYS", "the days for which attempts to deliver are kept", default=365, read=whole_number
    )
    metrics_port: int = setting(
        "NOTIFY_METRICS_PORT", "the port of the worker's metrics and health", default=9103, read=port
    )

    @property
    def takes_replies(self) -> bool:
        """Whether what is answered to our mail comes in: by LMTP, or from the pages of the mailbox."""
        return self.lmtp is not None or self.mailbox is not None

    def virus_scanner(self) -> VirusScanner | None:
        """The scanner; None where files are not scanned."""
        return VirusScanner(self.clamav, self.clamav_seconds) if self.clamav else None

    def __post_init__(self) -> None:
        """Raises BadSetting unless exactly one of mail server and mailbox is set."""
        if bool(self.smtp_url) == bool(self.mailbox):
            raise BadSetting(
                "NOTIFY_SMTP_URL and NOTIFY_MAILBOX: set exactly one of them, "
                "to the mail server or to a folder that mail is put in"
            )
