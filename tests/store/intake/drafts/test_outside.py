"""A place outside the municipality: the page asks whether it is right, and a confirmation lets it go on."""

import re
import shutil

import pytest

from services.intake.drafts.models import Draft
from services.intake.submissions.models import Submission
from tests.builders import HandClock
from tests.house.reading import ROOT
from tests.store.intake.browser import FAULT_REPORT, FORM, Browser
from tests.store.intake.harness import Intake

IN_ROBERTSFORS = {"place.text": "", "place.latitude": "64,1910", "place.longitude": "20.8490"}
IN_STOCKHOLM = {"place.text": "", "place.latitude": "59.33", "place.longitude": "18.06"}
IN_ALVDALEN = {"place.text": "", "place.latitude": "61.2275", "place.longitude": "14.0392"}
BOX = "place.outside"


@pytest.fixture
def intake(tmp_path, clock: HandClock) -> Intake:
    """An intake with an empty SQLite store, which offers what the demo municipalities do."""
    return Intake.opened(tmp_path, f"sqlite:///{tmp_path}/store.sqlite", clock)


@pytest.fixture
def browser(intake: Intake) -> Browser:
    """Somebody at the form of a fault report."""
    browser = Browser(intake.client())
    browser.open(FORM)
    return browser


def box(page):
    """The value of the box that confirms, or None where there is none."""
    found = re.search(rf'name="{re.escape(BOX)}" value="([^"]+)"', page)
    return found and found[1]


def test_a_position_alone_inside_the_municipality_is_enough(browser, intake):
    assert "/kvitto/" in browser.send(FORM, FAULT_REPORT | IN_ALVDALEN).headers["Location"]

    answers = {each["field"]: each for each in intake.rows(Submission)[0].answers}
    assert answers["place"]["answer"] == {"latitude": 61.2275, "longitude": 14.0392}
    assert answers["place"]["value"] == {"sv": "61.2275, 14.0392"}
    assert "61.2275, 14.0392" in browser.check_page
    [event] = intake.outbox()
    published = {each["field"]: each["value"] for each in event["data"]["answers"]}
    assert published["place"] == {"sv": "61.2275, 14.0392"}


def test_a_place_in_another_municipality_of_the_installation_is_named_and_asked_about(browser, intake):
    answer = browser.send(FORM, FAULT_REPORT | IN_ROBERTSFORS)

    assert answer.status_code == 200
    assert "error-summary" not in answer.text
    assert "platsen verkar ligga utanför Älvdalens kommun. Den ligger troligen i Robertsfors kommun." in answer.text
    assert 'href="/robertsfors/"' in answer.text
    assert box(answer.text) == "64.191,20.849"
    assert intake.rows(Submission) == []


def test_of_a_place_in_no_known_municipality_only_that_it_is_outside_is_known(browser):
    answer = browser.send(FORM, FAULT_REPORT | IN_STOCKHOLM)

    assert "platsen verkar ligga utanför Älvdalens kommun." in answer.text
    assert "ligger troligen" not in answer.text


def test_a_confirmed_place_goes_on_and_is_sent(browser, intake):
    confirmed = FAULT_REPORT | IN_ROBERTSFORS | {BOX: "64.191,20.849"}

    assert "/kvitto/" in browser.send(FORM, confirmed).headers["Location"]
    assert len(intake.rows(Submission)) == 1


def test_a_confirmation_holds_for_its_position_only(browser):
    browser.send(FORM, FAULT_REPORT | IN_ROBERTSFORS)
    moved = FAULT_REPORT | IN_STOCKHOLM | {BOX: "64.191,20.849"}

    answer = browser.press(browser.address, moved)

    assert answer.status_code == 200
    assert box(answer.text) == "59.33,18.06"
    assert not re.search(rf'value="{re.escape("59.33,18.06")}" checked', answer.text)


def test_what_is_not_confirmed_is_not_sent_by_way_of_the_check(browser, intake):
    browser.send(FORM, FAULT_REPORT | IN_ROBERTSFORS)
    [draft] = intake.rows(Draft)

    page = browser.open(f"{FORM}/utkast/{draft.id}/kontrollera").text

    assert "Den ligger troligen i Robertsfors kommun." in page
    assert re.search(r'href="[^"]+from=check#place-outside"', page)
    assert ">Skicka<" not in page


def test_beside_other_errors_the_place_is_one_of_them(browser):
    answer = browser.send(FORM, FAULT_REPORT | IN_ROBERTSFORS | {"description": ""})

    assert answer.status_code == 422
    assert re.findall(r'<li><a href="#([^"]+)">', answer.text) == ["place-outside", "description"]


def test_the_api_takes_a_place_outside_as_it_is(intake):
    place = {"latitude": 64.191, "longitude": 20.849}
    answers = {"category": "street_light", "place": place, "description": "Släckt."}

    assert intake.submit({"eservice": "felanmalan", "answers": answers}).status_code == 201


@pytest.mark.parametrize(("place", "outside"), [(IN_ROBERTSFORS, True), (IN_ALVDALEN, False), ({}, False)])
def test_that_a_place_lies_outside_is_published_for_the_rules(browser, intake, place, outside):
    browser.send(FORM, FAULT_REPORT | place | {BOX: "64.191,20.849"})

    assert intake.outbox()[0]["data"]["outside_municipality"] is outside


def test_a_municipality_without_a_border_has_neither_map_nor_question(tmp_path, clock):
    without_borders = shutil.ignore_patterns("border.geojson")
    folder = shutil.copytree(ROOT / "municipalities", tmp_path / "municipalities", ignore=without_borders)
    intake = Intake.opened(tmp_path, f"sqlite:///{tmp_path}/store.sqlite", clock, municipalities=folder)
    browser = Browser(intake.client())

    assert "data-map" not in browser.open(FORM).text
    assert "/kvitto/" in browser.send(FORM, FAULT_REPORT | IN_ROBERTSFORS).headers["Location"]
