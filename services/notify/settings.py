"""Notify's settings, read from the environment."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from shared.settings import BadSetting, data_folder, database_url, event_keys, folder, port, secret, setting, url


def address(raw: str) -> str:
    """An e-mail address in its normal form; ValueError when it is not one."""
    try:
        return validate_email(raw, check_deliverability=False).normalized
    except EmailNotValidError as fault:
        raise ValueError("is not an e-mail address") from fault


def mail_server(raw: str) -> str:
    """The address of a mail server; ValueError when it is none, or would send a password unencrypted."""
    address = urlsplit(url("smtp", "smtp+starttls", "smtps")(raw))
    if address.username and address.scheme == "smtp":
        raise ValueError("a password is only sent encrypted, by smtp+starttls:// or smtps://")
    return raw


@dataclass(frozen=True)
class Settings:
    """What notify needs to know of where it runs. Mail goes by SMTP or to a folder: exactly one is set."""

    database_url: str = setting(
        "NOTIFY_DATABASE_URL",
        "notify's own database, postgresql+psycopg://user:password@host/notify or sqlite:///path",
        read=database_url,
    )
    broker_url: str = setting(
        "ARENDE_BROKER_URL",
        "the message broker, amqp://user:password@host//",
        read=url("amqp", "amqps", "memory"),
    )
    event_keys: tuple[str, ...] = setting(
        "ARENDE_EVENT_KEYS",
        "Fernet keys that seal secret events, newest first, with commas between",
        read=event_keys,
    )
    public_url: str = setting(
        "ARENDE_PUBLIC_URL",
        "the address that citizens reach the installation at, https://e-tjanster.example.se",
        read=url("http", "https"),
    )
    secret_key: str = setting("NOTIFY_SECRET_KEY", "a random key of 32 characters or more for cookies", read=secret)
    oidc_issuer: str = setting(
        "ARENDE_OIDC_ISSUER", "the OpenID provider that issues officers' tokens", read=url("http", "https")
    )
    sender: str = setting("NOTIFY_SENDER", "the e-mail address that messages come from", read=address)
    smtp_url: str = setting(
        "NOTIFY_SMTP_URL",
        "the mail server, smtp://host:25, smtp+starttls://user:password@host:587 or smtps://user:password@host:465",
        default="",
        read=mail_server,
    )
    mailbox: Path | None = setting(
        "NOTIFY_MAILBOX", "a folder that mail is put in instead of being sent", default=None, read=Path
    )
    municipalities: Path = setting(
        "ARENDE_MUNICIPALITIES",
        "the folder with a folder for each municipality",
        default=data_folder("municipalities"),
        read=folder,
    )
    oidc_audience: str = setting(
        "ARENDE_OIDC_AUDIENCE", "the audience that officers' tokens are issued for", default="arende"
    )
    metrics_port: int = setting(
        "NOTIFY_METRICS_PORT", "the port of the worker's metrics and health", default=9103, read=port
    )

    def __post_init__(self) -> None:
        """BadSetting unless mail has exactly one way to go."""
        if bool(self.smtp_url) == bool(self.mailbox):
            raise BadSetting(
                "NOTIFY_SMTP_URL and NOTIFY_MAILBOX: set exactly one of them, "
                "to the mail server or to a folder that mail is put in"
            )
