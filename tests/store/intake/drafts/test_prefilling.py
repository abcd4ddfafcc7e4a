"""A page is prefilled from a register before it is shown; its submitter sees from where, may change or decline it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from services.intake.drafts.models import Draft
from services.intake.submissions.models import Submission
from tests.registers import AS_OF, Register, serving_register
from tests.store.intake.browser import APPLICATION, PERMIT, Browser
from tests.store.intake.drafts.test_pages import at, follow, the_draft
from tests.store.intake.harness import Intake
from tests.unit.intake.prefill.property_form import property_definition

FORM = "/alvdalen/e-tjanster/site"
CHURCH, MEADOW = "Kyrkbyn 12:4", "Åsen 3:14"
FACTS = {
    CHURCH: {
        "address": {"street": "Dalgatan 12", "postal_code": "79631", "city": "Älvdalen"},
        "area": 1240.5,
        "detailed_plan": "inside",
    },
    MEADOW: {"area": 5630, "detailed_plan": "outside"},
}
PREFILLED = {
    "address.street": "Dalgatan 12",
    "address.postal_code": "796 31",
    "address.city": "Älvdalen",
    "area": "1240,5",
    "plan": "inside",
}
NOTE = "Hämtat från fastighetsregistret 23 november 2026"


def write_property_form(folder: Path) -> Path:
    """Write the definition; the folder of e-services."""
    common = folder / "eservices/common"
    common.mkdir(parents=True)
    (common / "site.yaml").write_text(yaml.safe_dump(property_definition()))
    return folder / "eservices"


@pytest.fixture
def register() -> Iterator[Register]:
    """A register that knows two properties."""
    with serving_register(FACTS) as register:
        yield register


@pytest.fixture
def intake(tmp_path, clock, register, database_url) -> Intake:
    """An intake, with a store of each kind, whose forms are prefilled from the register."""
    eservices = write_property_form(tmp_path)
    return Intake.opened(
        tmp_path, database_url, clock, eservices=eservices, registers={"property": f"{register.address}"}
    )


@pytest.fixture
def browser(intake) -> Browser:
    """Somebody at the form's first page."""
    browser = Browser(intake.client())
    browser.open(FORM)
    return browser


def typed(intake):
    return the_draft(intake).pages.get("site")


def sent(browser, intake):
    """Send what the check shows; the answers of the submission by question."""
    assert "/kvitto/" in follow(browser, browser.send_again())
    [submission] = intake.rows(Submission)
    return {each["field"]: each for each in submission.answers}


def test_a_page_is_filled_in_with_what_the_register_has_and_marked_so(browser, intake, register):
    follow(browser, browser.send_again(property=CHURCH))

    assert register.requests == [{"register": "property", "municipality": "2039", "key": CHURCH}]
    assert typed(intake) == PREFILLED
    for name in ("address-street", "area", "plan"):
        assert f'id="{name}-source">{NOTE}, som det var 20 november 2026.</p>' in browser.page
        assert f'{name}-source"' in browser.page.partition(f'id="{name}-source"')[0]
    assert "deviation-source" not in browser.page


def test_to_show_a_page_asks_no_register(browser, register):
    follow(browser, browser.send_again(property=CHURCH))
    for page in ("where", "site", "site"):
        browser.open(at(browser, page))

    assert len(register.requests) == 1


def test_what_is_sent_has_its_source_in_the_submission_and_its_event(browser, intake):
    follow(browser, browser.send_again(property=CHURCH))
    assert follow(browser, browser.send_again(**PREFILLED | {"area": "900"})).endswith("/plan_page")
    follow(browser, browser.send_again(agreed="yes"))
    assert browser.page.count(f"{NOTE}, som det var") == 2
    assert browser.page.count(f"{NOTE} och ändrat av dig.") == 1

    source = {
        "register": "property",
        "label": {"sv": "fastighetsregistret", "en": "the property register"},
        "fetched_on": "2026-11-23",
        "as_of": AS_OF,
    }
    stored = sent(browser, intake)
    assert {name: each["source"] for name, each in stored.items() if "source" in each} == {
        "address": source | {"changed": False},
        "area": source | {"changed": True},
        "plan": source | {"changed": False},
    }
    [event] = intake.outbox()
    published = {each["field"]: each.get("source") for each in event["data"]["answers"]}
    assert published == {name: each.get("source") for name, each in stored.items()}
    assert the_draft(intake).prefilled == {}


def test_what_is_declined_is_taken_away_stays_so_and_is_fetched_on_request(browser, intake, register):
    follow(browser, browser.send_again(property=CHURCH))

    browser.send_again(**PREFILLED | {"area": "900", "prefill": "decline"})

    assert typed(intake) == {"area": "900"}
    assert "Det som hämtades är borttaget." in browser.page
    assert NOTE not in browser.page
    browser.open(at(browser, "where"))
    follow(browser, browser.send_again(property=MEADOW))
    assert typed(intake) == {"area": "900"}
    assert len(register.requests) == 1

    browser.send_again(area="900", prefill="fetch")

    assert typed(intake) == {"area": "900", "plan": "outside"}
    assert "Sidan är ifylld med det som hämtades." in browser.page


def test_another_key_brings_its_own_facts_and_keeps_what_was_changed(browser, intake):
    follow(browser, browser.send_again(property=CHURCH))
    browser.send_again(**PREFILLED | {"address.city": "Idre", "go": "back"})
    browser.open(at(browser, "where"))

    follow(browser, browser.send_again(property=MEADOW))

    address = {name: text for name, text in PREFILLED.items() if name.startswith("address")}
    assert typed(intake) == address | {"address.city": "Idre", "area": "5630", "plan": "outside"}


@pytest.mark.parametrize("button", [{"go": "later"}, {"lang": "en"}, {"prefill": "decline"}, {"add": "x"}])
def test_what_was_fetched_for_another_key_does_not_stay_whichever_button_is_pressed(browser, intake, button):
    follow(browser, browser.send_again(property=CHURCH))
    browser.open(at(browser, "where"))

    browser.send_again(property=MEADOW, **button)

    assert typed(intake) == {"area": "5630", "plan": "outside"}


def test_what_was_fetched_goes_while_its_key_is_not_valid(browser, intake):
    follow(browser, browser.send_again(property=CHURCH))
    browser.open(at(browser, "where"))

    assert browser.send_again(property="?").status_code == 422
    assert typed(intake) == {}

    follow(browser, browser.send_again(property=CHURCH))
    assert typed(intake) == PREFILLED


def test_after_a_change_from_the_check_what_was_fetched_is_seen_before_the_check(browser):
    follow(browser, browser.send_again(property=CHURCH))
    follow(browser, browser.send_again(**PREFILLED))
    follow(browser, browser.send_again(agreed="yes"))
    browser.open(f"{at(browser, 'x').replace('/kontrollera', '/sida/where')}?from=check")

    assert follow(browser, browser.send_again(property=MEADOW)).endswith("/sida/site?from=check")
    assert follow(browser, browser.send_again(area="5630", plan="outside")).endswith("/kontrollera")


def test_conditions_see_what_was_fetched(browser):
    follow(browser, browser.send_again(property=MEADOW))

    assert follow(browser, browser.send_again(area="5630", plan="outside")).endswith("/kontrollera")


def test_without_the_register_the_form_goes_on_and_shows_it_until_it_is_back(browser, intake, register):
    register.status = 404
    follow(browser, browser.send_again(property=CHURCH))
    assert "Det gick inte att hämta uppgifter från fastighetsregistret just nu." in browser.page
    assert typed(intake) == {}

    register.status = 200
    browser.send_again(area="900", prefill="fetch")

    assert typed(intake) == PREFILLED | {"area": "900"}


def test_a_key_that_the_register_does_not_know_is_named(browser, intake):
    follow(browser, browser.send_again(property="Nowhere 1:1"))

    assert "Det finns inget om Nowhere 1:1 i fastighetsregistret." in browser.page
    assert follow(browser, browser.send_again(plan="outside")).endswith("/kontrollera")
    assert not any("source" in each for each in sent(browser, intake).values())


def test_where_the_installation_has_no_such_register_the_page_is_as_any_other(intake):
    browser = Browser(intake.restarted(registers=None).client())
    browser.open(FORM)

    follow(browser, browser.send_again(property=CHURCH))

    assert "fastighetsregistret" not in browser.page
    assert browser.send_again(prefill="fetch").status_code == 200


def test_a_client_causes_no_more_look_ups_than_the_limit(intake, register):
    browser = Browser(intake.restarted(limit_lookups=1).client())
    browser.open(FORM)
    for key in (CHURCH, MEADOW):
        follow(browser, browser.send_again(property=key))
        browser.open(at(browser, "where"))

    assert len(register.requests) == 1
    assert the_draft(intake).pages["site"] == {}


def test_two_devices_lose_nothing_to_what_is_fetched(browser, intake):
    follow(browser, browser.send_again(property=CHURCH))
    stale = browser.page
    browser.open(at(browser, "where"))
    where = browser.address
    follow(browser, browser.send_again(property=MEADOW))

    browser.page = stale
    answer = browser.press(where.replace("where", "site"), PREFILLED | {"area": "900"})

    assert answer.status_code == 409
    assert "5630" in answer.text
    assert typed(intake) == PREFILLED | {"area": "900"}


def test_a_draft_of_before_has_nothing_prefilled(browser, intake):
    follow(browser, browser.send_again(property=CHURCH))
    with intake.database.sessions.begin() as session:
        session.get(Draft, the_draft(intake).id).prefilled = None

    browser.open(browser.address)

    assert NOTE not in browser.page
    assert "Hämta från fastighetsregistret" in browser.page


def test_an_application_for_a_building_permit_knows_whether_its_property_is_within_a_plan(tmp_path, clock, register):
    intake = Intake.opened(
        tmp_path, f"sqlite:///{tmp_path}/permits.sqlite", clock, registers={"property": register.address}
    )
    browser = Browser(intake.client())
    browser.open(PERMIT)
    follow(browser, browser.send_again(**APPLICATION))

    assert follow(browser, browser.send_again(property=MEADOW)).endswith("/sida/measure")

    assert the_draft(intake).pages["measure"] == {"detailed_plan": "outside"}
    assert NOTE in browser.page
    assert register.requests == [{"register": "property", "municipality": "2039", "key": MEADOW}]
