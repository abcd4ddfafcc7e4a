"""Every version of an event keeps its shape: yesterday's events are read tomorrow, and the other way round.

`event-schemas.json` holds the schemas as last committed. Once a compatible change is made, write it anew with
`python tests/contracts/test_event_schemas.py`; what is not compatible is a new version with an upcast.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.operations.api_docs import FACTS, data_schemas

COMMITTED = Path(__file__).parent / "event-schemas.json"


def breaks(old: Any, new: Any, at: str = "") -> Iterator[str]:
    """What in the new JSON Schema would fail those who read or wrote by the old one."""
    if old.get("type") != new.get("type") or old.get("format") != new.get("format"):
        yield f"{at or 'the event'} changed type"
        return
    before, after = set(old.get("required", ())), set(new.get("required", ()))
    known, kept = old.get("properties", {}), new.get("properties", {})
    yield from (f"{at}{name} became required" for name in sorted(after - before))
    yield from (f"{at}{name} is no longer required" for name in sorted((before - after) & set(kept)))
    yield from (f"{at}{name} was removed" for name in known if name not in kept)
    for name in known.keys() & kept.keys():
        yield from breaks(known[name], kept[name], f"{at}{name}.")
    for inner in {"items", "additionalProperties"} & old.keys() & new.keys():
        yield from breaks(old[inner], new[inner], f"{at}{inner}.")


def undescribed(schema: Any) -> Any:
    """The schema without what is only said of it."""
    if isinstance(schema, list):
        return [undescribed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    said_of_it = isinstance(schema.get("description"), str)
    return {name: undescribed(each) for name, each in schema.items() if name != "description" or not said_of_it}


def current() -> dict[str, Any]:
    """The schemas of the code, by event type."""
    return {name: undescribed(schema) for name, schema in data_schemas().items()}


def committed() -> dict[str, Any]:
    """The schemas as last committed, by event type."""
    return json.loads(COMMITTED.read_text()) if COMMITTED.exists() else {}


@pytest.mark.parametrize("event_type", data_schemas())
def test_a_version_of_an_event_never_changes_incompatibly(event_type):
    old = committed().get(event_type)

    assert old, f"{event_type} is new: run `python tests/contracts/test_event_schemas.py` and commit"
    assert not list(breaks(old, current()[event_type]))


def test_the_committed_schemas_are_those_of_the_code():
    now = current()

    assert {name: schema for name, schema in committed().items() if name in now} == now, (
        "compatible, but not written down: run `python tests/contracts/test_event_schemas.py` and commit"
    )


def test_every_version_ever_committed_can_still_be_read():
    newest = {fact.NAME: fact for fact in FACTS}
    for event_type in committed():
        name, _, version = event_type.removeprefix("se.arende.").rpartition(".v")
        fact = newest[name]
        assert set(range(int(version), fact.VERSION)) <= set(fact.UPCASTS), f"{event_type} cannot be lifted"


OLD = {
    "type": "object",
    "properties": {"at": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}}},
    "required": ["at"],
}


def changed(**changes: Any) -> dict[str, Any]:
    return json.loads(json.dumps(OLD)) | changes


def test_an_added_optional_field_is_compatible():
    assert not list(breaks(OLD, changed(properties={**OLD["properties"], "note": {"type": "string"}})))


@pytest.mark.parametrize(
    ("new", "fault"),
    [
        (changed(required=["at", "tags"]), "tags became required"),
        (changed(required=[]), "at is no longer required"),
        (changed(properties={"at": {"type": "string"}}), "tags was removed"),
        (changed(properties={**OLD["properties"], "at": {"type": "integer"}}), "at. changed type"),
        (
            changed(properties={**OLD["properties"], "tags": {"type": "array", "items": {"type": "integer"}}}),
            "tags.items. changed type",
        ),
    ],
)
def test_a_change_that_would_fail_a_reader_is_found(new, fault):
    assert list(breaks(OLD, new)) == [fault]


def write() -> None:
    """Write the schemas of the code down beside those of older versions, unless one broke its promise."""
    old, new = committed(), current()
    faults = [f"{name}: {fault}" for name in old.keys() & new.keys() for fault in breaks(old[name], new[name])]
    if faults:
        sys.exit("\n".join([*faults, "not written: make a new version of the event, with an upcast"]))
    COMMITTED.write_text(json.dumps({**old, **new}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    write()
