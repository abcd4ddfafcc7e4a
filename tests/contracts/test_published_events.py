"""Events as they were once published open forever: a file is added here, never changed and never removed."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any, get_type_hints

import marshmallow
import msgspec
import pytest

from shared.events.catalogue import EVENTS
from shared.events.encryption import Keyring
from shared.events.envelope import Event
from shared.events.payloads import schema_of

PUBLISHED = sorted((Path(__file__).parent / "events").glob("*.json"))
KEYRING = Keyring(("6Yq0mYDb4y2Cq8Ck8xXq8y3o1y4l4t3bXhVgk3yqk3E=",))
NEWEST = {kind.NAME: kind for kind in EVENTS}


@pytest.mark.parametrize("file", PUBLISHED, ids=lambda file: file.stem)
def test_an_event_once_published_can_still_be_opened(file):
    event = Event.decode(file.read_bytes(), KEYRING)

    payload = NEWEST[event.name].open(event)

    assert event.source == payload.SOURCE
    if event.version == payload.VERSION:
        read = schema_of(type(payload)).dump(payload)
        assert holds(read, event.data)


def holds(read: Any, published: Any) -> bool:
    """Whether all that was published is in what was read, which also has the fields of later days."""
    if isinstance(published, dict):
        return all(name in read and holds(read[name], value) for name, value in published.items())
    if isinstance(published, list):
        return len(read) == len(published) and all(map(holds, read, published))
    return bool(read == published)


@pytest.mark.parametrize("file", PUBLISHED, ids=lambda file: file.stem)
def test_an_event_with_fields_of_a_later_day_opens_all_the_same(file):
    event = Event.decode(file.read_bytes(), KEYRING)
    later = Event(**{**vars(event), "data": {**event.data, "added_later": {"by": ["somebody"]}}})

    assert NEWEST[event.name].open(later) == NEWEST[event.name].open(event)


def test_a_file_is_kept_of_every_event_that_is_published():
    kept = {json.loads(file.read_bytes())["type"] for file in PUBLISHED}

    assert kept >= {kind.event_type() for kind in EVENTS}


ODD = (None, True, 7, 1.5, "", "odd", "2026-11-23", "2026-11-23T11:00:00", "2026-11-23T11:00:00+01:00", [], ["odd"], {})


def changed(data: Any) -> Iterator[Any]:
    """The data with each of its values, however deep, exchanged for each of the odd ones, and left out."""
    for key in list(data) if isinstance(data, dict) else range(len(data)):
        for odd in ODD:
            yield with_change(data, key, odd)
        yield without(data, key)
        if isinstance(data[key], dict | list):
            yield from (with_change(data, key, inner) for inner in changed(data[key]))


def with_change(data: Any, key: Any, value: Any) -> Any:
    copied = deepcopy(data)
    copied[key] = value
    return copied


def without(data: Any, key: Any) -> Any:
    copied = deepcopy(data)
    del copied[key]
    return copied


@pytest.mark.parametrize("file", PUBLISHED, ids=lambda file: file.stem)
def test_the_decoder_reads_nothing_that_the_schema_refuses_and_all_of_it_as_the_schema_does(file):
    event = Event.decode(file.read_bytes(), KEYRING)
    kind = NEWEST[event.name]

    for data in changed(event.data):
        try:
            read = msgspec.convert(data, kind)
        except msgspec.ValidationError:
            continue
        try:
            assert read == schema_of(kind).load(data)
        except marshmallow.ValidationError as error:
            if "facts" in error.messages and None in data["facts"].values():
                continue  # where anything may stand, the decoder takes null too: it means the same as no fact
            raise AssertionError(f"the schema refuses {data}") from error


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.NAME)
def test_no_time_of_an_event_may_lack_its_offset(kind):
    assert datetime not in get_type_hints(kind, include_extras=True).values(), "use Moment"
