"""The officers' desk: queues, cases, and the actions on them, as pages that need no JavaScript."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from services.routing.actions import pages as actions
from services.routing.actions.form_state import written
from services.routing.arrivals import pages as arrivals
from services.routing.bulk import pages as bulk
from services.routing.bulk.jobs import pages as bulk_jobs
from services.routing.cases import pages as cases
from services.routing.cases.state_machine import OPEN, allowed
from services.routing.context import RoutingContext
from services.routing.desk import labels
from services.routing.desk.form_documents import LIMITS
from services.routing.desk.sign_in import know_officer_at_no_page, require_officer, sign_in_blueprint
from services.routing.directory import pages as directory
from services.routing.documents import pages as documents
from services.routing.incoming_mail import pages as incoming_mail
from services.routing.incoming_mail.quoted import mail_text
from services.routing.macros import pages as macros
from services.routing.presence import pages as presence
from services.routing.queues import pages as queues
from services.routing.reminders import pages as reminders
from services.routing.saved_filters import pages as saved_filters
from services.routing.search import pages as search
from services.routing.settings import Settings
from services.routing.standard_texts import pages as standard_texts
from services.routing.statistics import pages as statistics
from services.routing.subtasks import pages as subtasks
from services.routing.updates import pages as updates
from services.routing.watchers import pages as watchers
from shared.file_viewing import is_viewable
from shared.files.not_taken import reason
from shared.swedish.time import local_date
from shared.web import colours
from shared.web.languages import gettext, text_of
from shared.web.problems import Problem

LANGUAGE_NAMES = {"sv": "Svenska", "en": "English"}


def install(app: Flask, settings: Settings, context: RoutingContext) -> None:
    """Put the desk under `/desk/` on the app."""
    colours.install(app, service="routing", municipalities=lambda: context.casework.current.municipalities)
    app.register_blueprint(sign_in_blueprint(app, settings, context))
    app.register_blueprint(_desk(context))
    app.before_request(know_officer_at_no_page(context))
    for capability in (updates, presence, saved_filters):
        capability.install(app, context)
    app.add_url_rule("/desk", "desk_root", lambda: redirect(url_for("desk.queues"), 308))
    app.jinja_env.filters.update(
        localized=text_of,
        label=labels.label_text,
        choice=labels.choice_text,
        state=labels.state_text,
        entry=labels.entry_text,
        term=labels.term_text,
        law=labels.law_text,
        priority=labels.priority_text,
        channel=labels.channel_text,
        mail_text=mail_text,
        not_taken=lambda code: reason(code, gettext),
        bytes=labels.size,
        kept=labels.kept,
        until=labels.until_text,
        fact=labels.fact,
        iso_date=date.fromisoformat,
        iso_moment=datetime.fromisoformat,
        is_viewable=is_viewable,
    )
    app.jinja_env.globals.update(
        Term=labels.Term,
        document_limits=LIMITS,
        states=labels.STATES,
        tags=labels.TAGS,
        operators=labels.OPERATORS,
        groups=labels.GROUPS,
        purposes=labels.PURPOSES,
        open_states=OPEN,
        allowed=allowed,
        time_left=labels.time_left,
        age=labels.age,
        local_date=local_date,
        new_key=lambda: uuid4().hex,
        unsent_text=_unsent_text,
        language_names=LANGUAGE_NAMES,
    )

    @app.context_processor
    def who_and_when() -> dict[str, Any]:
        officer = g.get("identity")
        return {
            "officer": officer,
            "municipality": context.casework.current.municipality(officer.municipality) if officer else None,
            "today": local_date(context.clock()),
        }


def _desk(context: RoutingContext) -> Blueprint:
    desk = Blueprint("desk", __name__, url_prefix="/desk")
    desk.before_request(require_officer(context))
    queues.add_pages(desk, context)
    cases.add_pages(desk, context)
    actions.add_pages(desk, context)
    search.add_pages(desk, context)
    for capability in (
        *(arrivals, documents, bulk, bulk_jobs, directory, statistics, updates, presence),
        *(saved_filters, reminders, subtasks, watchers, standard_texts, macros, incoming_mail),
    ):
        capability.add_pages(desk, context)

    @desk.errorhandler(CSRFError)
    def expired(_: CSRFError) -> tuple[str, int]:
        """Show what was typed, to be copied, when the session that it was typed in has ended."""
        return render_template("desk/expired.html", unsent=written(request.form), again=_page_before()), 403

    return desk


def _unsent_text() -> str:
    """The longer texts of a form that was not taken, whatever the reason, to be copied."""
    try:
        return written(request.form) if request.method == "POST" else ""
    except (HTTPException, Problem):  # the form cannot be read
        return ""


def _page_before() -> str:
    case_id = (request.view_args or {}).get("case_id")
    return url_for("desk.case", case_id=case_id) if case_id else url_for("desk.queues")
