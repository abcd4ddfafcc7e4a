"""The directory: who comes into it, who finds whom, and in which order."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from services.routing.directory.find import OfficerNotFound, as_officer, directory, known_officer, listed_officer
from services.routing.directory.models import KnownOfficer
from services.routing.directory.record import Recorder, enlist
from services.routing.organisation.organisation import NamedOfficer
from shared.swedish.time import local_date
from shared.web.tokens import Identity
from tests.store.routing.casework import ANNA, ERIK, EVA, SARA, everything, only

IDENTITY = Identity("eva", "Eva Ek", "2039", frozenset({"officer"}), frozenset({"BN", "MN"}))
TODAY = date(2026, 11, 23)


def named(*, subject="stina", name="Stina Sol", boards=("BN",)):
    """An officer whom the municipality's file names."""
    return NamedOfficer(subject, name, boards)


def names(casework, officer=ANNA, **options):
    """The names on a page of the directory."""
    page = directory(officer, TODAY, sessions=casework.store.sessions, **options)
    return [each.officer.name for each in page.officers]


def test_an_officer_is_known_by_what_their_last_token_had(casework, clock, alvdalen):
    recorder = Recorder(casework.store.sessions, clock)
    recorder.record(IDENTITY)
    clock.move(days=1)
    recorder.record(replace(IDENTITY, name="Eva Ek Berg", roles=frozenset({"leader"}), boards=frozenset({"BN"})))

    with casework.store.sessions() as session:
        known = known_officer(session, "2039", "eva")
        assert (known.name, known.boards, known.last_seen_on) == ("Eva Ek Berg", ["BN"], date(2026, 11, 24))
        assert as_officer(known, alvdalen) == replace(EVA, name="Eva Ek Berg", leads=True)


def test_whom_the_file_names_is_known_before_they_have_signed_in_and_afterwards_by_their_token(
    casework, clock, alvdalen
):
    enlist(replace(alvdalen, officers=(named(), named(subject="eva", name="E. Ek"))), sessions=casework.store.sessions)
    assert names(casework) == ["E. Ek", "Stina Sol"]

    Recorder(casework.store.sessions, clock).record(IDENTITY)
    enlist(
        replace(alvdalen, officers=(named(name="Stina Ås"), named(subject="eva", name="E. Ek"))),
        sessions=casework.store.sessions,
    )
    assert names(casework) == ["Eva Ek", "Stina Ås"]
    enlist(replace(alvdalen, officers=()), sessions=casework.store.sessions)
    assert names(casework) == ["Eva Ek"]


def test_officers_are_listed_in_swedish_order_page_by_page_and_found_by_a_part_of_the_name(casework):
    people = ("Örjan Ek", "Ärla Ek", "Åsa Berg", "Zara Ek", "adam Ek")
    casework.knows(*(replace(EVA, subject=name, name=name) for name in people))

    first = directory(ANNA, TODAY, limit=3, sessions=casework.store.sessions)

    assert [each.officer.name for each in first.officers] == ["adam Ek", "Zara Ek", "Åsa Berg"]
    assert names(casework, after=first.next) == ["Ärla Ek", "Örjan Ek"]
    assert names(casework, name="åsa b") == ["Åsa Berg"]
    assert names(casework, name="%") == []


def test_an_officer_finds_those_with_whom_they_share_a_board(casework):
    sara, erik, *_ = casework.knows(SARA, ERIK, EVA, ANNA)

    assert names(casework, EVA) == ["Anna Andersson", "Eva Ek"]
    assert names(casework, board="TN") == ["Anna Andersson", "Erik Eriksson"]
    assert names(casework, replace(EVA, boards=frozenset())) == ["Anna Andersson", "Eva Ek"]
    with casework.store.sessions() as session:
        assert listed_officer(session, ANNA, erik, TODAY).officer.id == erik
        for hidden in (sara, erik, UUID(int=1)):
            with pytest.raises(OfficerNotFound):
                listed_officer(session, EVA, hidden, TODAY)


def test_it_is_recorded_once_a_day_that_somebody_is_here(casework, clock):
    recorder = Recorder(casework.store.sessions, clock)
    recorder.record(IDENTITY)
    with casework.store.sessions.begin() as session:
        session.scalar(select(KnownOfficer)).name = "Ändrad"

    recorder.record(IDENTITY)
    assert only(casework.store, KnownOfficer).name == "Ändrad"
    clock.move(days=1)
    recorder.record(IDENTITY)
    [known] = everything(casework.store, KnownOfficer)
    assert (known.name, known.last_seen_on) == ("Eva Ek", local_date(clock()))
