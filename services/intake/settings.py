"""Intake's settings, read from the environment."""

from dataclasses import dataclass
from pathlib import Path

from shared.settings import ServiceSettings, data_folder, database_url, folder, port, secret, setting, whole_number


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
    idempotency_days: int = setting(
        "INTAKE_IDEMPOTENCY_DAYS",
        "the days for which the same request sent again is recognised by its key",
        default=30,
        read=whole_number,
    )
    metrics_port: int = setting(
        "INTAKE_METRICS_PORT", "the port of the worker's metrics and health", default=9101, read=port
    )
