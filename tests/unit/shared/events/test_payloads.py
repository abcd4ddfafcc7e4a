"""An event means the same on both sides of the bus: strict out, tolerant in, encrypted where it must be."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

import pytest
from cryptography.fernet import Fernet
from hypothesis import given, settings
from hypothesis import strategies as some

from shared.events.encryption import DecryptionFailed, Keyring
from shared.events.envelope import Event, Moment, NewerEvent, UnreadableEvent
from shared.events.payloads import EventPayload, plain
from shared.observability.tracing import trace

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)


class Gloss(StrEnum):
    """How it shines."""

    MATT = "matt"
    GLOSSY = "glossy"


@dataclass(frozen=True)
class Coat:
    """One layer."""

    gloss: Gloss


@dataclass(frozen=True)
class Painted(EventPayload):
    """Somebody painted a thing; version 1 knew one colour only."""

    NAME: ClassVar[str] = "thing.painted"
    SOURCE: ClassVar[str] = "/arende/painter"
    VERSION: ClassVar[int] = 2
    UPCASTS: ClassVar[Any] = {1: lambda data: {"thing": data["thing"], "colours": [data["colour"]]}}

    thing: str
    colours: list[str]
    layers: int = 1
    gloss: Gloss | None = None
    last_coat: Coat | None = None


@dataclass(frozen=True)
class Dried(EventPayload):
    """It was dry at `at`."""

    NAME: ClassVar[str] = "thing.dried"
    SOURCE: ClassVar[str] = "/arende/painter"

    at: Moment


def a_painted_event(thing: str = "hus") -> Event:
    return Painted(thing, ["röd"]).event(subject="7", municipality="2039", sequence=3, at=NOW)


@settings(deadline=None)  # the first example makes the schema
@given(some.text(), some.lists(some.text()), some.integers(min_value=0, max_value=2**53))
def test_the_data_comes_out_as_it_went_in(thing: str, colours: list[str], layers: int) -> None:
    painted = Painted(thing, colours, layers, Gloss.MATT, Coat(Gloss.GLOSSY))
    sent = painted.event(subject="7", municipality="2039", sequence=3, at=NOW)

    read = Event.decode(sent.encode())

    assert read == sent
    assert Painted.open(read) == painted


def test_its_type_and_routing_key_follow_from_its_name() -> None:
    event = a_painted_event()

    assert event.type == "se.arende.thing.painted.v2"
    assert (event.name, event.version) == ("thing.painted", 2)
    assert event.routing_key == "thing.painted.2039"


def test_a_field_that_is_not_known_yet_is_ignored() -> None:
    event = a_painted_event()

    newer = Event.decode(event.encode().replace(b'"layers"', b'"brush":"wide","layers"'))

    assert Painted.open(newer) == Painted("hus", ["röd"])


def test_a_field_that_lacks_or_does_not_fit_makes_the_event_unreadable_without_a_word_of_its_data() -> None:
    event = Event.decode(a_painted_event("grannens hus").encode().replace(b'["r\xc3\xb6d"]', b'"gul"'))

    with pytest.raises(UnreadableEvent, match=r"thing\.painted\.v2: wrong data in colours") as raised:
        Painted.open(event)

    assert "grannens" not in str(raised.value)


def test_every_field_that_does_not_fit_is_named() -> None:
    with pytest.raises(UnreadableEvent, match=r"wrong data in (?=.*thing)(?=.*layers)(?=.*gloss)"):
        Painted.open(with_data(thing=7, layers="1", gloss="satin", colours=[]))


def test_a_time_without_its_offset_is_unreadable() -> None:
    data = {"at": "2026-11-23T11:00:00"}
    event = Event(**{**vars(a_painted_event()), "type": Dried.event_type(), "data": data})

    with pytest.raises(UnreadableEvent, match=r"wrong data in at$"):
        Dried.open(event)


def test_an_older_version_is_lifted_to_today() -> None:
    first_version = a_painted_event().encode().replace(b".v2", b".v1")
    old = first_version.replace(b'"colours":["r\xc3\xb6d"]', b'"colour":"bl\xc3\xa5"')

    assert Painted.open(Event.decode(old)).colours == ["blå"]


@pytest.mark.parametrize("version", [3, 9])
def test_a_later_version_is_not_read_as_one_that_is_known(version: int) -> None:
    event = Event.decode(a_painted_event().encode().replace(b".v2", f".v{version}".encode()))

    with pytest.raises(NewerEvent, match=f"v{version}: only versions 1 to 2 are known here"):
        Painted.open(event)


def test_version_0_is_none_that_any_service_will_ever_know() -> None:
    event = Event.decode(a_painted_event().encode().replace(b".v2", b".v0"))

    with pytest.raises(UnreadableEvent, match="v0: there is no such version"):
        Painted.open(event)


def with_data(**changes: Any) -> Event:
    """The event with other data than the dataclass would take."""
    event = a_painted_event()
    return Event(**{**vars(event), "data": {**event.data, **changes}})


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"gloss": "satin"}, "gloss"),
        ({"last_coat": {"gloss": "satin"}}, r"last_coat\.gloss"),
        ({"gloss": "satin", "last_coat": {"gloss": ""}}, r"gloss, last_coat\.gloss"),
    ],
)
def test_a_value_that_only_a_later_version_knows_makes_the_event_a_newer_one(changes: Any, place: str) -> None:
    with pytest.raises(NewerEvent, match=rf"thing\.painted\.v2: a value not known here in {place}$") as raised:
        Painted.open(with_data(**changes))

    assert "satin" not in str(raised.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"gloss": 7},
        {"gloss": ["matt"]},
        {"last_coat": "satin"},
        {"last_coat": {}},
        {"gloss": "satin", "colours": "gul"},
        {"last_coat": {"gloss": None}},
    ],
    ids=str,
)
def test_data_that_no_version_can_mean_is_unreadable(changes: Any) -> None:
    with pytest.raises(UnreadableEvent, match="wrong data in"):
        Painted.open(with_data(**changes))


def test_nothing_is_published_with_a_value_that_the_enum_does_not_have() -> None:
    for wrong in (Painted("hus", [], 1, "satin"), Painted("hus", [], 1, None, Coat("satin"))):  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="satin"):
            wrong.event(subject="7", municipality="2039", sequence=3, at=NOW)


def test_an_enum_value_is_stored_and_sent_as_plain_text() -> None:
    data = plain(Painted("hus", [], 1, Gloss.MATT, Coat(Gloss.GLOSSY)))

    assert (type(data["gloss"]), type(data["last_coat"]["gloss"])) == (str, str)
    assert (data["gloss"], data["last_coat"]) == ("matt", {"gloss": "glossy"})


def test_nothing_is_published_that_the_schema_does_not_know() -> None:
    with pytest.raises(TypeError):
        Painted(thing="hus", colours=[], price=3)  # type: ignore[call-arg]


def test_encrypted_data_is_readable_with_every_key_on_the_ring_and_its_envelope_without() -> None:
    old, new, foreign = (Fernet.generate_key().decode() for _ in range(3))
    body = a_painted_event("hemligt hus").encode(Keyring((old,)))

    assert b"hemligt" not in body
    assert Event.decode(body).name == "thing.painted"
    assert Painted.open(Event.decode(body, Keyring((new, old)))).thing == "hemligt hus"
    with pytest.raises(DecryptionFailed):
        Event.decode(body, Keyring((foreign,)))


@given(some.binary())
def test_whatever_arrives_is_read_or_refused(body: bytes) -> None:
    with pytest.raises(UnreadableEvent):
        Event.decode(body)


def test_an_event_belongs_to_the_trace_under_way() -> None:
    with trace("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"):
        event = a_painted_event()

    assert event.traceparent.startswith("00-0af7651916cd43dd8448eb211c80319c-")
    assert "b7ad6b7169203331" not in event.traceparent, "the span is ours"
