"""A token to try the API with: the authorization code flow (RFC 6749 4.1), followed as a browser would."""

import secrets
from urllib.parse import parse_qs, urlsplit

import httpx

from services.standalone.demo_data import TOOLS_CLIENT

REDIRECT = "http://127.0.0.1/signed-in"


class NoToken(Exception):
    """The provider could not be reached, or did not sign the person in at once."""


def access_token(issuer: str, subject: str) -> str:
    """Sign the demo person in at the demo provider; their access token. NoToken if not."""
    try:
        with httpx.Client(timeout=10) as client:
            found = client.get(f"{issuer}/.well-known/openid-configuration").raise_for_status().json()
            code = _code(client, found["authorization_endpoint"], subject)
            return _exchanged(client, found["token_endpoint"], code)
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise NoToken(f"{issuer} gave no token ({type(error).__name__}): is `arende up` running there?") from error


def _code(client: httpx.Client, endpoint: str, subject: str) -> str:
    parameters = {
        "response_type": "code",
        "client_id": TOOLS_CLIENT,
        "redirect_uri": REDIRECT,
        "scope": "openid profile",
        "state": secrets.token_urlsafe(),
        "nonce": secrets.token_urlsafe(),
    }
    answer = client.post(endpoint, params=parameters, data={"sub": subject})
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def _exchanged(client: httpx.Client, endpoint: str, code: str) -> str:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    any_secret = (TOOLS_CLIENT, "not checked by the demo provider")
    token: str = client.post(endpoint, data=form, auth=any_secret).raise_for_status().json()["access_token"]
    return token
