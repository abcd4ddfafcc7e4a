"""The page to check the answers: each has its link to change it, several are a list, what is computed has no link."""

import re
from copy import deepcopy

import pytest

from tests.store.intake.browser import Browser
from tests.store.intake.drafts.conftest import SUPPORT, write_support
from tests.store.intake.harness import Intake
from tests.unit.intake.forms.support_form import DEFINITION, PAGES, options, question, text

WHO = {"lives_here": "yes", "household": "single", "area": "north"}


@pytest.fixture
def checked(tmp_path, clock):
    """The check of a form with several choices, and a page on which everything is computed."""
    pages = deepcopy(PAGES)
    pages[0]["sections"][0]["fields"].append(question("weekdays", "checkboxes", options=options("monday", "tuesday")))
    total = question("total", "computed", formula={"sum": ["rent", 1]})
    pages.append({"code": "sum", "title": text("Sum"), "sections": [{"fields": [total]}]})
    folder = write_support(tmp_path, DEFINITION | {"pages": pages})
    intake = Intake.opened(tmp_path, f"sqlite:///{tmp_path}/store.sqlite", clock, eservices=folder)
    browser = Browser(intake.client())
    browser.open(SUPPORT)
    for typed in (WHO | {"weekdays.monday": "yes", "weekdays.tuesday": "yes"}, {}, {"rent": "1000"}, {}):
        answer = browser.press(browser.address, typed)
        assert answer.status_code == 303, answer.text
        browser.open(answer.headers["Location"])
    return browser


def given(page):
    """The answers that a page shows by their questions, each with where it is changed."""
    rows = re.findall(r"<div><dt>([^<]+)</dt>\s*<dd[^>]*>(.*?)</dd>", page, re.DOTALL)
    return {
        label: (re.findall(r'#([^"]+)"', inside), re.findall(r">([^<>]*\S[^<>]*)<", inside)) for label, inside in rows
    }


def test_what_is_computed_has_no_link_to_change_it(checked):
    found = given(checked.page)

    assert found["rent"][0] == ["rent"]
    assert found["all_costs"][0] == found["total"][0] == []
    assert "Ändra" in checked.page.partition('id="page-money"')[2].partition("<dl")[0]
    assert "Ändra" not in checked.page.partition('id="page-sum"')[2].partition("<dl")[0]


def test_several_choices_are_a_list_there_and_on_the_receipt(checked):
    assert "<ul><li>monday</li><li>tuesday</li></ul>" in checked.page

    checked.open(checked.send_again().headers["Location"])

    assert "<ul><li>monday</li><li>tuesday</li></ul>" in checked.page
