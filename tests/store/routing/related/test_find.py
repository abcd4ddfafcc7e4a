"""Cases that have to do with a case: which are found, and which are never hinted at."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.routing.actions.claim import claim
from services.routing.actions.decide import decide
from services.routing.actions.link import link_cases
from services.routing.actions.transfer import transfer
from services.routing.related.find import related_to
from services.routing.search.documents import use_key
from services.routing.search.rebuild import rebuild
from shared.events.intake import Answer, AnswerPosition, Submitter, SubmitterKind
from tests.builders import NOON
from tests.store.routing.casework import ANNA, ERIK, LINK_KEY, SARA, command, decision_data
from tests.stores import statements

SOMEBODY = Submitter(SubmitterKind.PERSON, "Lo Lind", "lo@example.org")
BN_ONLY = replace(ANNA, subject="bo", boards=frozenset({"BN"}))


@pytest.fixture(autouse=True)
def _keyed(store):
    use_key(store.sessions, LINK_KEY)


@pytest.fixture
def numbers(store):
    """The numbers of the linked cases, the possible duplicates and the earlier ones, as an officer finds them."""

    def found(case, officer=ANNA):
        related = related_to(officer, case, sessions=store.sessions)
        lists = (related.linked, related.duplicates, related.earlier)
        return tuple([each.case.number for each in one] for one in lists)

    return found


def at(latitude, longitude, text="Vid vägen"):
    """The answer to where something is."""
    return [Answer("place", {"sv": "Var?"}, {"sv": text}, position=AnswerPosition(latitude, longitude))]


def test_open_cases_nearby_of_one_e_service_may_be_duplicates(casework, numbers):
    here = casework.a_case(answers=at(61.2275, 14.0395), submitter=SOMEBODY)
    near = casework.a_case(answers=at(61.2285, 14.0400, "Bron"))
    casework.a_case(answers=at(61.2375, 14.0395, "Kyrkan"))
    casework.a_case(answers=at(61.2275, 14.0395, "Bron"), received_at=NOON - timedelta(days=31))
    casework.a_case(answers=at(61.2275, 14.0395, "Bron"), eservice="felanmalan")
    casework.a_case("2409", answers=at(61.2275, 14.0395))

    assert numbers(here) == ([], [near.number], [])
    [duplicate] = related_to(ANNA, here, sessions=casework.store.sessions).duplicates
    assert 100 < duplicate.metres < 130


def test_earlier_cases_of_the_same_person_or_place_are_found_in_every_state(casework, alvdalen, numbers):
    decided = casework.a_case(submitter=SOMEBODY, eservice="felanmalan")
    claim(command(decided), **casework.store_and_time)
    decide(command(decided), decision_data(), alvdalen, **casework.store_and_time)
    place = [Answer("property", {"sv": "Fastighet"}, {"sv": "Älvdalen Holen 4:12"})]
    there = casework.a_case(answers=place, eservice="felanmalan")

    case = casework.a_case(submitter=replace(SOMEBODY, email="LO@example.org"), answers=place)

    assert numbers(case) == ([], [], [there.number, decided.number])
    assert numbers(decided) == ([], [], [case.number])


def test_nothing_is_found_past_the_walls_of_boards_and_municipalities(casework, alvdalen, numbers):
    moved = casework.a_case(submitter=SOMEBODY)
    case = casework.a_case(submitter=SOMEBODY)
    transfer(command(moved), "gata", "Hör dit.", alvdalen, **casework.store_and_time)

    assert numbers(case) == ([], [], [moved.number])
    assert numbers(case, BN_ONLY) == ([], [], [])
    assert numbers(casework.now(moved), ERIK) == ([], [], [])
    assert numbers(case, SARA) == ([], [], [])


def test_a_secret_case_is_hinted_at_to_its_own_officer_alone(casework, numbers):
    secret = casework.a_case(submitter=SOMEBODY, secrecy="26 kap. 1 § OSL")
    case = casework.a_case(submitter=SOMEBODY)
    assert numbers(case) == ([], [], [])

    claim(command(secret), **casework.store_and_time)

    assert numbers(case) == ([], [], [secret.number])
    assert numbers(case, BN_ONLY) == ([], [], [])


def test_linked_cases_stand_there_alone_and_only_to_those_who_may_see_them(casework, alvdalen, numbers):
    one, other = casework.a_case(submitter=SOMEBODY), casework.a_case(submitter=SOMEBODY)
    link_cases(command(one), other.number, **casework.store_and_time)

    assert numbers(one) == ([other.number], [], [])
    assert numbers(other) == ([one.number], [], [])
    transfer(command(other), "gata", "Hör dit.", alvdalen, **casework.store_and_time)
    assert numbers(one, BN_ONLY) == ([], [], [])


def test_cases_from_before_are_found_once_they_are_written_anew(casework, store, numbers):
    one, other = casework.a_case(submitter=SOMEBODY), casework.a_case(submitter=SOMEBODY)
    use_key(store.sessions, "another key")
    for _ in rebuild(store.sessions):
        pass

    assert numbers(one) == ([], [], [other.number])


def test_a_case_of_a_hundred_places_is_shown_and_finds_those_of_its_person(casework, numbers):
    earlier = casework.a_case(submitter=SOMEBODY)
    many = [each for n in range(100) for each in at(61 + n / 100, 14.0, f"Vid lyktstolpe {n}")]

    case = casework.a_case(answers=many, submitter=SOMEBODY)

    assert numbers(case) == ([], [], [earlier.number])


def test_what_has_to_do_with_a_case_takes_four_statements(casework, store):
    case = casework.a_case(submitter=SOMEBODY, answers=at(61.2275, 14.0395))
    for _ in range(4):
        casework.a_case(submitter=SOMEBODY, answers=at(61.2275, 14.0395))

    with statements(store.engine) as texts:
        related_to(ANNA, case, sessions=store.sessions)

    assert len(texts) == 4
