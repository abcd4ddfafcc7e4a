"""Intake's web app: the composition root of its API and pages."""

import os
import sys
from pathlib import Path
from typing import IO

import flask
from flask import Flask

from services.intake import api, context, pages
from services.intake.attachments.storage import Storage
from services.intake.eservices.definition import MOST_FILES
from services.intake.settings import Settings
from shared import municipalities
from shared.clock import Clock, utc_now
from shared.database import connect
from shared.observability import logs
from shared.settings import BadSetting, load
from shared.web import colours, languages
from shared.web.app import web_app
from shared.web.json_api import smorest_api
from shared.web.problems import Problem

TEXTS = Path(__file__).parent / "texts"


def create_app(settings: Settings, *, clock: Clock = utc_now) -> Flask:
    """The app, ready to serve. It never subscribes_to events: that is the worker's."""
    database, storage = connect(settings.database_url), Storage(settings.attachments)
    tenants = municipalities.load(settings.municipalities)
    desk = context.IntakeContext(
        sessions=database.sessions,
        storage=storage,
        clock=clock,
        municipalities=tenants,
        forms=context.forms(settings.eservices, tenants, clock),
        public_url=settings.public_url,
        link_key=settings.link_key,
    )
    app = web_app(
        __name__,
        service="intake",
        secret_key=settings.secret_key,
        checks={"database": database.check, "attachments": storage.check},
        public_url=settings.public_url,
    )
    app.request_class = _spooling(app.request_class, storage)
    languages.install(app, TEXTS)
    colours.install(app, service="intake", municipalities=tenants)
    smorest_api(
        app, title="Ärende intake", description="A municipality's e-services: submit, and see how it goes."
    ).register_blueprint(api.blueprint(desk))
    app.register_blueprint(pages.blueprint(desk))
    return app


def application() -> Flask:
    """For gunicorn: settings from the environment; one line and status 2 when they are wrong."""
    try:
        logs.configure("intake")
        return create_app(load(Settings, os.environ))
    except BadSetting as fault:
        print(fault, file=sys.stderr)  # noqa: T201 - it never came to logging
        sys.exit(2)


def _spooling(request_class: type[flask.Request], storage: Storage) -> type[flask.Request]:
    """Requests whose uploaded parts go to the disk of the attachments: never to memory, nor a `/tmp` that is memory."""

    class SpoolingRequest(request_class):  # type: ignore[misc,valid-type]
        files_spooled = 0

        def _get_file_stream(self, *_: object, **__: object) -> IO[bytes]:
            """Each is an open file of the process, which has no more than so many."""
            self.files_spooled += 1
            if self.files_spooled > MOST_FILES:
                raise Problem(413, "too-many-files", detail="There are too many files. Send fewer at a time.")
            return storage.scratch()

    return SpoolingRequest
