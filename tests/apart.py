"""Tests apart from everything: what they must not reach is refused while they run."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

# Those of `tests/unit` that still reach out, to be moved to `tests/store`. It only shrinks, and at last goes away.
NOT_YET_APART = {
    "cli/test_command.py",
    "cli/test_dispatching.py",
    "cli/test_installation.py",
    "cli/test_provider.py",
    "cli/test_republishing.py",
    "intake/test_bad_input.py",
    "intake/test_pages.py",
    "intake/test_status.py",
    "intake/test_store.py",
    "intake/test_submitting.py",
    "intake/test_supplements.py",
    "intake/test_uploads.py",
    "intake/test_withheld.py",
    "notify/test_api.py",
    "notify/test_deliveries.py",
    "notify/test_handlers.py",
    "notify/test_killed.py",
    "notify/test_letters.py",
    "notify/test_mailbox.py",
    "notify/test_migrations.py",
    "notify/test_smtp.py",
    "routing/test_api.py",
    "routing/test_casework.py",
    "routing/test_desk_nonsense.py",
    "routing/test_gauges.py",
    "routing/test_hearing.py",
    "routing/test_journal.py",
    "routing/test_migrations.py",
    "routing/test_organisation_files.py",
    "routing/test_queues.py",
    "routing/test_registering.py",
    "routing/test_sign_in.py",
    "shared/observability/test_logs.py",
    "shared/observability/test_metrics.py",
    "shared/web/test_identity.py",
    "test_bench.py",
}

FORBIDDEN = {"socket.connect", "socket.bind", "subprocess.Popen", "os.fork", "os.posix_spawn", "sqlite3.connect"}
ADVICE = "in tests/unit: a test that needs it belongs into tests/store"

_watching = False


class ReachesOut(BaseException):
    """A test used a socket, a process or a database. No Exception, or the code under test could handle it."""


@contextmanager
def apart() -> Iterator[None]:
    """Let nothing be reached meanwhile; libpq, which Python's audit does not see, included."""
    global _watching  # noqa: PLW0603 - an audit hook cannot be taken away
    _watching = True
    try:
        with mock.patch("psycopg.connect", side_effect=ReachesOut(f"PostgreSQL {ADVICE}")):
            yield
    finally:
        _watching = False


def _watch(event: str, _arguments: tuple[Any, ...]) -> None:
    if _watching and event in FORBIDDEN:
        raise ReachesOut(f"{event} {ADVICE}")


sys.addaudithook(_watch)
