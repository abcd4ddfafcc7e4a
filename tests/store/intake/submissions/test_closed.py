"""An e-service that is not open takes nothing, shows why, and loses nothing that was filled in or sent before."""

import shutil

import pytest

from tests.store.intake.browser import FAULT_REPORT, FORM, Browser
from tests.store.intake.harness import API
from tests.system.submissions import a_fault_report

LAST_DAY = "open_until: 2026-11-23"  # the clock's day, which ends at 23 in UTC


@pytest.fixture
def intake_that(tmp_path, intake):
    """An intake whose fault report is open as the text says."""

    def intake_that(written):
        folder = shutil.copytree("eservices", tmp_path / "eservices")
        file = folder / "common/felanmalan.yaml"
        file.write_text(file.read_text().replace("version: 2\n", f"version: 2\n{written}\n"))
        return intake.restarted(eservices=folder)

    return intake_that


@pytest.mark.parametrize(
    ("written", "state", "sentence"),
    [
        ("open_from: 2026-12-01", "not_yet", "E-tjänsten öppnar 1 december 2026."),
        ("open_from: 2026-12-01 08:30", "not_yet", "E-tjänsten öppnar 1 december 2026 kl. 08:30."),
        ("open_until: 2026-11-22", "closed", "Sista dagen att skicka in var 22 november 2026."),
        ("open_until: 2026-11-23 09:00", "closed", "E-tjänsten stängde 23 november 2026 kl. 09:00."),
        ("paused: {sv: Vi byter system., en: We change systems.}", "paused", "Vi byter system."),
    ],
)
def test_what_is_not_open_has_why_in_the_catalogue_on_its_page_and_in_the_api(intake_that, written, state, sentence):
    intake = intake_that(written)
    browser = Browser(intake.client())

    assert sentence in browser.open("/alvdalen/").text
    page = browser.open(FORM)
    assert (page.status_code, sentence in page.text) == (200, True)
    assert "<form" not in page.text
    rejected = intake.submit(a_fault_report())
    assert (rejected.status_code, rejected.json["type"].rpartition(":")[2], rejected.json["state"]) == (
        409,
        "closed",
        state,
    )
    assert intake.client().get(f"{API}/e-services/felanmalan").json["opening"]["state"] == state


def test_the_api_has_when(intake_that):
    intake = intake_that("open_from: 2026-12-01\nopen_until: 2026-12-31")

    rejected = intake.submit(a_fault_report()).json

    assert (rejected["opens_at"], rejected["closes_at"]) == ("2026-11-30T23:00:00+00:00", "2026-12-31T23:00:00+00:00")


def test_what_is_sent_too_late_is_shown_again_with_all_that_was_filled_in(intake_that, clock):
    browser = Browser(intake_that(LAST_DAY).client())
    assert "Sista dagen att skicka in är 23 november 2026." in browser.open(FORM).text

    clock.move(hours=12)
    late = browser.send(FORM, FAULT_REPORT, photo=[("gata.jpg", b"\xff\xd8\xff\xe0 picture")])

    assert late.status_code == 409
    assert "Inget skickades in" in late.text
    assert "Sista dagen att skicka in var 23 november 2026." in late.text
    for kept in ("Dalgatan 12", "Släckt.", "karin.lund@example.se", "gata.jpg"):
        assert kept in late.text


def test_until_the_last_second_it_is_taken(intake_that, clock):
    intake = intake_that(LAST_DAY)
    clock.move(hours=11, minutes=59, seconds=59)

    assert intake.submit(a_fault_report()).status_code == 201

    clock.move(seconds=1)
    assert intake.submit(a_fault_report()).status_code == 409


def test_what_was_sent_in_time_and_is_sent_again_after_it_closed_has_its_receipt(intake_that, clock):
    intake = intake_that(LAST_DAY)
    first = intake.submit(a_fault_report(), key="once")

    clock.move(days=1)
    again = intake.submit(a_fault_report(), key="once")

    assert (again.status_code, again.json["reference"]) == (200, first.json["reference"])
