"""Health of a process: what `/healthz` (is it alive) and `/readyz` (can it do its work) answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

Check = Callable[[], Any]

ALIVE = {"status": "alive"}

log = structlog.get_logger(__name__)


def failed(checks: Mapping[str, Check]) -> list[str]:
    """Run every check; the names of those that raised."""
    return [name for name, check in checks.items() if not _passes(name, check)]


def readiness(failed: Sequence[str]) -> dict[str, Any]:
    """The body of `/readyz`: `ready`, or `not ready` and which checks failed."""
    return {"status": "not ready", "failed": list(failed)} if failed else {"status": "ready", "failed": []}


def _passes(name: str, check: Check) -> bool:
    try:
        check()
    except Exception:
        log.warning("check_failed", check=name, exc_info=True)
        return False
    return True
