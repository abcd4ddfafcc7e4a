"""The envelope: what is written can be read, and nothing that is not an event is taken for one."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
import pytest
from cryptography.fernet import Fernet

from shared.events.encryption import DecryptionFailed, Keyring
from shared.events.envelope import Event, NewerEvent, UnreadableEvent

KEYRING = Keyring((Fernet.generate_key().decode(),))


def an_event(**data: Any) -> Event:
    return Event(
        id=uuid4(),
        source="/arende/greeter",
        type="se.arende.greeting.given.v2",
        subject="somebody",
        time=datetime(2026, 11, 23, 11, 0, tzinfo=UTC),
        municipality="2039",
        sequence=7,
        traceparent="00-1",
        data=data,
    )


def test_an_event_comes_back_as_it_was_sent():
    event = an_event(words="Å ä ö", also=[1, None, {"deep": True}])

    assert Event.decode(event.encode()) == event
    assert Event.decode(event.encode(KEYRING), KEYRING) == event
    assert (event.name, event.version, event.routing_key) == ("greeting.given", 2, "greeting.given.2039")


def test_encrypted_data_is_not_readable_without_the_key():
    encrypted = an_event(words="secret").encode(KEYRING)

    assert Event.decode(encrypted).data == {}
    with pytest.raises(DecryptionFailed):
        Event.decode(encrypted, Keyring((Fernet.generate_key().decode(),)))


def test_a_later_envelope_may_have_more_attributes_and_need_not_have_all():
    attributes = orjson.loads(an_event().encode())

    assert Event.decode(orjson.dumps({**attributes, "dataschema": "https://example.org"})).subject == "somebody"
    del attributes["traceparent"], attributes["datacontenttype"]
    assert Event.decode(orjson.dumps(attributes)).traceparent == ""


@pytest.mark.parametrize(
    "changed",
    [
        {"specversion": 2},
        {"id": "7"},
        {"id": 7},
        {"source": None},
        {"type": "org.example.greeting"},
        {"type": "se.arende.greeting.given.v2\n"},
        {"subject": ["somebody"]},
        {"time": "2026-11-23T11:00:00"},
        {"time": "yesterday"},
        {"time": 1763895600},
        {"municipality": "20391"},
        {"municipality": 2039},
        {"sequence": "7"},
        {"sequence": 7.5},
        {"sequence": True},
        {"traceparent": 1},
        {"data": "words"},
        {"data": None},
    ],
    ids=str,
)
def test_nothing_else_is_taken_for_an_event(changed):
    attributes = orjson.loads(an_event().encode())

    with pytest.raises(UnreadableEvent):
        Event.decode(orjson.dumps(attributes | changed))


@pytest.mark.parametrize("later", [{"specversion": "2.0"}, {"datacontenttype": "application/cbor"}], ids=str)
def test_an_envelope_of_a_later_version_is_not_taken_for_what_is_no_event(later):
    attributes = orjson.loads(an_event().encode())

    with pytest.raises(NewerEvent):
        Event.decode(orjson.dumps(attributes | later))


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"7", b'"x"', b"{}", b'{"specversion": "1.0"}'])
def test_bytes_that_are_no_event_are_unreadable(body):
    with pytest.raises(UnreadableEvent):
        Event.decode(body)


@pytest.mark.parametrize("lacking", ["specversion", "id", "source", "type", "subject", "time", "municipality", "data"])
def test_an_event_has_every_attribute_that_it_must(lacking):
    attributes = orjson.loads(an_event().encode())
    del attributes[lacking]

    with pytest.raises(UnreadableEvent):
        Event.decode(orjson.dumps(attributes))
