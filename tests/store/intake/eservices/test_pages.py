"""The catalogue, and what all pages have."""

import re

import pytest

from tests.store.intake.browser import FORM, PERMIT


@pytest.mark.parametrize("path", ["/", "/alvdalen/", "/robertsfors/", FORM, PERMIT, "/alvdalen/arenden"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_page_is_there_in_both_languages(browser, path, language):
    answer = browser.open(f"{path}?lang={language}")

    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text


def test_a_page_names_its_icon_so_that_no_browser_asks_for_one_that_is_not_there(browser):
    browser.open("/")

    [address] = re.findall(r'<link rel="icon" href="([^"]+)">', browser.page)

    assert browser.open(address).mimetype == "image/svg+xml"


@pytest.mark.parametrize(
    "path", ["/atlantis/", "/alvdalen/e-tjanster/flygtillstand", "/alvdalen/kvitto/x", "/alvdalen/x"]
)
def test_what_is_not_there_has_a_page_that_explains_it(browser, path):
    answer = browser.open(path)

    assert answer.status_code == 404
    assert "<h1>" in answer.text
