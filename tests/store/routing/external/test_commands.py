"""A command of another system that takes longer than the store allows, and what is kept of those that are wrong."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
from sqlalchemy.exc import OperationalError

from services.routing.actions.registry import DEFINITIONS
from services.routing.cases.state_machine import Action
from services.routing.context import RoutingContext
from services.routing.external.commands import MOST_ERRORS, CommandHandler
from services.routing.external.models import CommandRecord
from services.routing.external.records import CommandRecords
from services.routing.organisation import loader
from shared.bus.commands import ReceivedCommand
from shared.database import Database
from shared.files.storage import Storage
from tests.builders import HandClock
from tests.store.routing.casework import ESERVICES, LINK_KEY, MUNICIPALITIES, everything

COMMAND = orjson.dumps(
    {"municipality": "2039", "case_id": str(uuid4()), "action": "note", "data": {"text": "Lampan är lagad."}}
)


class Ended(Exception):
    """What the driver raises for a statement that was ended for its time."""

    sqlstate = "57014"


@pytest.fixture
def handler(store: Database, clock: HandClock, tmp_path: Path) -> CommandHandler:
    """Handles the commands of the system that works the street lights."""
    municipalities = tmp_path / "municipalities"
    shutil.copytree(MUNICIPALITIES, municipalities)
    casework = municipalities / "alvdalen" / "casework.yaml"
    system = "systems:\n  - {user: lampsystem, name: Lampsystemet, queues: [belysning]}\n\nrules:\n"
    casework.write_text(casework.read_text().replace("rules:\n", system, 1))
    live = loader.live(municipalities, ESERVICES)
    context = RoutingContext(store.sessions, live, clock, "https://e.example.se", LINK_KEY, 20, Storage(tmp_path))
    return CommandHandler(context, CommandRecords(store.sessions, clock))


def test_a_command_that_takes_too_long_comes_again_once_and_then_gets_a_reply(
    handler: CommandHandler, monkeypatch: pytest.MonkeyPatch
):
    def perform(*_: Any) -> Any:
        raise OperationalError("UPDATE cases", {}, Ended())

    monkeypatch.setitem(DEFINITIONS, Action.NOTE, replace(DEFINITIONS[Action.NOTE], perform=perform))  # type: ignore[arg-type]
    received = ReceivedCommand("lampsystem", "1", COMMAND)
    with pytest.raises(OperationalError):
        handler(received)

    reply = handler(replace(received, again=True))
    assert orjson.loads(reply) == {"error": "failed"}
    assert handler(received) == reply


def test_of_who_is_no_system_nothing_is_kept(handler: CommandHandler, store: Database):
    reply = handler(ReceivedCommand("somebody", "1", b"{}"))

    assert orjson.loads(reply)["error"] == "unknown-system"
    again = ReceivedCommand("somebody", "2", b"[", again=True)
    assert orjson.loads(handler(again))["error"] == "unknown-system"
    assert everything(store, CommandRecord) == []


def test_a_command_that_is_wrong_in_very_many_ways_gets_some_of_the_errors(handler: CommandHandler, store: Database):
    wrong = orjson.dumps({"municipality": "2039"} | {f"unknown-{n}": n for n in range(900)})

    reply = handler(ReceivedCommand("lampsystem", "1", wrong))

    assert len(orjson.loads(reply)["errors"]) == MOST_ERRORS
    assert len(everything(store, CommandRecord)) == 1
