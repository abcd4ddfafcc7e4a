"""A local OpenID provider, with demo people who sign in by a click. For trying things: there is no password.

Its package is the extra `standalone` of pyproject.toml: production neither installs nor needs it.
"""

import os
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader

from services.standalone import demo_data
from shared.settings import BadSetting

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
    app: Any = oidc_provider_mock.app(user_claims=people)
    app.debug = False
    app.wsgi_app = app.wsgi_app.app
    app.jinja_loader = ChoiceLoader([FileSystemLoader(Path(__file__).parent / "templates"), app.jinja_loader])
    app.jinja_env.globals["people"] = demo_data.PEOPLE
    return app  # type: ignore[no-any-return]
