"""The first page of the standalone installation: where everything is, and who one can sign in as."""

from collections.abc import Mapping
from pathlib import Path

from flask import Flask, render_template

from services.operations.registry import SERVICES
from services.standalone.demo_data import PEOPLE
from shared import municipalities
from shared.observability.health import Check
from shared.web.app import web_app


def start_page(*, folder: Path, secret_key: str, checks: Mapping[str, Check]) -> Flask:
    """The page at `/`, with health and figures of the whole process beside it."""
    app = web_app(__name__, service="start", secret_key=secret_key, checks=checks, static_folder=None)
    tenants = municipalities.live("start", folder)

    @app.get("/")
    def start() -> str:
        return render_template(
            "start.html", municipalities=list(tenants.current.values()), people=PEOPLE, services=SERVICES
        )

    return app
