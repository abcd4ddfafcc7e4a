"""One search over everything that an officer may see: what is found, in which order, and what never is."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from services.routing.actions.message import message
from services.routing.actions.note import note
from services.routing.cases.errors import InvalidInput
from services.routing.search import find, rare_parts
from services.routing.search.documents import use_key
from services.routing.search.find import IdentityNumberInAddress, search
from services.routing.search.models import SearchDocument
from shared.events.intake import Answer, Submitter, SubmitterKind
from tests.builders import a_submission, an_attachment, received
from tests.store.routing.casework import ANNA, ERIK, LINK_KEY, SARA, command
from tests.stores import statements


@pytest.fixture(autouse=True)
def _keyed(store):
    use_key(store.sessions, LINK_KEY)


@pytest.fixture
def found(store):
    """The numbers of the cases that a search finds, in their order."""

    def numbers(query, officer=ANNA, **more):
        return [each.case.number for each in search(officer, query, sessions=store.sessions, **more).cases]

    return numbers


def answer(field, value):
    """An answer to a question that is called like its field."""
    return Answer(field, {"sv": field}, {"sv": value})


@pytest.mark.parametrize(
    "query",
    [
        *("BN 2026-00001", "bn 2026–1", "2026-00001", "1", "26-00001"),
        *("7K4M-2QXH-9TRW", "7k4m2qxh9trw", "4M-2QX"),
        *("tillbyggnad", "permit extension", "BYGGNAD"),
        *("kim karlsson", "arlsson", "kim.karlsson@example.org", "example.org"),
        *("070-123 45 67", "0701234567", "+46 70 123 45 67"),
        *("Dalgatan", "dalgatan 31", "Holen 4:12", "holen", "4:12", "(4:12)"),
        *("belysning", "åsnebrygga", "ÅSNEBRYGGA", "situationsplan", "situationsplan.pdf"),
        *("19900101-2385", "900101-2385", "199001012385", "900101 2385"),
    ],
)
def test_a_case_is_found_by_whatever_is_known_of_it(casework, found, query):
    case = casework.a_case(
        submitter=Submitter(SubmitterKind.PERSON, "Kim Karlsson", "kim.karlsson@example.org", "+46 70-123 45 67"),
        answers=[
            answer("place", "Dalgatan 31, Älvdalen"),
            answer("property", "Älvdalen Holen 4:12"),
            answer("description", "Gatubelysningen vid åsnebryggan är trasig"),
            answer("owner", "19900101-2385"),
        ],
        attachments=[an_attachment()],
    )
    casework.a_case(reference="XXXX-XXXX-XXXX", title={"sv": "Rivning"}, submitter=None)

    assert found(query) == [case.number]


@pytest.mark.parametrize("query", ["070-174 06 33", "0701740633", "+46 70 174 06 33", "åsa 0701740633"])
def test_a_telephone_number_in_a_text_or_a_note_is_found_however_it_is_written(casework, found, query):
    text = "Åsa har 070-174 06 33, 010101-2383."
    written = casework.a_case(reference="XXXX-XXXX-XXXX", answers=[answer("description", text)])
    noted = casework.a_case()
    note(command(noted), text, **casework.store_and_time)

    assert found(query) == [noted.number, written.number]
    assert found("0101012383") == [noted.number, written.number]
    with casework.store.sessions() as session:
        documents = session.scalars(select(SearchDocument.whole)).all()
    assert not any("101012383" in each for each in documents), "an identity number is kept as a hash alone"


@pytest.mark.parametrize(("rare", "useful"), [(-1, -1), (-1, 100), (0, 0), (0, 1)])
def test_words_are_found_whatever_parts_of_them_are_common(casework, found, monkeypatch, rare, useful):
    monkeypatch.setattr(rare_parts, "RARE", rare)
    monkeypatch.setattr(rare_parts, "USEFUL", useful)
    alike = casework.a_case(answers=[answer("place", "Dalvägen 2")], title={"sv": "Rivning"})
    case = casework.a_case(answers=[answer("place", "Dalgatan 31"), answer("description", "Gatubelysningen är trasig")])

    assert found("dalgatan belysning") == found("gatan 31") == found("belysning") == [case.number]
    assert found("dal") == [case.number, alike.number]
    assert found("dalgatan rivning") == []


@pytest.mark.parametrize(
    "query", ["finns inte", "äsnebrygga", "gatub%", "gatub_lysningen", "999", "ab", "", '"', "* OR a*"]
)
def test_what_no_case_has_finds_none(casework, found, query):
    casework.a_case(answers=[answer("description", "Gatubelysningen vid åsnebryggan")])

    assert found(query) == []


def test_a_mark_that_swedish_does_not_have_makes_no_difference(casework, found):
    case = casework.a_case(answers=[answer("description", "Caféet hos Müller")])

    assert found("cafe muller") == found("CAFÉET Müller") == [case.number]


def test_what_is_written_in_a_case_is_found_at_once(casework, claimed, found):
    case = claimed
    note(command(case), "Grannen vill ha ett bullerplank.", **casework.store_and_time)
    message(command(case), "Skicka en fasadritning.", **casework.store_and_time)

    assert found("bullerplank") == found("fasadritning") == found("bygglov plank ritning") == [case.number]


def test_the_number_comes_first_then_titles_parties_and_places_then_texts(casework, found):
    in_text = casework.a_case(answers=[answer("description", "Vid ärende 1 om Solhem")])
    in_place = casework.a_case(answers=[answer("place", "Solhem")])
    newer = casework.a_case(answers=[answer("place", "Solhemsvägen")])

    assert found("solhem") == [newer.number, in_place.number, in_text.number]
    assert found("1")[0] == in_text.number


def test_an_officer_finds_only_what_they_may_open(casework, found, store):
    case = casework.a_case()
    protected = casework.a_case(handling=replace(a_submission().handling, board="finns-inte", secrecy="26:1"))
    assert protected.protected

    assert found("tillbyggnad") == [case.number]
    assert found("tillbyggnad", replace(ANNA, sees_protected=True)) == [protected.number, case.number]
    assert found("tillbyggnad", ERIK) == found(case.number, ERIK) == []
    assert found("tillbyggnad", SARA) == found(case.number, SARA) == []
    assert found(protected.number) == []


# Where no document is sampled, words are taken for rare, and all that have them are asked for.
@pytest.mark.parametrize(("few", "sampled"), [(1, True), (2, True), (5, True), (100, True), (1, False), (100, False)])
@pytest.mark.parametrize("limit", [1, 2, 50])
@pytest.mark.parametrize("title", ["Tillbyggnad", "Annat"])
def test_what_may_be_seen_is_found_past_the_latest_that_may_not(
    casework, found, monkeypatch, few, sampled, limit, title
):
    monkeypatch.setattr(find, "FEW", few)
    monkeypatch.setattr(find, "LATEST", 2)
    if not sampled:
        monkeypatch.setattr(rare_parts, "AGES", [])
    case = {"title": {"sv": title}, "answers": [answer("description", "En tillbyggnad")]}
    seen = [casework.a_case(**case).number for _ in range(2)]
    for _ in range(3):
        casework.a_case(handling=replace(a_submission().handling, board="finns-inte", secrecy="26:1"), **case)
    seen.append(casework.a_case(**case).number)

    assert found("tillbyggnad", limit=limit) == seen[::-1][:limit]


@pytest.mark.parametrize(("few", "latest", "ages"), [(2, 200, [0.5]), (5_000, 200, [0.5]), (2, 200, []), (2, 1, [])])
def test_a_page_goes_on_where_the_one_before_ended(casework, store, monkeypatch, few, latest, ages):
    monkeypatch.setattr(find, "FEW", few)
    monkeypatch.setattr(find, "LATEST", latest)
    monkeypatch.setattr(rare_parts, "AGES", ages)
    texts = [casework.a_case(title={"sv": "Annat"}, answers=[answer("x", "tillbyggnad")]).number for _ in range(2)]
    heads = [casework.a_case().number for _ in range(3)]
    seen, after = [], None
    while True:
        page = search(ANNA, "tillbyggnad", after=after, limit=2, sessions=store.sessions)
        seen.append([each.case.number for each in page.cases])
        after = page.next
        if after is None:
            break

    wanted = [*reversed(heads), *reversed(texts)]
    assert seen == [wanted[:2], wanted[2:4], wanted[4:]]


def test_an_identity_number_is_searched_for_in_no_address(casework, store):
    case = casework.a_case(answers=[answer("owner", "19900101-2385")])

    with pytest.raises(IdentityNumberInAddress):
        search(ANNA, "kim 900101-2385", in_address=True, sessions=store.sessions)
    assert search(ANNA, "900101-2385", sessions=store.sessions).cases[0].case.id == case.id


def test_no_identity_number_stands_in_what_is_searched(casework, store):
    case = casework.a_case(answers=[answer("owner", "19900101-2385")])
    note(command(case), "Ägaren är 900101-2385.", **casework.store_and_time)

    with store.engine.connect() as connection:
        [whole] = connection.exec_driver_sql("SELECT whole FROM search_documents").scalars()
    assert "2385" not in whole


def test_a_word_shorter_than_three_characters_narrows_what_others_find(casework, store, found):
    one, two = (casework.a_case(answers=[answer("place", f"Dalgatan {number}")]) for number in (31, 44))

    assert found("dalgatan 31") == [one.number]
    assert found("44 dalgatan") == [two.number]
    assert search(ANNA, "31 ab", sessions=store.sessions).too_short


@pytest.mark.parametrize("rare", [-1, 10])
def test_a_block_and_unit_are_found_as_a_whole_alone_and_with_other_words(casework, found, monkeypatch, rare):
    monkeypatch.setattr(rare_parts, "RARE", rare)
    one = casework.a_case(answers=[answer("property", "Kiruna 12:4"), answer("description", "Gränsar till Åsen S:3.")])
    for other in ("Kiruna 112:45", "Kiruna 112:4", "Kiruna 12:45", "Kiruna 12:4:1"):
        casework.a_case(answers=[answer("property", other), answer("description", "Åsen s:31")])
    noted = casework.a_case(answers=[])
    note(command(noted), "Gäller även 12:4, 7:2.", **casework.store_and_time)

    assert found("12:4") == [one.number, noted.number], "what has it as its place before what has it in a text"
    assert found("kiruna 12:4") == found("12:4 kiruna") == found("s:3") == [one.number]
    assert found("7:2") == [noted.number]
    assert found("2:4") == found("12:4 7:3") == []


def test_a_query_is_bounded(store):
    many_words = " ".join("abcdefghijk")
    for query in ("a" * 101, many_words, "a" + "\u0301" * 99):
        with pytest.raises(InvalidInput):
            search(ANNA, query, sessions=store.sessions)


def test_a_batch_is_registered_with_as_many_statements_as_one(store, receive_together):
    with statements(store.engine) as of_one:
        receive_together(received(a_submission()))
    with statements(store.engine) as of_three:
        receive_together(*(received(a_submission()) for _ in range(3)))

    assert len(of_three) == len(of_one)
