"""While the store is away, whoever asks is told that it will pass, in their language."""

from pathlib import Path

import pytest
from sqlalchemy import text

from services.intake.submissions import reference
from tests.builders import HandClock
from tests.store.intake.harness import Intake
from tests.system.submissions import a_fault_report

NOBODY = "postgresql+psycopg://arende@127.0.0.1:1/arende"


@pytest.fixture
def away(tmp_path: Path, clock: HandClock) -> Intake:
    """An intake whose store does not answer."""
    return Intake.opened(tmp_path, f"sqlite:///{tmp_path}/store.sqlite", clock).restarted(database_url=NOBODY)


@pytest.mark.parametrize(
    ("language", "detail"),
    [
        ("sv", "Tjänsten kan inte svara just nu. Försök igen om en stund."),
        ("en", "The service cannot answer right now. Try again in a while."),
    ],
)
def test_a_citizen_gets_a_page_that_asks_them_to_try_again(away: Intake, language: str, detail: str) -> None:
    page = away.client().get(f"/alvdalen/arenden/{reference.new()}", headers={"Accept-Language": language})

    assert page.status_code == 503
    assert int(page.headers["Retry-After"]) > 0
    assert page.mimetype == "text/html"
    assert detail in page.text


def test_a_program_gets_a_problem_for_what_it_asks_and_for_what_it_sends(away: Intake) -> None:
    for answer in (away.status(reference.new()), away.submit(a_fault_report())):
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.json["type"] == "urn:arende:problem:unavailable"


def test_an_error_of_the_store_that_does_not_pass_is_our_own(any_intake: Intake) -> None:
    def erroneous() -> str:
        with any_intake.database.sessions() as session:
            return str(session.scalar(text("SELECT missing FROM submissions")))

    any_intake.app.add_url_rule("/alvdalen/fel", "erroneous", erroneous)

    assert any_intake.client().get("/alvdalen/fel").status_code == 500
