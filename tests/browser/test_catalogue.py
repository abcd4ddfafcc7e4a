"""The catalogue in a browser without JavaScript: searched, narrowed down, and left again."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import assert_well_made
from tests.browser.conftest import Visit

pytestmark = pytest.mark.chromium


def expect_cards(page: Page, *titles: str) -> None:
    """These e-services are shown, as soon as the page is there."""
    expect(page.locator(".card-link")).to_have_text(titles)


def test_the_catalogue_is_searched_and_narrowed_down(visit: Visit, installation: str):
    page = visit(installation, scripts=False)
    page.goto("/alvdalen/")
    everything = page.locator(".card-link").all_inner_texts()

    page.get_by_label("Sök bland e-tjänsterna").fill("gatlampa")
    page.get_by_role("button", name="Sök").click()
    expect(page.get_by_role("heading", name="1 e-tjänst hittades")).to_be_visible()
    expect_cards(page, "Gör en felanmälan")

    page.get_by_role("navigation", name="Ämnen").get_by_role("link", name="Bygga, bo och miljö").click()
    expect(page.get_by_role("heading", name="Inget hittades")).to_be_visible()
    expect(page.get_by_label("Sök bland e-tjänsterna")).to_have_value("gatlampa")

    page.get_by_role("link", name="Visa alla e-tjänster").click()
    expect_cards(page, *everything)

    page.get_by_role("navigation", name="Livssituationer").get_by_role("link", name="Få barn").click()
    expect_cards(page, "Ansökan om plats i förskola")
    sent_to_somebody = visit(installation, language="en", scripts=False)
    sent_to_somebody.goto(page.url)
    expect_cards(sent_to_somebody, "Application for a place in preschool")


@pytest.mark.parametrize("query", ["q=ansokan&topic=bygga_bo_miljo", "q=kvantdator"], ids=["found", "nothing_found"])
def test_what_a_search_shows_is_well_made(visit: Visit, installation: str, query: str):
    page = visit(installation)
    page.goto(f"/alvdalen/?{query}")

    assert_well_made(page, language="sv")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert query.partition("&")[0] in page.url
