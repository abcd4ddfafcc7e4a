"""Static files with a version in their address: browsers keep them for a year and never ask again."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, send_from_directory

from shared.web import names

SHARED = Path(__file__).parent / "static"
KEPT_SECONDS = 365 * 24 * 3600

_ENDPOINTS = ("static", "shared_static")


def install(app: Flask, service: str) -> None:
    """Serve what all services share, and have `url_for` add the version `v`: a hash of all static files of the app."""
    version = _version([SHARED, *([Path(app.static_folder)] if app.static_folder else [])])
    app.add_url_rule(f"/{service}/static/shared/<path:filename>", "shared_static", _shared)

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint in _ENDPOINTS:
            values.setdefault("v", version)

    @app.after_request
    def keep(response: Response) -> Response:
        is_ours = request.endpoint in _ENDPOINTS and request.args.get("v") == version
        if is_ours and response.status_code in (200, 304):
            response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}, immutable"
        return response


@names.takes_any_query
def _shared(filename: str) -> Response:
    return send_from_directory(SHARED, filename)


def _version(folders: list[Path]) -> str:
    content = sha256()
    for folder in folders:
        for file in sorted(each for each in folder.rglob("*") if each.is_file()):
            content.update(file.name.encode() + b"\0" + file.read_bytes())
    return content.hexdigest()[:12]
