"""Intake's web app: the composition root of its API and pages."""

import os
from pathlib import Path
from typing import IO

import flask
from flask import Flask

from services.intake import error_handlers
from services.intake.arrivals import pages as arrivals_pages
from services.intake.attachments import api as attachments_api
from services.intake.attachments.api import LARGEST_UPLOAD, LEAST_COUNTED
from services.intake.context import IntakeContext
from services.intake.decision_requests import api as decision_requests_api
from services.intake.decision_requests import pages as decision_requests_pages
from services.intake.drafts import pages as drafts_pages
from services.intake.drafts.keeping import pages as keeping_pages
from services.intake.drafts.sending import pages as sending_pages
from services.intake.eservices import api as eservices_api
from services.intake.eservices import offer
from services.intake.eservices import pages as eservices_pages
from services.intake.eservices.definition import MOST_FILES
from services.intake.limits.limits import Limit, LimitReached, Limits, Rules
from services.intake.limits.waiting import Waiting
from services.intake.prefill.registers import Registers
from services.intake.settings import Settings
from services.intake.submissions import api as submissions_api
from services.intake.submissions import pages as submissions_pages
from services.intake.supplements import api as supplements_api
from services.intake.supplements import pages as supplements_pages
from services.intake.tracking import api as tracking_api
from services.intake.tracking import pages as tracking_pages
from shared.clock import Clock, utc_now
from shared.database import connect
from shared.events.encryption import Keyring
from shared.files.storage import MB, Storage
from shared.files.virus_scanner import VirusScanner
from shared.web import colours, languages
from shared.web.app import app_from_environment, web_app
from shared.web.json_api import Blueprint, smorest_api
from shared.web.problems import Problem

TEXTS = Path(__file__).parent / "texts"
LONG_TEXT = 20_000  # characters of one page of a form: longer than people write, so that theirs cost no statement


def create_app(settings: Settings, *, clock: Clock = utc_now) -> Flask:
    """The app, ready to serve. It never subscribes to events: that is the worker's."""
    database, storage = connect(settings.database_url), Storage(settings.attachments)
    offered = offer.live(settings.eservices, settings.municipalities, clock)
    app = web_app(
        __name__,
        service="intake",
        secret_key=settings.secret_key,
        checks={"database": database.check, "attachments": storage.check},
        public_url=settings.public_url,
    )
    app.before_request(offered.keep)
    app.teardown_request(offered.release)
    colours.install(app, service="intake", municipalities=lambda: offered.current.municipalities)
    intake = IntakeContext(
        sessions=database.sessions,
        storage=storage,
        clock=clock,
        offer=offered,
        languages=languages.install(app, TEXTS),
        public_url=settings.public_url,
        link_key=settings.link_key,
        limits=Limits(database.engine, settings.secret_key, _rules(settings)),
        waiting=Waiting(settings.secret_key, settings.limit_wait_seconds),
        proxies=settings.proxies,
        scanner=VirusScanner(settings.clamav, settings.clamav_seconds) if settings.clamav else None,
        registers=Registers(settings.registers or {}),
        keyring=Keyring(settings.event_keys),
    )
    app.request_class = _spooling(app.request_class, intake)
    error_handlers.install(app, intake.languages)
    api = smorest_api(
        app, title="Ärende intake", description="A municipality's e-services: submit, and follow what happens."
    )
    api.register_blueprint(_api(intake))
    app.register_blueprint(_pages(intake))
    return app


def application() -> Flask:
    """For gunicorn: settings from the environment; one line and status 2 when they are wrong."""
    return app_from_environment("intake", Settings, create_app)


def _api(intake: IntakeContext) -> Blueprint:
    """The routes under `/intake/api/v1`. All are open: a reference or a signed link is enough to use it."""
    routes = Blueprint("intake", __name__, url_prefix="/intake/api/v1")
    of_case = (tracking_api, supplements_api, decision_requests_api)
    for capability in (eservices_api, attachments_api, submissions_api, *of_case):
        capability.add(routes, intake)
    return routes


def _pages(intake: IntakeContext) -> flask.Blueprint:
    """The routes outside `/intake/`: pages that citizens see."""
    routes = flask.Blueprint("pages", __name__)
    of_drafts = (drafts_pages, sending_pages, keeping_pages, arrivals_pages)
    of_case = (tracking_pages, supplements_pages, decision_requests_pages)
    for capability in (eservices_pages, *of_drafts, submissions_pages, *of_case):
        capability.add(routes, intake)
    return routes


def _rules(settings: Settings) -> Rules:
    most = {
        Limit.CLIENT: settings.limit_client,
        Limit.RECIPIENT: settings.limit_recipient,
        Limit.ESERVICE: settings.limit_eservice,
        Limit.CLIENT_BYTES: settings.limit_client_megabytes * MB,
        Limit.ALL_BYTES: settings.limit_all_megabytes * MB,
        Limit.GUESSES: settings.limit_guesses,
        Limit.DRAFTS: settings.limit_drafts,
        Limit.TEXT_BYTES: settings.limit_text_megabytes * MB,
        Limit.LOOKUPS: settings.limit_lookups,
    }
    return Rules(most, settings.exempt_networks, tuple(settings.exempt_mail_domains))


def _spooling(request_class: type[flask.Request], intake: IntakeContext) -> type[flask.Request]:
    """Requests whose uploaded parts go to the disk of the attachments: never to memory, nor a `/tmp` that is memory.

    Where a client has sent too much they go nowhere, and `upload_rejected` has why: the rest of a form is still read.
    """

    class SpoolingRequest(request_class):  # type: ignore[misc,valid-type]
        files_spooled = 0
        bytes_counted = False
        upload_rejected: LimitReached | None = None

        def _get_file_stream(self, _: object, __: object, filename: str | None = None, *___: object) -> IO[bytes]:
            """Count the files of the request: each is an open file, and a process may have only so many."""
            self.files_spooled += 1
            if self.files_spooled > MOST_FILES:
                raise Problem(413, "too-many-files", detail="There are too many files. Send fewer at a time.")
            if filename and not self.bytes_counted:
                self.count_bytes()
            return Path(os.devnull).open("r+b") if self.upload_rejected else intake.storage.scratch()

        def count_bytes(self) -> None:
            """Count the request against the limits of uploads.

            One of undeclared length counts as the largest there may be, a small one for the room that any file takes.
            """
            self.bytes_counted = True
            size = max(self.content_length or LARGEST_UPLOAD, LEAST_COUNTED)
            try:
                intake.limits.upload(intake.client(self), size, intake.clock())
            except LimitReached as reached:
                self.upload_rejected = reached

        def count_text(self) -> None:
            """Count a long text against the limit of them: a draft is kept for weeks. Raises LimitReached."""
            size = sum(map(len, self.form.values()))
            if size > LONG_TEXT:
                intake.limits.text(intake.client(self), size, intake.clock())

    return SpoolingRequest
