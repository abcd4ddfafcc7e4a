"""`arende replay` and `arende trace` show how far back events reach."""

from datetime import timedelta
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select, update

from services.cli.main import main
from services.intake.submissions.models import Submission
from services.operations.registry import SERVICES, intake
from services.operations.stores import migrate, store
from services.standalone.config import Settings, standalone_settings
from shared.clock import utc_now
from tests.system.submissions import a_fault_report


@pytest.fixture
def environ(tmp_path):
    made = standalone_settings(Settings(var=tmp_path))
    for service in SERVICES:
        migrate(service, made)
    return made


@pytest.fixture
def arende(environ, tmp_path):
    """Run the command on that installation."""
    return lambda *words, **env: CliRunner().invoke(main, list(words), env={"ARENDE_VAR": str(tmp_path), **env})


@pytest.fixture
def outbox(environ):
    opened = store("intake", environ)
    yield opened
    opened.database.engine.dispose()


def published(opened, *, recorded, sent):
    """An event recorded and published so many days ago."""
    row = {"event_id": uuid4(), "subject": "s", "exchange": "e", "routing_key": "k", "body": "{}", "secret": False}
    row |= {"recorded_at": utc_now() - timedelta(days=recorded), "published_at": utc_now() - timedelta(days=sent)}
    with opened.database.sessions.begin() as session:
        session.execute(insert(opened.tables.outbox).values(row))


def days_ago(days):
    return (utc_now() - timedelta(days=days)).isoformat()


def test_replay_publishes_again_what_was_published_since_then_however_long_before_it_was_recorded(arende, outbox):
    published(outbox, recorded=20, sent=1)
    published(outbox, recorded=20, sent=10)
    published(outbox, recorded=31, sent=1)

    result = arende("replay", "intake", "--since", days_ago(2))

    assert result.stdout == "intake: 1 events will be published again\n"
    table = outbox.tables.outbox
    with outbox.database.sessions() as session:
        unpublished = select(table.recorded_at).where(table.published_at.is_(None))
        assert [(utc_now() - at).days for at in session.scalars(unpublished)] == [20]


def test_replay_from_before_what_is_kept_is_one_line_with_the_time_since_when(arende):
    result = arende("replay", "intake", "--since", days_ago(31))

    assert result.exit_code == 1
    since = utc_now() - timedelta(days=30)
    assert result.stderr.startswith(f"Error: events are kept since {since:%Y-%m-%d}")
    assert result.stderr.count("\n") == 1


def test_how_long_is_kept_is_a_setting(arende):
    assert arende("replay", "intake", "--since", days_ago(31), ARENDE_EVENT_DAYS="40").exit_code == 0


def test_trace_adds_that_events_of_an_old_submission_may_be_gone(arende, environ):
    client = intake().web_app(environ).test_client()
    posted = client.post("/intake/api/v1/municipalities/alvdalen/submissions", json=a_fault_report())
    reference = posted.json["reference"]
    assert arende("trace", reference).stderr == ""

    opened = store("intake", environ)
    with opened.database.sessions.begin() as session:
        session.execute(update(Submission).values(received_at=utc_now() - timedelta(days=31)))
    opened.database.engine.dispose()

    assert "may be deleted already (ARENDE_EVENT_DAYS)" in arende("trace", reference).stderr
