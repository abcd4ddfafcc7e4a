"""A small service with one JSON resource, one form page and one view that fails, on the shared web app."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, Request, Response, render_template_string
from flask.testing import FlaskClient
from jinja2 import DictLoader
from marshmallow import Schema, fields, validate
from werkzeug.test import EnvironBuilder

from shared.web import languages
from shared.web.app import accepts_up_to, web_app
from shared.web.json_api import Blueprint, smorest_api
from shared.web.names import takes
from shared.web.problems import Problem

ERROR_PAGE = "<html lang={{ language() }}><h1>{{ title }}</h1><p>{{ detail }}</p>"


class PotholeSchema(Schema):
    """What somebody reports."""

    depth = fields.Int(required=True, strict=True, validate=validate.Range(min=1, max=500))
    street = fields.Str(validate=validate.Length(max=50))
    when = fields.Date()


@pytest.fixture
def make_app() -> Callable[..., Flask]:
    """Builds the service; what is given goes to `web_app`."""

    def make(**chosen: Any) -> Flask:
        settings = {"service": "roads", "secret_key": "k" * 40, "checks": {}} | chosen
        app = web_app(__name__, static_folder=None, **settings)
        languages.install(app)
        api = smorest_api(app, title="Roads")
        potholes = Blueprint("potholes", __name__, url_prefix="/roads/api/v1")

        @potholes.post("/potholes")
        @potholes.arguments(PotholeSchema)
        @potholes.response(201, PotholeSchema)
        def report(pothole: dict[str, Any]) -> dict[str, Any]:
            """Report a pothole."""
            return pothole

        @potholes.get("/potholes/<reference>")
        @takes("name")
        def show(reference: str) -> Response:
            """Fails, holding what a person wrote."""
            raise RuntimeError(f"cannot show {reference}")

        api.register_blueprint(potholes)

        @app.get("/roads/form")
        def form() -> str:
            return render_template_string("{{ csrf_token() }}")

        @app.post("/roads/form")
        def send() -> str:
            return "sent"

        @app.post("/roads/photos")
        @accepts_up_to(3_000_000)
        def photo() -> str:
            return "kept"

        app.jinja_loader = DictLoader({"error.html": ERROR_PAGE})
        return app

    return make


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """The service."""
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A caller who reads English."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def request_with() -> Callable[..., Request]:
    """Makes a request with headers: `request_with(If_Match="*")`."""

    def make(**headers: str) -> Request:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Request(EnvironBuilder(headers=named).get_environ())

    return make


@pytest.fixture
def problem_with() -> Callable[[int], Any]:
    """Expects a problem with a status: `with problem_with(400): …`."""

    @contextmanager
    def problem_with(status: int) -> Iterator[None]:
        with pytest.raises(Problem) as problem:
            yield
        assert problem.value.status == status

    return problem_with
