"""`arende failed`: an operator finds the failed events of a service, retries them or drops them."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.pool import NullPool

from services.cli.main import main
from services.operations.stores import migrate, store
from services.standalone.config import Settings, standalone_settings
from shared.bus import failed_events
from shared.clock import utc_now
from tests.builders import a_submission, received
from tests.bus import eventually
from tests.stores import migrated

PARKED, WAITING, NEWER = (
    "UnreadableEvent: wrong data in reference",
    "OperationalError",
    "NewerEvent: se.arende.case.registered.v2: only versions 1 to 1 are known here",
)


@pytest.fixture
def notify(tmp_path):
    """Notify's store, with three failed events."""
    environ = standalone_settings(Settings(var=tmp_path))
    migrate("notify", environ)
    opened = store("notify", environ)
    with opened.database.sessions.begin() as session:
        for reason in (PARKED, WAITING, NEWER):
            event = received(a_submission())
            row = {"event_id": str(event.id), "name": event.name, "body": event.encode(), "reason": reason}
            next_attempt = None if reason == PARKED else utc_now() + timedelta(hours=1)
            row |= {"attempts": 7, "first_failed_at": utc_now(), "next_attempt_at": next_attempt}
            session.execute(insert(opened.tables.failed_events).values(row))
    yield opened
    opened.database.engine.dispose()


@pytest.fixture
def failed(notify, tmp_path):
    """Run `arende failed` on that installation; its output."""

    def run(verb, *words):
        result = CliRunner().invoke(main, ["failed", verb, "notify", *words], env={"ARENDE_VAR": str(tmp_path)})
        assert result.exit_code == 0, result.output
        return result.output

    return run


def ids(notify):
    """The id of each failed event by its reason."""
    table = notify.tables.failed_events
    with notify.database.sessions() as session:
        return dict(session.execute(select(table.reason, table.event_id)).all())


def attempts(notify):
    """How often each was tried, by its reason."""
    table = notify.tables.failed_events
    with notify.database.sessions() as session:
        return dict(session.execute(select(table.reason, table.attempts)).all())


@pytest.mark.parametrize(
    ("words", "reasons"),
    [
        ((), [PARKED, WAITING, NEWER]),
        (("--parked",), [PARKED]),
        (("--reason", "newerevent"), [NEWER]),
        (("--reason", "%"), []),
        (("--parked", "--reason", "NewerEvent"), []),
    ],
)
def test_the_list_can_be_narrowed(failed, words, reasons):
    *lines, total = failed("list", *words).splitlines()

    assert [line.rpartition("  ")[2] for line in lines] == reasons
    assert total == f"notify: {len(reasons)} failed events"


def test_the_list_shows_which_wait_and_which_are_parked(failed):
    parked, waiting, _, _ = failed("list").splitlines()

    assert "7 attempts, parked" in parked
    assert "7 attempts, waiting, next attempt at 20" in waiting


def test_one_is_shown_with_its_envelope_and_without_its_data(failed, notify):
    output = failed("show", ids(notify)[PARKED])

    assert json.loads(output)["envelope"]["type"] == "se.arende.submission.received.v1"
    assert "Kim Karlsson" not in output


@pytest.mark.parametrize(
    ("words", "retried"),
    [(("--all",), {PARKED, WAITING, NEWER}), (("--parked",), {PARKED}), (("--reason", "Operational"), {WAITING})],
)
def test_those_that_are_chosen_get_a_new_round_of_attempts(failed, notify, words, retried):
    assert failed("retry", *words) == f"notify: {len(retried)} will be tried again\n"

    assert {reason for reason, number in attempts(notify).items() if number == 0} == retried


def test_one_is_retried_by_its_id(failed, notify):
    failed("retry", ids(notify)[WAITING])

    assert attempts(notify) == {PARKED: 7, WAITING: 0, NEWER: 7}


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (("--all",), set()),
        (("--all", "--parked"), {WAITING, NEWER}),
        (("--all", "--reason", "Newer"), {PARKED, WAITING}),
    ],
)
def test_those_that_are_chosen_are_dropped_and_remembered_as_handled(failed, notify, words, kept):
    before = ids(notify)

    failed("drop", *words)

    assert set(ids(notify)) == kept
    with notify.database.sessions() as session:
        remembered = {str(event_id) for event_id in session.scalars(select(notify.tables.inbox.event_id))}
    assert remembered == {before[reason] for reason in before.keys() - kept}


def test_many_are_dropped_in_batches(failed, notify, monkeypatch):
    monkeypatch.setattr(failed_events, "BATCH", 2)

    assert failed("drop", "--all") == "notify: 3 dropped\n"
    assert ids(notify) == {}


def test_an_id_of_no_failed_event_is_named_as_an_error(notify, tmp_path):
    words = ["failed", "show", "notify", str(uuid4())]
    result = CliRunner().invoke(main, words, env={"ARENDE_VAR": str(tmp_path)})

    assert (result.exit_code, result.stderr) == (1, "Error: notify has no failed event with that id\n")


@pytest.mark.postgres
def test_a_command_closes_its_connections_also_in_a_process_that_lives_on(postgres_database):
    url = postgres_database()
    migrated(url, "notify").engine.dispose()
    engine = create_engine(url, poolclass=NullPool)

    def connections():
        with engine.connect() as connection:
            return connection.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"))

    before = connections()
    for _ in range(3):
        result = CliRunner().invoke(main, ["failed", "list", "notify"], env={"NOTIFY_DATABASE_URL": url})
        assert result.output == "notify: 0 failed events\n"

    eventually(lambda: connections() <= before, seconds=10)
