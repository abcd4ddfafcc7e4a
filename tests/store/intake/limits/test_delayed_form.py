"""The form when a limit is reached: kept as it was filled in, and taken after the wait that it asks for."""

import re

import pytest

from services.intake.submissions.models import Submission
from tests.store.intake.browser import APPLICATION, FAULT_REPORT, FORM, PERMIT, Browser
from tests.system.submissions import PDF


@pytest.fixture
def limited(intake):
    """An intake that takes one submission from a client in an hour; after a wait of 20 seconds, two."""
    return intake.restarted(limit_client=1)


def sent(browser: Browser):
    """A form filled in anew and sent."""
    browser.open(FORM)
    return browser.send(FORM, FAULT_REPORT)


def test_the_form_is_kept_asks_for_a_wait_and_is_taken_after_it(limited, clock):
    browser = Browser(limited.client())
    assert sent(browser).status_code == 303

    held_back = sent(browser)
    assert (held_back.status_code, held_back.headers["Retry-After"]) == (429, "20")
    assert "Vänta 20 sekunder" in held_back.text
    assert "Dalgatan 12" in held_back.text
    assert "karin.lund@example.se" in held_back.text

    clock.move(seconds=15)
    too_early = browser.send_again()
    assert (too_early.status_code, too_early.headers["Retry-After"]) == (429, "5")

    clock.move(seconds=5)
    assert browser.send_again().status_code == 303
    assert len(limited.rows(Submission)) == 2


@pytest.mark.parametrize(
    ("limit", "reason", "later"),
    [
        ("limit_client", "väldigt mycket därifrån du är", "Försök igen efter"),
        ("limit_recipient", "väldigt mycket med den här e-postadressen", "eller skicka utan den"),
        ("limit_eservice", "väldigt mycket till den här e-tjänsten", "Försök igen efter"),
    ],
)
def test_the_page_names_the_limit_and_is_read_out(intake, clock, limit, reason, later):
    app = intake.restarted(**{limit: 1})
    browser, other = Browser(app.client()), Browser(app.client())
    sent(browser)

    asked_to_wait = sent(browser).text
    assert f"{reason}. Vänta 20 sekunder" in asked_to_wait
    assert "<title>Fel: " in asked_to_wait
    assert 'role="alert" tabindex="-1" autofocus' in asked_to_wait

    sent(other)
    clock.move(seconds=20)
    browser.send_again()
    refused = other.send_again().text
    assert reason in refused
    assert later in refused


def test_one_wait_lets_one_form_through_and_the_waits_too_have_a_limit(limited, clock):
    browser, other = Browser(limited.client()), Browser(limited.client())
    assert [sent(browser).status_code, sent(browser).status_code, sent(other).status_code] == [303, 429, 429]
    clock.move(seconds=20)

    assert browser.send_again().status_code == 303
    refused = other.send_again()
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 3000
    assert "Försök igen efter" in refused.text

    clock.move(hours=2)
    assert other.send_again().status_code == 303


def test_the_wait_of_another_form_or_a_made_up_one_does_not_count(limited, clock):
    browser = Browser(limited.client())
    sent(browser)
    sent(browser)
    clock.move(seconds=20)
    [waited] = re.findall('name="waited" value="([^"]+)"', browser.page)

    browser.open(FORM)
    with_the_wait_of_another = browser.send(FORM, FAULT_REPORT)
    assert with_the_wait_of_another.status_code == 429
    assert browser.send_again(waited=waited).status_code == 429
    assert browser.send_again(waited="x").status_code == 429


def test_of_a_form_whose_files_are_refused_all_else_is_kept(intake):
    limited = intake.restarted(limit_client_megabytes=1)
    browser = Browser(limited.client())
    browser.open(PERMIT)

    answer = browser.send(PERMIT, APPLICATION, site_plan=[("plan.pdf", PDF + bytes(1_200_000))])

    assert answer.status_code == 429
    assert "Nils Öberg" in answer.text
    assert "väldigt många filer" in answer.text
    assert limited.files() == []


def test_who_guesses_references_is_asked_to_wait_and_keeps_what_was_typed(intake):
    limited = intake.restarted(limit_guesses=1)
    browser = Browser(limited.client())
    answers = []
    for _ in range(2):
        browser.open("/alvdalen/arenden")
        answers.append(browser.send("/alvdalen/arenden", {"reference": "7K3M-9QXT-2WVC-D4TA"}))

    assert [each.status_code for each in answers] == [422, 429]
    assert "7K3M-9QXT-2WVC-D4TA" in answers[-1].text
    assert "För många referenser" in answers[-1].text
