"""The catalogue: by topic, narrowed down, searched; on the page and in the API."""

import re
import shutil

import pytest

from tests.house.reading import ROOT
from tests.store.intake.harness import API

ALL = sorted(file.stem for place in ("common", "alvdalen") for file in ROOT.glob(f"eservices/{place}/*.yaml"))


def titles(page):
    """The e-services shown, in order."""
    return re.findall(r'class="card-link" href="/alvdalen/e-tjanster/(\w+)"', page.text)


def headings(page):
    return re.findall(r"<h2>([^<]+)</h2>", page.text)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ALL),
        ("q=gatlampa", ["felanmalan"]),
        ("q=bygglof", ["bygglov"]),
        ("topic=gator_trafik", ["fardtjanst", "felanmalan", "parkeringstillstand"]),
        ("life_situation=bygga_renovera", ["bostadsanpassning", "bygglov"]),
        ("topic=gator_trafik&life_situation=bygga_renovera", []),
        ("topic=finns_inte", ALL),
        ("q=ansökan&topic=gator_trafik", ["fardtjanst"]),
        ("q=%21", ALL),
        (f"q={'gatlampa ' * 1000}", ["felanmalan"]),
    ],
)
def test_page_and_api_find_the_same(browser, intake, query, expected):
    page = browser.open(f"/alvdalen/?{query}")

    assert (page.status_code, sorted(titles(page))) == (200, expected)
    if len(query) < 200:
        items = intake.client().get(f"{API}/e-services?{query}").json["items"]
        assert sorted(each["code"] for each in items) == expected


def test_the_whole_catalogue_stands_under_its_topics(browser):
    page = browser.open("/alvdalen/")

    assert headings(page)[:3] == ["Barn och utbildning", "Bygga, bo och miljö", "Gator och trafik"]


def test_only_terms_that_lead_somewhere_are_links(intake, tmp_path):
    (tmp_path / "eservices/common").mkdir(parents=True)
    shutil.copy(ROOT / "eservices/common/felanmalan.yaml", tmp_path / "eservices/common")

    page = intake.restarted(eservices=tmp_path / "eservices").client().get("/alvdalen/").text

    assert "topic=gator_trafik" in page
    assert "topic=naringsliv_arbete" not in page


def test_what_is_not_found_leads_on(browser):
    page = browser.open("/alvdalen/?q=kvantdator")

    assert "Inget hittades" in page.text
    assert '<a href="/alvdalen/">Visa alla e-tjänster</a>' in page.text
    assert 'value="kvantdator"' in page.text


def test_a_search_in_english_also_finds_what_only_swedish_words_say(browser):
    assert titles(browser.open("/alvdalen/?q=pothole&lang=en")) == ["felanmalan"]
    assert titles(browser.open("/alvdalen/?q=potthål&lang=en")) == ["felanmalan"]


def test_another_language_shows_the_same_search(browser):
    page = browser.open("/alvdalen/?q=gatlampa&topic=gator_trafik").text

    assert 'href="?q=gatlampa&amp;topic=gator_trafik&amp;lang=en"' in page


def test_what_is_searched_for_is_text_and_nothing_else(browser):
    page = browser.open("/alvdalen/?q=<script>alert(1)</script>").text

    assert "<script>alert" not in page


def test_the_api_has_the_terms_and_refuses_a_search_that_is_too_long(intake):
    found = intake.client().get(f"{API}/e-services").json

    assert {
        "code": "paverka",
        "label": {"sv": "Påverka i kommunen", "en": "Having a say in the municipality"},
    } in found["life_situations"]
    assert [each["code"] for each in found["topics"]][:3] == ["barn_utbildning", "bygga_bo_miljo", "gator_trafik"]
    assert intake.client().get(f"{API}/e-services?q={'x' * 201}").status_code == 422
