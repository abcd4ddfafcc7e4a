"""Write deploy/rabbitmq/definitions.json: the broker's users, each with its rights only, and the passwords of .env.

RabbitMQ reads it at each start, as does `rabbitmqctl import_definitions FILE`. It holds no password, only hashes.
"""

import argparse
import base64
import hashlib
import json
import re
import secrets
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "deploy" / "rabbitmq" / "definitions.json"

NOTHING = "^$"
EVERYTHING = ".*"

# What each service publishes on the exchange of events.
TOPICS = {
    "intake": r"^(submission|draft|proposal|consultation)\.",
    "routing": r"^(case|officer|mail)\.",
    "notify": r"^notification\.",
}


def definitions(passwords: dict[str, str], vhost: str = "/") -> dict[str, Any]:
    """The users with their rights: `arende`, who may declare, and one for each service.

    A service publishes events of its own topics, asks and answers what was received, and reads its own queues. Routing
    also makes and fills the queues that other systems read.
    """
    services = [_rights(service, vhost) for service in TOPICS]
    return {
        "users": [
            _user("arende", passwords["RABBITMQ_PASSWORD"], tags=["administrator"]),
            *(_user(f"arende_{each}", passwords[f"{each.upper()}_RABBITMQ_PASSWORD"]) for each in TOPICS),
        ],
        "vhosts": [{"name": vhost}],
        "permissions": [
            {"user": "arende", "vhost": vhost, "configure": EVERYTHING, "write": EVERYTHING, "read": EVERYTHING},
            *services,
        ],
        "topic_permissions": [
            {
                "user": f"arende_{service}",
                "vhost": vhost,
                "exchange": "arende.events",
                "write": topics,
                "read": NOTHING,
            }
            for service, topics in TOPICS.items()
        ],
    }


def main() -> None:
    """Read the passwords from .env, and write the file."""
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    try:
        write(ROOT / ".env", TARGET)
    except KeyError as error:
        sys.exit(f".env lacks {error.args[0]}: add it")
    print(f"{TARGET} is written")  # noqa: T201


def write(env: Path, target: Path) -> None:
    """Write the file with the passwords of an .env. KeyError for one that it lacks."""
    passwords = dict(re.findall(r"^(\w*RABBITMQ_PASSWORD)=(.+)$", env.read_text(), re.MULTILINE))
    target.write_text(json.dumps(definitions(passwords), indent=1) + "\n")
    target.chmod(0o644)  # the broker's own user in the container reads it


def _rights(service: str, vhost: str) -> dict[str, str]:
    own = rf"{service}(\.dead-letter|\.reconciliation)?"
    rights = {"configure": NOTHING, "write": r"^arende\.(events|reconciliation)$", "read": rf"^arende\.{own}$"}
    if service == "routing":
        handling = r"handling(\..+)?"
        rights = {
            "configure": r"^arende\.handling\..+$",
            "write": rf"^arende\.(events|reconciliation|replies|{handling})$",
            "read": rf"^arende\.(handling|routing\.commands|{own})$",
        }
    return {"user": f"arende_{service}", "vhost": vhost, **rights}


def _user(name: str, password: str, tags: list[str] | None = None) -> dict[str, Any]:
    """As https://www.rabbitmq.com/docs/passwords has it: a salt of four bytes, and SHA-256 of it and the password."""
    salt = secrets.token_bytes(4)
    digest = hashlib.sha256(salt + password.encode()).digest()
    return {
        "name": name,
        "password_hash": base64.b64encode(salt + digest).decode(),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": tags or [],
    }


if __name__ == "__main__":
    main()
