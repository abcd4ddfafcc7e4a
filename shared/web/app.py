"""The web app that every service starts from."""

import os
import string
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote_from_bytes

import orjson
import structlog
from flask import Flask, Request, request
from flask.json.provider import JSONProvider
from jinja2 import FileSystemLoader

from shared.observability import logs
from shared.observability.health import Check
from shared.settings import BadSetting, load
from shared.web import names, problems, request_log, security, static_files
from shared.web.form_parser import FormParser
from shared.web.health_endpoints import health_blueprint

View = TypeVar("View", bound=Callable[..., Any])
Settings = TypeVar("Settings")

log = structlog.get_logger(__name__)


def web_app(
    import_name: str,
    *,
    service: str,
    secret_key: str,
    checks: Mapping[str, Check],
    static_folder: str | None = "static",
    public_url: str = "",
) -> Flask:
    """A Flask app for one service, ready for its blueprints.

    It has problems for errors, security headers, request ids, a request log, metrics, `/healthz`, `/readyz` and
    `/metrics`, CSRF tokens for pages, and a limit to the size of bodies. `checks` are run by `/readyz`: each raises
    when what it checks does not answer. `static_folder` is served under `/<service>/static/`, what all services share
    under `/<service>/static/shared/`; addresses have a version. With an https `public_url` cookies are Secure and
    browsers stay on https.
    """
    app = _WebApp(
        import_name,
        static_folder=static_folder,
        static_url_path=f"/{service}/static",
    )
    if static_folder:
        names.takes_any_query(app.view_functions["static"])
    app.jinja_loader = _templates(Path(app.root_path))
    app.secret_key = secret_key
    app.json = _Json(app)
    app.extensions["arende-service"] = service
    https = public_url.startswith("https://")
    problems.install(app, service)
    security.install(app, service, public_url=public_url)
    names.install(app, service)
    app.register_blueprint(health_blueprint(checks))
    static_files.install(app, service)
    app.wsgi_app = request_log.with_request_log(app.wsgi_app, service, security.headers(https=https))  # type: ignore[method-assign,assignment]
    return app


def app_from_environment(service: str, settings: type[Settings], create_app: Callable[[Settings], Flask]) -> Flask:
    """The app that gunicorn serves, made with settings from the environment.

    A wrong setting ends the process with status 2 and one line on standard error.
    """
    try:
        logs.configure(service)
        return create_app(load(settings, os.environ))
    except BadSetting as error:
        print(f"arende: {error}", file=sys.stderr)  # noqa: T201 - for the operator who starts it
        sys.exit(2)


def _templates(service: Path) -> FileSystemLoader:
    """Templates are in the `templates` folder of each capability; what they share is in the service's own."""
    return FileSystemLoader([service / "templates", *sorted(service.glob("*/templates"))])


def accepts_up_to(most: int) -> Callable[[View], View]:
    """Let a view take a body of more bytes than the 1,000,000 that others take."""

    def mark(view: View) -> View:
        view.max_body = most  # type: ignore[attr-defined]
        return view

    return mark


class _Request(Request):
    form_data_parser_class = FormParser

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Percent-encode raw bytes in the query, which mean the same, and on which werkzeug fails."""
        super().__init__(*arguments, **named)
        if not self.query_string.isascii():
            self.query_string = quote_from_bytes(self.query_string, safe=string.printable).encode()


class _WebApp(Flask):
    request_class = _Request

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function unchanged: no view is async, and checking that at every call takes time."""
        return func

    def log_exception(self, exc_info: Any) -> None:
        """Log an unexpected error with its route, type and stack, without the path and the message."""
        log.error("unexpected_error", route=request_log.route(request), exc_info=exc_info)


class _Json(JSONProvider):
    """Flask's JSON made by orjson: members keep their order, times are in RFC 3339."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj, default=str).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)
