"""A local OpenID provider, with demo people who sign in by a click. For trying things: there is no password.

Its package is the extra `standalone` of pyproject.toml: production neither installs nor needs it.
"""

import os
import secrets
import warnings
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Flask, g, request
from jinja2 import ChoiceLoader, FileSystemLoader
from joserfc import jwt
from joserfc.jwk import RSAKey

from services.standalone import demo_data
from shared.clock import utc_now
from shared.settings import BadSetting

TOKENS_LAST = timedelta(hours=1)
PATHS = ("/.well-known/", "/oauth2/", "/jwks/", "/userinfo/")


def check_installed() -> None:
    """BadSetting where the provider's package is not installed."""
    if find_spec("oidc_provider_mock") is None:
        raise BadSetting("the demo OpenID provider is not installed: install Ärende with its extra `standalone`")


def provider() -> Flask:
    """The provider as a WSGI application; its issuer is the origin of the request, its paths begin as `PATHS`.

    The package is made for tests: it turns the debugger on, and its pages fetch a stylesheet from another site.
    Both are undone here.
    """
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    with warnings.catch_warnings(action="ignore"):
        import oidc_provider_mock  # noqa: PLC0415 - it warns of what its own dependencies will change

    people = [oidc_provider_mock.User(sub=each.subject, claims=each.claims) for each in demo_data.PEOPLE]
    app: Any = Flask(oidc_provider_mock.__name__)
    app.config["OAUTH2_ACCESS_TOKEN_GENERATOR"] = _access_token
    oidc_provider_mock.init_app(app, user_claims=people, access_token_max_age=TOKENS_LAST)
    app.debug = False
    app.wsgi_app = app.wsgi_app.app
    app.jinja_loader = ChoiceLoader([FileSystemLoader(Path(__file__).parent / "templates"), app.jinja_loader])
    app.jinja_env.globals["people"] = demo_data.PEOPLE
    return app  # type: ignore[no-any-return]


def _access_token(client: Any, grant_type: str, user: Any, scope: str) -> str:
    """An access token for the APIs (RFC 9068); the package itself gives one that nobody else can read."""
    issued = utc_now()
    claims = {
        **user.claims,
        "iss": request.host_url.rstrip("/"),
        "aud": demo_data.AUDIENCE,
        "sub": user.sub,
        "client_id": client.get_client_id(),
        "scope": scope,
        "jti": secrets.token_urlsafe(),
        "iat": int(issued.timestamp()),
        "exp": int((issued + TOKENS_LAST).timestamp()),
    }
    key = RSAKey.import_key(g.oidc_provider_mock_storage.jwk.as_dict(is_private=True))
    return jwt.encode({"alg": "RS256", "typ": "at+jwt", "kid": key.kid}, claims, key)
