"""Routing's settings, read from the environment."""

from dataclasses import dataclass
from pathlib import Path

from services.routing.documents.upload import MOST_MEGABYTES_AN_HOUR
from shared.files.virus_scanner import Address, VirusScanner, address
from shared.settings import (
    BadSetting,
    ServiceSettings,
    data_folder,
    database_url,
    folder,
    port,
    secret,
    setting,
    url,
    whole_number,
)


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """What routing needs to know of where it runs."""

    database_url: str = setting(
        "ROUTING_DATABASE_URL",
        "routing's own database, postgresql+psycopg://user:password@host/routing or sqlite:///path",
        read=database_url,
    )
    link_key: str = setting(
        "ARENDE_LINK_KEY", "a random key of 32 characters or more that signs links to attachments", read=secret
    )
    secret_key: str = setting("ROUTING_SECRET_KEY", "a random key of 32 characters or more for cookies", read=secret)
    oidc_issuer: str = setting(
        "ARENDE_OIDC_ISSUER", "the OpenID provider that issues officers' tokens", read=url("http", "https")
    )
    oidc_client_id: str = setting("ROUTING_OIDC_CLIENT_ID", "the desk's client id at the OpenID provider")
    oidc_client_secret: str = setting("ROUTING_OIDC_CLIENT_SECRET", "the desk's client secret at the OpenID provider")
    eservices: Path = setting(
        "ARENDE_ESERVICES", "the folder with the e-service definitions", default=data_folder("eservices"), read=folder
    )
    oidc_audience: str = setting(
        "ARENDE_OIDC_AUDIENCE", "the audience that officers' tokens are issued for", default="arende"
    )
    documents: Path = setting("ROUTING_DOCUMENTS", "a folder that officers' documents are kept in", read=folder)
    file_check_mb: int = setting(
        "ROUTING_FILE_CHECK_MB",
        "the megabytes of documents that are compared with what was received each minute",
        default=60,
        read=whole_number,
    )
    limit_officer_megabytes: int = setting(
        "ROUTING_LIMIT_OFFICER_MEGABYTES",
        "how many megabytes of files one officer may send in an hour",
        default=MOST_MEGABYTES_AN_HOUR,
        read=whole_number,
    )
    clamav: Address | None = setting(
        "ROUTING_CLAMAV",
        "the virus scanner clamd that files are sent to, tcp://host:3310 or unix:/path",
        default=None,
        read=address,
    )
    clamav_seconds: int = setting(
        "ROUTING_CLAMAV_SECONDS",
        "the seconds within which the virus scanner answers about a file",
        default=10,
        read=whole_number,
    )
    access_log_days: int = setting(
        "ROUTING_ACCESS_LOG_DAYS", "the days for which it is kept who read a case", default=1830, read=whole_number
    )
    bulk_most_cases: int = setting(
        "ROUTING_BULK_MOST_CASES", "how many cases one bulk job may have", default=3000, read=whole_number
    )
    bulk_job_days: int = setting(
        "ROUTING_BULK_JOB_DAYS", "the days for which finished bulk jobs are kept", default=90, read=whole_number
    )
    metrics_port: int = setting(
        "ROUTING_METRICS_PORT", "the port of the worker's metrics and health", default=9102, read=port
    )

    def virus_scanner(self) -> VirusScanner | None:
        """The scanner; None where files are not scanned."""
        return VirusScanner(self.clamav, self.clamav_seconds) if self.clamav else None

    def __post_init__(self) -> None:
        """Raises BadSetting where an ID token of the desk's would have the audience of an access token."""
        if self.oidc_client_id == self.oidc_audience:
            raise BadSetting(
                "ROUTING_OIDC_CLIENT_ID is what ARENDE_OIDC_AUDIENCE is: "
                "set them to two names, so that an ID token of the desk is no token for the API"
            )
