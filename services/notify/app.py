"""Notify's web app: the composition root of its API and, where mail goes to a folder, of the mailbox pages."""

import os
import sys
from pathlib import Path

from flask import Flask

from services.notify.channels import pages
from services.notify.delivery import api
from services.notify.settings import Settings
from shared.clock import Clock, utc_now
from shared.database import connect
from shared.observability import logs
from shared.settings import BadSetting, load
from shared.web import identity, languages
from shared.web.app import web_app
from shared.web.json_api import smorest_api

TEXTS = Path(__file__).parent / "texts"


def create_app(settings: Settings, *, clock: Clock = utc_now) -> Flask:
    """The app, ready to serve. It never subscribes_to events and never sends mail: that is the worker's."""
    database = connect(settings.database_url)
    app = web_app(
        __name__,
        service="notify",
        secret_key=settings.secret_key,
        checks={"database": database.check},
        public_url=settings.public_url,
    )
    languages.install(app, TEXTS)
    identity.install(app, identity.Verifier(settings.oidc_issuer, settings.oidc_audience, clock=clock))
    documented = smorest_api(app, title="Ärende notify", description="What submitters were told, and how it went.")
    documented.register_blueprint(api.blueprint(database.sessions, clock))
    if settings.mailbox:
        app.register_blueprint(pages.blueprint(settings.mailbox))
    return app


def application() -> Flask:
    """For gunicorn: settings from the environment; one line and status 2 when they are wrong."""
    try:
        logs.configure("notify")
        return create_app(load(Settings, os.environ))
    except BadSetting as fault:
        print(fault, file=sys.stderr)  # noqa: T201 - it never came to logging
        sys.exit(2)
