"""Routing's web app: the composition root of its API and the officers' desk."""

import os
from functools import cached_property
from pathlib import Path
from typing import IO

from flask import Flask, Request, g

from services.routing import error_handlers
from services.routing.actions import api as actions
from services.routing.arrivals import api as arrivals
from services.routing.bulk import api as bulk
from services.routing.bulk.jobs import api as bulk_jobs
from services.routing.cases import api as cases
from services.routing.context import RoutingContext
from services.routing.desk import layout
from services.routing.desk.sign_in import is_officer
from services.routing.directory import api as directory
from services.routing.documents import api as documents
from services.routing.documents.upload import MOST_DOCUMENTS
from services.routing.incoming_mail import api as incoming_mail
from services.routing.macros import api as macros
from services.routing.organisation import loader
from services.routing.presence import api as presence
from services.routing.queues import api as queues
from services.routing.reminders import api as reminders
from services.routing.saved_filters import api as saved_filters
from services.routing.search import api as search
from services.routing.search.documents import use_key
from services.routing.settings import Settings
from services.routing.standard_texts import api as standard_texts
from services.routing.statistics import api as statistics
from services.routing.subtasks import api as subtasks
from services.routing.updates import api as updates
from services.routing.watchers import api as watchers
from shared.clock import Clock, utc_now
from shared.database import connect
from shared.files.storage import Storage
from shared.web import identity, languages
from shared.web.app import app_from_environment, web_app
from shared.web.json_api import Blueprint, smorest_api
from shared.web.problems import Problem
from shared.web.tokens import Role

TEXTS = Path(__file__).parent / "texts"
MOST_PARTS = 2 * MOST_DOCUMENTS


def create_app(settings: Settings, *, clock: Clock = utc_now) -> Flask:
    """The app, ready to serve. Events are the worker's to receive. BadSetting for a bad casework file."""
    database = connect(settings.database_url)
    use_key(database.sessions, settings.link_key)
    casework = loader.live(settings.municipalities, settings.eservices)
    storage = Storage(settings.documents)
    context = RoutingContext(
        database.sessions,
        casework,
        clock,
        settings.public_url,
        settings.link_key,
        settings.bulk_most_cases,
        storage,
        settings.virus_scanner(),
        settings.limit_officer_megabytes,
    )
    app = web_app(
        __name__,
        service="routing",
        secret_key=settings.secret_key,
        checks={"database": database.check, "documents": storage.check},
        public_url=settings.public_url,
    )
    app.request_class = _spooling(app.request_class, context)
    app.before_request(casework.keep)
    app.teardown_request(casework.release)
    languages.install(app, TEXTS)
    error_handlers.install(app)
    identity.install(app, identity.Verifier(settings.oidc_issuer, settings.oidc_audience, clock=clock))
    documented = smorest_api(app, title="Ärende routing", description="Handling queues, cases, and work on them.")
    documented.register_blueprint(_api(context))
    documented.register_blueprint(_opened_by_link(context))
    layout.install(app, settings, context)
    return app


def application() -> Flask:
    """For gunicorn: settings from the environment; one line and status 2 when they are wrong."""
    return app_from_environment("routing", Settings, create_app)


def _api(context: RoutingContext) -> Blueprint:
    """The routes under `/routing/api/v1`, for officers, each seeing the cases of their municipality's boards."""
    routes = Blueprint("routing", __name__, url_prefix="/routing/api/v1")
    routes.before_request(identity.authenticated(Role.OFFICER))
    for capability in (
        *(queues, saved_filters, cases, actions, arrivals, bulk, bulk_jobs, search),
        *(documents, directory, statistics, updates, presence),
        *(reminders, subtasks, watchers, standard_texts, macros, incoming_mail),
    ):
        capability.add_routes(routes, context)
    return routes


def _opened_by_link(context: RoutingContext) -> Blueprint:
    """The routes that a signed link is enough for: submitters open what officers have sent them."""
    routes = Blueprint("routing_links", __name__, url_prefix="/routing/api/v1")
    documents.add_links(routes, context)
    return routes


def _spooling(request_class: type[Request], context: RoutingContext) -> type[Request]:
    """Requests whose uploaded parts go to the disk of the documents: never to memory, nor a `/tmp` that is memory.

    Those of who is no officer go nowhere: a form is read before it is known whose it is, so that what was typed when
    a session had ended can be shown.
    """

    class SpoolingRequest(request_class):  # type: ignore[misc,valid-type]
        files_spooled = 0

        def _get_file_stream(self, *_: object, **__: object) -> IO[bytes]:
            """Count the files of the request: each is an open file. A form names those that are too many."""
            self.files_spooled += 1
            if self.files_spooled > MOST_PARTS:
                raise Problem(413, "too-many-files", detail="There are too many files. Send fewer at a time.")
            return context.storage.scratch() if self._is_of_officer else Path(os.devnull).open("r+b")

        @cached_property
        def _is_of_officer(self) -> bool:
            return "identity" in g or is_officer(context)

    return SpoolingRequest
