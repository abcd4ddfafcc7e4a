"""Every version of an event keeps its schema: yesterday's events are read tomorrow, and the other way round.

`event-schemas.json` holds the schemas as last committed. After a compatible change, write it anew with
`python -m tests.contracts.test_event_schemas`; what is not compatible is a new version with an upcast. One more value
of an enumeration is compatible: a reader that does not know it lets the event wait.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.operations.api_docs import data_schemas
from shared.events.catalogue import EVENTS

COMMITTED = Path(__file__).parent / "event-schemas.json"


def breaks(old: Any, new: Any, at: str = "") -> Iterator[str]:
    """What in the new JSON Schema would fail those who read or wrote by the old one."""
    if old.get("type") != new.get("type") or old.get("format") != new.get("format"):
        yield f"{at or 'the event'} changed type"
        return
    yield from (f"{at}{value} is no longer a value" for value in sorted(_values(old) - _values(new), key=str))
    if "enum" in new and "enum" not in old:
        yield f"{at or 'the event'} became an enumeration"
    before, after = set(old.get("required", ())), set(new.get("required", ()))
    known, kept = old.get("properties", {}), new.get("properties", {})
    yield from (f"{at}{name} became required" for name in sorted(after - before))
    yield from (f"{at}{name} is no longer required" for name in sorted((before - after) & set(kept)))
    yield from (f"{at}{name} was removed" for name in known if name not in kept)
    for name in known.keys() & kept.keys():
        yield from breaks(known[name], kept[name], f"{at}{name}.")
    for inner in {"items", "additionalProperties"} & old.keys() & new.keys():
        yield from breaks(old[inner], new[inner], f"{at}{inner}.")


def _values(schema: Any) -> set[str | None]:
    return set(schema.get("enum", ()))


def undescribed(schema: Any) -> Any:
    """The schema without its descriptions."""
    if isinstance(schema, list):
        return [undescribed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    is_description = isinstance(schema.get("description"), str)
    return {name: undescribed(each) for name, each in schema.items() if name != "description" or not is_description}


def current() -> dict[str, Any]:
    """The schemas of the code, by event type."""
    return {name: undescribed(schema) for name, schema in data_schemas().items()}


def committed() -> dict[str, Any]:
    """The schemas as last committed, by event type."""
    return json.loads(COMMITTED.read_text()) if COMMITTED.exists() else {}


@pytest.mark.parametrize("event_type", data_schemas())
def test_a_version_of_an_event_never_changes_incompatibly(event_type):
    old = committed().get(event_type)

    assert old, f"{event_type} is new: run `python -m tests.contracts.test_event_schemas` and commit"
    assert not list(breaks(old, current()[event_type]))


def test_the_committed_schemas_are_those_of_the_code():
    now = current()

    assert {name: schema for name, schema in committed().items() if name in now} == now, (
        "compatible, but not written down: run `python -m tests.contracts.test_event_schemas` and commit"
    )


def test_every_version_ever_committed_can_still_be_read():
    newest = {kind.NAME: kind for kind in EVENTS}
    for event_type in committed():
        name, _, version = event_type.removeprefix("se.arende.").rpartition(".v")
        kind = newest[name]
        assert set(range(int(version), kind.VERSION)) <= set(kind.UPCASTS), f"{event_type} cannot be lifted"


OLD = {
    "type": "object",
    "properties": {
        "at": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "state": {"type": "string", "enum": ["queued", "closed"]},
    },
    "required": ["at"],
}


def changed(**changes: Any) -> dict[str, Any]:
    return json.loads(json.dumps(OLD)) | changes


def test_an_added_optional_field_is_compatible():
    assert not list(breaks(OLD, changed(properties={**OLD["properties"], "note": {"type": "string"}})))


def with_states(*states: str) -> dict[str, Any]:
    return changed(properties={**OLD["properties"], "state": {"type": "string", "enum": list(states)}})


def test_an_added_value_of_an_enumeration_is_compatible():
    assert not list(breaks(OLD, with_states("queued", "paused", "closed")))


@pytest.mark.parametrize(
    ("new", "change"),
    [
        (changed(required=["at", "tags"]), "tags became required"),
        (changed(required=[]), "at is no longer required"),
        (changed(properties={name: OLD["properties"][name] for name in ("at", "state")}), "tags was removed"),
        (with_states("queued"), "state.closed is no longer a value"),
        (
            changed(properties={**OLD["properties"], "at": {"type": "string", "enum": ["today"]}}),
            "at. became an enumeration",
        ),
        (changed(properties={**OLD["properties"], "at": {"type": "integer"}}), "at. changed type"),
        (
            changed(properties={**OLD["properties"], "tags": {"type": "array", "items": {"type": "integer"}}}),
            "tags.items. changed type",
        ),
    ],
)
def test_a_change_that_would_fail_a_subscriber_is_found(new, change):
    assert list(breaks(OLD, new)) == [change]


def write() -> None:
    """Write the schemas of the code beside those of older versions, unless a change is incompatible."""
    old, new = committed(), current()
    incompatible = [f"{name}: {change}" for name in old.keys() & new.keys() for change in breaks(old[name], new[name])]
    if incompatible:
        sys.exit("\n".join([*incompatible, "not written: make a new version of the event, with an upcast"]))
    COMMITTED.write_text(json.dumps({**old, **new}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    write()
