"""What an officer needs to enter something: a permit of the desk."""

import pytest

from shared.arrival_permit import ArrivalPermit, sign
from tests.store.intake.browser import Browser

LINK_KEY = "l" * 32  # as the harness has it
FORM = "/alvdalen/e-tjanster/bygglov"


@pytest.fixture
def permit():
    """Makes Anna's permit for Älvdalen's bygglov, unless for another."""

    def signed(*, key: str = LINK_KEY, **changes: str) -> str:
        given = {"municipality": "2039", "eservice": "bygglov", "officer_subject": "anna", "officer_name": "Anna A"}
        return sign(key, ArrivalPermit(**given | changes))

    return signed


@pytest.fixture
def officer(intake, permit):
    """Anna with a browser, at the page about how it came."""
    browser = Browser(intake.client())
    answer = begin(browser, permit())
    browser.open(answer.headers["Location"])
    return browser


def begin(browser, permit, form=FORM):
    """Press a button of the desk's page."""
    return browser.client.post(
        f"{form}/registrera",
        data={"permit": permit},
        headers={"Accept-Language": "sv", "Origin": "https://e-tjanster.example.se"},
    )
