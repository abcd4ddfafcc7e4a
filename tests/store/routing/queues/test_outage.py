"""While the store is away, an officer is told that it will pass."""

import pytest
from flask.testing import FlaskClient

from services.routing.app import create_app
from shared.database import connect
from tests.builders import HandClock
from tests.store.routing.casework import settings_of

NOBODY = "postgresql+psycopg://arende@127.0.0.1:1/arende"


@pytest.fixture
def desk(clock: HandClock) -> FlaskClient:
    """Anna, signed in at a desk whose store does not answer."""
    client = create_app(settings_of(connect(NOBODY)), clock=clock).test_client()
    with client.session_transaction() as session:
        session["desk"] = "the token of a session"
    return client


@pytest.mark.parametrize(
    ("language", "detail"),
    [
        ("sv", "Tjänsten kan inte svara just nu. Försök igen om en stund."),
        ("en", "The service cannot answer right now. Try again in a while."),
    ],
)
def test_an_officer_gets_a_page_that_asks_them_to_try_again(desk: FlaskClient, language: str, detail: str) -> None:
    page = desk.get("/desk/", headers={"Accept-Language": language})

    assert page.status_code == 503
    assert int(page.headers["Retry-After"]) > 0
    assert page.mimetype == "text/html"
    assert detail in page.text
