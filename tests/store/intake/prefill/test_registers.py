"""A register is asked at its own address, is never waited for, and what it answers is bounded."""

import threading
from datetime import date

import pytest
from prometheus_client import REGISTRY

from services.intake.prefill import registers
from services.intake.prefill.registers import RegisterAway, Registers, addresses
from tests.registers import serving_register


class Time:
    """A clock that only goes forward, by hand."""

    now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def register():
    """A register that knows one property."""
    with serving_register({"Åsen 3:14": {"area": 5630}}) as register:
        yield register


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def known(register, time):
    return Registers({"property": register.address}, time)


def counted(result):
    return REGISTRY.get_sample_value("intake_lookups_total", {"register": "property", "result": result}) or 0


def test_it_is_asked_for_a_key_in_a_municipality_and_answers_facts_and_their_day(register, known):
    before = counted("found")

    found = known.look_up("property", "2039", "Åsen 3:14")

    assert (found.facts, found.as_of) == ({"area": 5630}, date(2026, 11, 20))
    assert register.requests == [{"register": "property", "municipality": "2039", "key": "Åsen 3:14"}]
    assert register.headers[0]["path"] == "/look-ups"
    assert counted("found") == before + 1


def test_what_it_does_not_know_has_no_facts(known):
    before = counted("unknown")

    assert known.look_up("property", "2039", "Nowhere 1:1").facts == {}
    assert counted("unknown") == before + 1


def test_a_user_and_a_password_of_its_address_go_in_the_authorization_header(register):
    address = register.address.replace("//", "//arende:secret@")

    Registers({"property": address}).look_up("property", "2039", "Åsen 3:14")

    assert register.headers[0]["Authorization"] == "Basic YXJlbmRlOnNlY3JldA=="


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"facts": [], "as_of": "2026-11-20"}'),
        (200, b'{"facts": {}, "as_of": 7}'),
        (200, b'{"facts": {}}'),
        (200, b" " * (registers.MOST_BYTES + 1)),
        (404, b"{}"),
        (302, b"{}"),
    ],
)
def test_what_is_no_answer_is_an_error_and_the_next_is_asked(register, known, status, body):
    register.status, register.body, before = status, body, counted("error")

    with pytest.raises(RegisterAway):
        known.look_up("property", "2039", "Åsen 3:14")

    register.status, register.body = 200, None
    assert counted("error") == before + 1
    assert known.look_up("property", "2039", "Åsen 3:14").facts
    assert [each["path"] for each in register.headers] == ["/look-ups"] * 2


def test_one_that_does_not_answer_in_time_is_away_and_not_asked_again_for_a_while(register, known, time, monkeypatch):
    known.look_up("property", "2039", "Åsen 3:14")  # the first time takes longer: certificates are read
    monkeypatch.setattr(registers, "WITHIN_SECONDS", 0.5)
    register.waits = threading.Event()
    for _ in range(3):
        with pytest.raises(RegisterAway):
            known.look_up("property", "2039", "Åsen 3:14")
    assert len(register.requests) == 2

    register.waits.set()
    time.now += registers.AWAY_SECONDS
    assert known.look_up("property", "2039", "Åsen 3:14").facts


def test_one_that_fails_or_is_not_there_is_away(register, time):
    register.status, before = 503, counted("away")
    with pytest.raises(RegisterAway):
        Registers({"property": register.address}, time).look_up("property", "2039", "Åsen 3:14")
    with pytest.raises(RegisterAway):
        Registers({"property": "http://127.0.0.1:1"}, time).look_up("property", "2039", "Åsen 3:14")

    assert counted("away") == before + 2


def test_addresses_are_read_from_the_setting():
    assert addresses("property=https://a.example/x/, people=http://u:p@b.example:81") == {
        "property": "https://a.example/x",
        "people": "http://u:p@b.example:81",
    }


@pytest.mark.parametrize(
    "raw",
    [
        "https://a.example",
        "property=ftp://a.example",
        "property=https://",
        "Property=https://a.example",
        "property=https://a.example?key=1",
        "property=https://a.example,property=https://b.example",
    ],
)
def test_an_address_that_cannot_be_is_refused(raw):
    with pytest.raises(ValueError, match=r"\w"):
        addresses(raw)
