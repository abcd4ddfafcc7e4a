"""The local OpenID provider: demo people sign in by a click, and nothing of a test tool is left on."""

import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from services.standalone import demo_data
from services.standalone.demo_oidc import provider
from services.standalone.demo_token import NoToken, access_token

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the packages among themselves


class Silent(WSGIRequestHandler):
    """A handler that logs nothing."""

    def log_message(self, *_):
        """Write nothing."""


@pytest.fixture
def issuer():
    """The provider, served."""
    with make_server("127.0.0.1", 0, provider(), handler_class=Silent) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("person", demo_data.PEOPLE, ids=lambda person: person.subject)
def test_a_demo_person_gets_an_access_token_with_their_claims(issuer, person):
    token = access_token(issuer, person.subject)

    keys = KeySet.import_key_set(httpx.get(f"{issuer}/jwks").json())
    decoded = jwt.decode(token, keys)
    claims = decoded.claims
    assert decoded.header["typ"] == "at+jwt"
    assert claims["iss"] == issuer
    assert claims["aud"] == demo_data.AUDIENCE
    assert claims["sub"] == person.subject
    assert {name: claims[name] for name in person.claims} == person.claims


def test_no_provider_no_token():
    with pytest.raises(NoToken, match="is `arende up` running there"):
        access_token("http://127.0.0.1:9", "anna.andersson")


def test_the_sign_in_page_names_the_people_and_fetches_nothing_from_elsewhere(issuer):
    parameters = {"response_type": "code", "client_id": "arende", "redirect_uri": issuer, "scope": "openid"}
    page = httpx.get(f"{issuer}/oauth2/authorize", params=parameters).text

    assert all(person.name in page for person in demo_data.PEOPLE)
    assert "://" not in page.replace("http://www.w3.org", "")


def test_no_debugger_is_served():
    app = provider()

    assert not app.debug
    assert not type(app.wsgi_app).__module__.startswith("werkzeug.debug")
