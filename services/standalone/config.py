"""The settings of the standalone installation, made in `var`, and those that tools use."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from services.operations.registry import SERVICES
from services.standalone.demo_data import AUDIENCE, DESK_CLIENT
from services.standalone.demo_register import PATH, REGISTER
from shared.settings import BadSetting, load, port, setting

_RANDOM = (
    "ARENDE_LINK_KEY",
    "INTAKE_SECRET_KEY",
    "ROUTING_SECRET_KEY",
    "NOTIFY_SECRET_KEY",
    "ROUTING_OIDC_CLIENT_SECRET",
)


@dataclass(frozen=True)
class Settings:
    """What may be set of the standalone installation; everything has a default."""

    port: int = setting("ARENDE_PORT", "a free port", default=8000, read=port)
    var: Path = setting("ARENDE_VAR", "the folder that everything is kept in", default=Path("var"), read=Path)

    @property
    def origin(self) -> str:
        """Where everything is reached."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def keys(self) -> Path:
        """The file with the keys of this installation."""
        return self.var / "keys.json"


def standalone_settings(chosen: Settings) -> dict[str, str]:
    """The settings of the three services in `var`. Its folders and keys are made the first time."""
    var = chosen.var.resolve()
    try:
        for folder in ("attachments", "documents", "mail-files", "mailbox"):
            (var / folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(f"ARENDE_VAR is wrong ({error.strerror}): set it to a folder that can be written") from error
    return {
        **{f"{service.upper()}_DATABASE_URL": f"sqlite:///{var}/{service}.sqlite" for service in SERVICES},
        **_keys(chosen.keys),
        "ARENDE_BROKER_URL": "memory://arende",
        "ARENDE_PUBLIC_URL": chosen.origin,
        "ARENDE_OIDC_ISSUER": chosen.origin,
        "ARENDE_OIDC_AUDIENCE": AUDIENCE,
        "ROUTING_OIDC_CLIENT_ID": DESK_CLIENT,
        "INTAKE_REGISTERS": f"{REGISTER}={chosen.origin}{PATH}",
        "INTAKE_ATTACHMENTS": str(var / "attachments"),
        "ROUTING_DOCUMENTS": str(var / "documents"),
        "NOTIFY_MAIL_FILES": str(var / "mail-files"),
        "NOTIFY_MAILBOX": str(var / "mailbox"),
        "NOTIFY_SENDER": "e-tjanster@kommun.example",
        "NOTIFY_MAILS_AN_HOUR": "1000000",  # mail goes to the folder, whatever the address
    }


def installation_settings(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The settings that tools use: the environment's where it names a store, else the embedded default's.

    BadSetting when there is neither.
    """
    if any(f"{service.upper()}_DATABASE_URL" in environ for service in SERVICES):
        return environ
    chosen = load(Settings, environ)
    if not chosen.keys.exists():
        raise BadSetting(
            f"there is no installation in {chosen.var}/: begin with `arende up`, "
            "or set INTAKE_DATABASE_URL, ROUTING_DATABASE_URL and NOTIFY_DATABASE_URL"
        )
    return {**environ, **standalone_settings(chosen)}


def _keys(file: Path) -> dict[str, str]:
    """The keys of this installation, made once and readable by its owner alone."""
    if not file.exists():
        keys = {name: secrets.token_urlsafe(32) for name in _RANDOM}
        keys["ARENDE_EVENT_KEYS"] = Fernet.generate_key().decode()
        unready = file.with_suffix(".new")
        with os.fdopen(os.open(unready, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as written:
            json.dump(keys, written)
        unready.rename(file)
    kept: dict[str, str] = json.loads(file.read_text())
    return kept
