"""Those who have a draft are reminded that its e-service closes, seven days before and one day before, once each."""

from datetime import datetime, timedelta

import orjson
import pytest
from prometheus_client import REGISTRY

from services.intake.drafts.closing import remind_all
from services.intake.drafts.gauges import measure
from services.intake.drafts.models import Reminder
from services.intake.eservices import offer
from services.intake.worker import loops
from shared.swedish.time import STOCKHOLM
from tests.builders import HandClock
from tests.store.intake.browser import Browser
from tests.store.intake.drafts.conftest import SUPPORT, write_support
from tests.store.intake.harness import Intake
from tests.unit.intake.forms.support_form import DEFINITION, is_, question, text

KIM = {"lives_here": "yes", "wants_answer": "yes", "email": "Kim@Example.se"}
FORM = DEFINITION | {
    "submitter": {"email": "email"},
    "agreements": [],
    "pages": [
        {
            "code": "who",
            "title": text("Who"),
            "sections": [
                {
                    "fields": [
                        question("lives_here", "checkbox"),
                        question("wants_answer", "checkbox"),
                        question("email", "email", show_if=is_("wants_answer", True)),
                    ]
                }
            ],
        },
        {
            "code": "elsewhere",
            "title": text("You live elsewhere"),
            "exit": True,
            "show_if": {"none": [is_("lives_here", True)]},
            "sections": [{"fields": [{"type": "text", "text": text("Ask your own municipality.")}]}],
        },
    ],
}


def at(text):
    """A time in Sweden."""
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


@pytest.fixture
def clock():
    """Noon on 23 November 2026; the e-service closes as 8 December ends."""
    return HandClock()


@pytest.fixture
def intake(tmp_path, database_url, clock):
    """An intake with an empty store, of each kind in turn, whose e-service closes."""
    folder = write_support(tmp_path, FORM | {"open_until": "2026-12-08"})
    return Intake.opened(tmp_path, database_url, clock, eservices=folder)


@pytest.fixture
def browser(intake):
    """Somebody at the form's first page."""
    browser = Browser(intake.client())
    browser.open(SUPPORT)
    return browser


def saved(intake, **answers):
    """Somebody who has saved a draft and sees that it is kept."""
    browser = Browser(intake.client())
    browser.open(SUPPORT)
    browser.open(browser.press(SUPPORT, KIM | answers | {"go": "later"}).headers["Location"])
    return browser


def reminded(intake, when):
    """What is published when the worker looks for reminders that are due."""
    intake.clock.now = at(when)
    before = len(intake.outbox())
    offered = offer.live(intake.settings.eservices, intake.settings.municipalities, intake.clock).current
    count = sum(remind_all(intake.database.sessions, offered, "key", intake.clock()))
    published = [each["data"] for each in intake.outbox()[before:]]
    assert count == len(published)
    return [(each["email"], each["days"]) for each in published]


def test_a_draft_gives_a_reminder_seven_days_and_one_day_before_and_each_once(intake):
    saved(intake)

    assert reminded(intake, "2026-12-01 07:59") == []
    assert reminded(intake, "2026-12-01 08:00") == [("Kim@example.se", 7)]
    assert reminded(intake, "2026-12-06 23:00") == []
    assert reminded(intake, "2026-12-07 08:00") == [("Kim@example.se", 1)]
    assert reminded(intake, "2026-12-08 23:59") == []
    assert reminded(intake, "2026-12-09 00:00") == []
    [event, _] = intake.outbox()
    assert event["type"] == "se.arende.draft.closing_soon.v1"
    assert (event["data"]["last_day"], event["data"]["closes_at"]) == ("2026-12-08", "2026-12-08T23:00:00Z")
    assert event["data"]["language"] == "sv"
    assert "lives_here" not in orjson.dumps(event).decode()


def test_only_the_last_reminder_is_given_where_the_first_was_never_due_in_time(intake):
    saved(intake)

    assert reminded(intake, "2026-12-07 09:00") == [("Kim@example.se", 1)]
    assert reminded(intake, "2026-12-07 10:00") == []


@pytest.mark.parametrize("end", ["sent", "destroyed", "declined", "turned_away"])
def test_who_has_sent_or_removed_the_draft_or_wants_no_reminder_gets_none(intake, end):
    browser = saved(intake, **({"lives_here": ""} if end == "turned_away" else {}))
    page = browser.address.removesuffix("/spara")
    if end == "sent":
        browser.open(f"{page}/kontrollera")
        assert "/kvitto/" in browser.press(f"{page}/kontrollera", {}).headers["Location"]
    elif end == "destroyed":
        browser.press(f"{page}/ta-bort", {})
    elif end == "declined":
        browser.press(f"{page}/paminnelse", {"remind": "no"})

    before = len(intake.outbox())
    assert reminded(intake, "2026-12-01 09:00") == []
    assert len(intake.outbox()) == before


def test_a_closing_day_that_is_moved_gives_no_reminder_twice_and_the_next_on_its_new_day(intake, tmp_path):
    saved(intake)
    assert reminded(intake, "2026-12-01 09:00") == [("Kim@example.se", 7)]

    write_again(tmp_path, "2026-12-12 12:00")
    assert reminded(intake, "2026-12-07 09:00") == []
    assert reminded(intake, "2026-12-11 09:00") == [("Kim@example.se", 1)]

    write_again(tmp_path, "2026-12-18")
    assert reminded(intake, "2026-12-17 09:00") == []


def write_again(folder, open_until):
    """Move the closing day while intake runs."""
    file = folder / "eservices/common/support.yaml"
    lines = file.read_text().splitlines()
    file.write_text("\n".join(f"open_until: {open_until}" if "open_until" in each else each for each in lines))


def test_days_are_counted_as_the_calendar_has_them_also_over_the_end_of_summer_time(intake, tmp_path, clock):
    clock.now = at("2026-10-15 12:00")
    write_again(tmp_path, "2026-10-28")
    saved(intake.restarted())

    assert reminded(intake, "2026-10-21 07:59") == []
    assert reminded(intake, "2026-10-21 08:00") == [("Kim@example.se", 7)]
    assert reminded(intake, "2026-10-27 07:59") == []
    assert reminded(intake, "2026-10-27 08:00") == [("Kim@example.se", 1)]


def test_somebody_with_several_drafts_is_reminded_once_and_who_is_filling_it_in_not_yet(intake, clock):
    clock.now = at("2026-12-01 07:30")
    for email in ("kim@example.se", "k.im+e-services@example.se", "robin@example.se"):
        saved(intake, email=email)
        clock.move(minutes=1)

    assert reminded(intake, "2026-12-01 08:15") == []
    assert [each for each, _ in reminded(intake, "2026-12-01 08:33")] == [
        "robin@example.se",
        "k.im+e-services@example.se",
    ]
    assert reminded(intake, "2026-12-01 08:41") == []


def test_an_address_is_offered_where_the_draft_has_none_and_may_be_changed_and_taken_back(intake):
    browser = saved(intake, wants_answer="")
    assert "påminner" in browser.page
    address = browser.address.replace("/spara", "/paminnelse")

    assert browser.press(address, {"email": "no address"}).status_code == 422
    assert '<a href="#email">' in browser.page
    assert browser.press(address, {"email": "me@example.se"}).status_code == 303
    assert 'value="me@example.se"' in browser.open(browser.address.replace("/paminnelse", "/spara")).text
    assert reminded(intake, "2026-12-01 09:00") == [("me@example.se", 7)]

    browser.press(address, {"remind": "no"})
    assert reminded(intake, "2026-12-07 09:00") == []


def test_one_recipient_gets_only_so_many_reminders_asked_for_by_strangers(intake):
    browser = saved(intake.restarted(limit_recipient=1), wants_answer="")
    address = browser.address.replace("/spara", "/paminnelse")
    assert browser.press(address, {"email": "me@example.se"}).status_code == 303

    answer = browser.press(address, {"email": "m.e@example.se"})

    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)


def test_no_reminder_is_offered_where_the_e_service_does_not_close(intake, tmp_path):
    file = tmp_path / "eservices/common/support.yaml"
    file.write_text("\n".join(each for each in file.read_text().splitlines() if "open_until" not in each))

    assert "påminner" not in saved(intake.restarted()).page


def test_that_somebody_was_reminded_is_kept_as_a_hash_for_thirty_days(intake):
    saved(intake)
    reminded(intake, "2026-12-01 09:00")
    [reminder] = intake.rows(Reminder)
    assert "kim" not in reminder.recipient

    intake.clock.now += timedelta(days=31)
    worker = {loop.name: loop for loop in loops(intake.settings, clock=intake.clock)}
    list(worker["intake-closing"].steps())
    worker["intake-purge"].action()

    assert intake.rows(Reminder) == []


def test_drafts_are_counted_by_municipality_with_the_age_of_the_oldest(intake, clock):
    saved(intake)
    clock.move(hours=2)
    saved(intake)

    measure(intake.database.sessions, now=clock())

    assert metric("intake_drafts", municipality="2039") == 2
    assert metric("intake_drafts_oldest_seconds", municipality="2039") == 7200


def metric(name, **labels):
    return REGISTRY.get_sample_value(name, labels)
