"""The search of the catalogue finds what people call things, ranks it, and costs little whatever is asked."""

from dataclasses import replace

import pytest

from services.intake.eservices.search import LONGEST_QUERY, MOST_WORDS, Index, folded
from tests.unit.intake.forms.demo_forms import ESERVICES


def an_eservice(code, title, *, summary="", intro="", words=()):
    texts = {
        "title": {"sv": title, "en": title},
        "summary": {"sv": summary, "en": summary},
        "intro": {"sv": intro, "en": intro},
    }
    return replace(ESERVICES["felanmalan"], code=code, search_words={"sv": words}, **texts)


FAULT_REPORT = an_eservice(
    "felanmalan",
    "Felanmälan gata, park och belysning",
    summary="Anmäl fel på det som kommunen sköter utomhus.",
    intro="Ring 112 vid fara. Förskolans lekplats sköter förskolan.",
    words=["gatlampa", "lyktstolpe", "grop"],
)
PRESCHOOL = an_eservice(
    "forskola", "Ansökan om plats i förskola", summary="För barn från ett år.", words=["dagis", "barnomsorg"]
)
PERMIT = an_eservice("bygglov", "Ansökan om bygglov", summary="Bygga ut ett hus.", words=["altan", "garage"])
SCHOOL = an_eservice("skola", "Byta skola", summary="Välj en annan skola.")
INDEX = Index([FAULT_REPORT, PRESCHOOL, PERMIT, SCHOOL], "sv")


def found(query):
    return [each.code for each in INDEX.find(query)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("gatlampa", "felanmalan"),
        ("dagis", "forskola"),
        ("Dagis!", "forskola"),
        ("DAGISPLATS", "forskola"),
        ("lampa", "felanmalan"),
        ("gatlampor", "felanmalan"),
        ("belysningen", "felanmalan"),
        ("belysn", "felanmalan"),
        ("gatlmapa", "felanmalan"),
        ("byglov", "bygglov"),
        ("altanbygge", "bygglov"),
        ("ansöka om bygglov", "bygglov"),
        ("jag vill anmäla en trasig gatlampa", "felanmalan"),
    ],
)
def test_what_people_call_it_leads_there(query, first):
    assert found(query)[0] == first


def test_the_title_counts_most_then_the_search_words_then_the_summary_then_the_text():
    several = [
        an_eservice("d", "Något", intro="Segla."),
        an_eservice("c", "Något", summary="Segla."),
        an_eservice("b", "Något", words=["segla"]),
        an_eservice("a", "Segla"),
    ]

    assert [each.code for each in Index(several, "sv").find("segla")] == ["a", "b", "c", "d"]


def test_what_has_more_of_the_words_is_found_and_not_what_has_fewer():
    assert found("ansökan förskola") == ["forskola"]


def test_diacritics_are_left_out_only_where_no_word_begins_so():
    assert found("forskola")[0] == "forskola"
    far_and_sheep = Index([an_eservice("far", "Får"), an_eservice("father", "Far")], "sv")

    assert [each.code for each in far_and_sheep.find("far")] == ["father"]
    assert [each.code for each in far_and_sheep.find("får")] == ["far"]
    assert folded("förskoleå") == "forskolea"


@pytest.mark.parametrize("query", ["", "   ", "!?", "\u0301" * 10_000])
def test_without_a_word_all_is_shown(query):
    assert len(found(query)) == 4


@pytest.mark.parametrize("query", ["kvantdator", "x", "9"])
def test_what_is_nowhere_is_not_found(query):
    assert found(query) == []


def test_what_is_too_long_is_not_looked_at_to_its_end():
    assert found("dagis " + "x" * LONGEST_QUERY * 100)[0] == "forskola"
    assert found(" ".join(["gatlampa", *(f"ord{n}" for n in range(MOST_WORDS - 1)), "dagis"])) == ["felanmalan"]


def test_a_language_has_its_own_words():
    english = Index([ESERVICES["felanmalan"]], "en")

    assert english.find("pothole")
    assert not english.find("potthål")
