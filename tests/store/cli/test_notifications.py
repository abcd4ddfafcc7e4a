"""`arende notifications`: an operator sends now what waits."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select

from services.cli.main import main
from services.notify.delivery.models import Notification
from services.operations.stores import Store, migrate, store
from services.standalone.config import Settings, standalone_settings
from shared.clock import utc_now


@pytest.fixture
def notify(tmp_path: Path) -> Iterator[Store]:
    """Notify's store: one notification waits for a greylist, one for a full mailbox, and one has failed."""
    environ = standalone_settings(Settings(var=tmp_path))
    migrate("notify", environ)
    opened = store("notify", environ)
    later = utc_now() + timedelta(hours=1)
    with opened.database.engine.begin() as connection:
        for state, cause, due in (("due", "450", later), ("due", "452", later), ("failed", "550", None)):
            row = {"id": uuid4(), "event_id": uuid4(), "submission_id": uuid4(), "state": state, "cause": cause}
            row |= {"municipality": "2039", "eservice": "bygglov", "message": "closed", "content": {}}
            row |= {"traceparent": "", "occurred_at": utc_now(), "attempts": 3, "next_attempt_at": due}
            connection.execute(insert(Notification).values(row))
    yield opened
    opened.database.engine.dispose()


@pytest.mark.parametrize(
    ("words", "now_due"),
    [
        ([], {"450": 3, "452": 3}),
        (["--cause", "450"], {"450": 3}),
        (["--failed"], {"450": 3, "452": 3, None: 0}),
        (["--failed", "--cause", "550"], {None: 0}),
    ],
)
def test_what_waits_is_due_at_once(
    notify: Store, tmp_path: Path, words: list[str], now_due: dict[str | None, int]
) -> None:
    result = CliRunner().invoke(main, ["notifications", "send-now", *words], env={"ARENDE_VAR": str(tmp_path)})

    assert result.output == f"notify: {len(now_due)} are sent now\n"
    query = select(Notification.cause, Notification.attempts).where(Notification.next_attempt_at <= utc_now())
    with notify.database.sessions() as session:
        assert {row.cause: row.attempts for row in session.execute(query)} == now_due
