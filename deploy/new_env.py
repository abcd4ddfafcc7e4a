"""Write .env from .env.example, with a fresh secret wherever the example has no value; and the broker's users."""

import argparse
import base64
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def filled(example: str) -> str:
    """The example with its empty values filled."""
    lines = example.splitlines()
    return "".join(f"{line}{_fresh(line) if line.endswith('=') else ''}\n" for line in lines)


def main() -> None:
    """Refuse to overwrite: a lost key cannot be had back, nor what was encrypted with it."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    target = ROOT / ".env"
    if target.exists():
        sys.exit(f"{target} exists already; it is left as it is")
    target.touch(mode=0o600)
    target.write_text(filled((ROOT / ".env.example").read_text()))
    sys.stdout.write(f"{target} is written, with fresh secrets\n")
    sys.stdout.flush()
    subprocess.run([sys.executable, ROOT / "deploy" / "broker_users.py"], check=True)  # noqa: S603


def _fresh(line: str) -> str:
    if line.startswith("ARENDE_EVENT_KEYS"):
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_hex(32)


if __name__ == "__main__":
    main()
