"""Events as they were once published open forever: a file is added here, never changed and never removed."""

import json
from pathlib import Path

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
        assert read | event.data == read


@pytest.mark.parametrize("file", PUBLISHED, ids=lambda file: file.stem)
def test_an_event_with_fields_of_a_later_day_opens_all_the_same(file):
    event = Event.decode(file.read_bytes(), KEYRING)
    later = Event(**{**vars(event), "data": {**event.data, "added_later": {"by": ["somebody"]}}})

    assert NEWEST[event.name].open(later) == NEWEST[event.name].open(event)


def test_a_file_is_kept_of_every_event_that_is_published():
    kept = {json.loads(file.read_bytes())["type"] for file in PUBLISHED}

    assert kept >= {kind.event_type() for kind in EVENTS}
