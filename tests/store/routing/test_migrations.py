"""The migrations make the very tables that the models say, and keep what was in them."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

import alembic.command
import alembic.config
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

import services.routing.app  # noqa: F401 - the models of every capability
from services.routing.cases.models import DeliveryStatus
from services.routing.directory.models import KnownOfficer, OfficerBoard
from services.routing.models import Base
from services.routing.supplements.models import SupplementRequest
from shared.database import Database, connect
from shared.events.routing import request_id_of
from tests.builders import NOON
from tests.store.routing.casework import MIGRATIONS, everything

# Of indexes on expressions there is no model: the statements that they are for are explained in tests of their own.
OF_EXPRESSIONS = ("search_index", "ix_cases_by_hand_out_day")


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_the_migrated_store_is_as_the_models_define(store):
    with store.engine.connect() as connection:
        opts = {"compare_type": True, "include_name": lambda name, *_: not str(name).startswith(OF_EXPRESSIONS)}
        context = MigrationContext.configure(connection, opts=opts)

        assert compare_metadata(context, Base.metadata) == []


def test_every_row_carries_its_municipality(store):
    of_the_bus = {"outbox", "inbox", "failed_events", "reconciliation"}
    before_it_is_read = {"command_records"}  # a command may end its process before that

    others = Base.metadata.tables.keys() - of_the_bus - before_it_is_read
    assert all("municipality" in Base.metadata.tables[name].c for name in others)


def test_the_trigrams_are_indexed_as_each_database_can(store):
    catalogue = {"sqlite": "SELECT name FROM sqlite_master", "postgresql": "SELECT indexname FROM pg_indexes"}
    with store.engine.connect() as connection:
        names = set(connection.execute(text(catalogue[store.engine.dialect.name])).scalars())

    own = {"sqlite": {"search_index"}, "postgresql": {"search_index_head", "search_index_whole"}}
    assert own[store.engine.dialect.name] <= names


@pytest.mark.parametrize("undelivered", [True, False])
def test_when_a_submitter_was_last_notified_is_kept_apart_from_the_case(database_url, undelivered):
    database = connect(database_url)
    upgrade(database, "0003")
    values = A_CASE | {"id": uuid4().hex, "submission_id": uuid4().hex, "undelivered": undelivered}
    insert(database, "cases", values)

    upgrade(database, "head")

    [kept] = everything(database, DeliveryStatus)
    assert (kept.failed_at, kept.delivered_at) == ((NOON, None) if undelivered else (None, NOON))
    assert kept.submission_id.hex == values["submission_id"]
    database.engine.dispose()


def test_a_supplement_request_that_is_open_becomes_a_record(database_url):
    database = connect(database_url)
    upgrade(database, "0006")
    case = A_CASE | {"id": uuid4().hex, "submission_id": uuid4().hex, "undelivered": False}
    case |= {"state": "awaiting_supplement", "answer_by": "2026-12-14"}
    del case["notified_at"]
    insert(database, "cases", case)
    for sequence, text_ in enumerate(("Ritning.", "Situationsplan."), start=1):
        data = json.dumps({"text": text_, "answer_by": "2026-12-14"})
        insert(database, "journal", AN_ENTRY | {"case_id": case["id"], "sequence": sequence, "data": data})

    upgrade(database, "head")

    [request] = everything(database, SupplementRequest)
    assert (request.case_id.hex, request.text, request.answer_by) == (case["id"], "Situationsplan.", date(2026, 12, 14))
    assert (request.requested_at, request.requested_by, request.ended_at) == (NOON, "Anna", None)
    assert request.id == request_id_of(request.case_id, NOON)
    database.engine.dispose()


def test_who_has_worked_is_in_the_directory_from_the_start(database_url):
    database = connect(database_url)
    upgrade(database, "0009")
    for number, board in enumerate(("BN", "TN")):
        case = A_CASE | {"id": uuid4().hex, "submission_id": uuid4().hex, "number": str(number), "board": board}
        case |= {"undelivered": False, "register_number": number}
        del case["notified_at"]
        insert(database, "cases", case)
        insert(database, "journal", AN_ENTRY | {"case_id": case["id"], "sequence": 1, "data": "{}"})

    upgrade(database, "head")

    [officer] = everything(database, KnownOfficer)
    boards = [each.board for each in everything(database, OfficerBoard, officer_id=officer.id)]
    assert (officer.subject, officer.name, officer.last_seen_on) == ("anna", "Anna", date(2026, 11, 23))
    assert sorted(boards) == ["BN", "TN"]
    database.engine.dispose()


def insert(database: Database, table: str, values: Mapping[str, Any]) -> None:
    """Insert a row."""
    columns = ", ".join(values), ", ".join(f":{name}" for name in values)
    with database.engine.begin() as connection:
        connection.execute(text(f"INSERT INTO {table} ({columns[0]}) VALUES ({columns[1]})"), values)


def upgrade(database: Database, revision: str) -> None:
    """Bring routing's store to a revision."""
    config = alembic.config.Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = database.engine
    alembic.command.upgrade(config, revision)


A_CASE = {
    **dict.fromkeys(("number", "register_board", "reference", "eservice", "language", "board", "queue"), "x"),
    **dict.fromkeys(("eservice_title", "public_title", "tags"), "{}"),
    **dict.fromkeys(("received_at", "registered_at", "notified_at"), "2026-11-23 11:00:00.000000"),
    **dict.fromkeys(("register_year", "register_number", "priority", "sequence"), 1),
    **dict.fromkeys(("secret", "protected"), False),
    "municipality": "2039",
    "state": "queued",
    "due_by": "9999-12-31",
}

AN_ENTRY = {
    "municipality": "2039",
    "at": "2026-11-23 11:00:00.000000",
    "action": "request_supplement",
    "state": "awaiting_supplement",
    "actor_subject": "anna",
    "actor_name": "Anna",
    "hash": "x",
}
