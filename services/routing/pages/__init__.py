"""The officers' desk: queues, cases, and what is done with them, as pages that need no JavaScript."""

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError

from services.routing.cases import OPEN, allowed
from services.routing.office import Office
from services.routing.pages import words
from services.routing.pages.acting import add_acts
from services.routing.pages.cases import add_cases
from services.routing.pages.queues import add_queues
from services.routing.pages.sign_in import require_officer, sign_in_blueprint
from services.routing.settings import Settings
from shared import municipalities
from shared.swedish.time import local_date
from shared.web import colours

LANGUAGE_NAMES = {"sv": "Svenska", "en": "English"}


def install(app: Flask, settings: Settings, office: Office) -> None:
    """Put the desk under `/desk/` on the app."""
    known = municipalities.load(settings.municipalities)
    by_code = {each.code: each for each in known.values()}
    colours.install(app, service="routing", municipalities=known)
    app.register_blueprint(sign_in_blueprint(app, settings, office.clock))
    app.register_blueprint(_desk(office))
    app.add_url_rule("/desk", "desk_root", lambda: redirect(url_for("desk.queues"), 308))
    app.jinja_env.filters.update(
        local_text=words.in_language,
        called=words.called,
        bytes=words.size,
        fact=words.fact,
        iso_date=date.fromisoformat,
    )
    app.jinja_env.globals.update(
        states=words.STATES,
        tags=words.TAGS,
        wishes=words.WISHES,
        entries=words.ENTRIES,
        legal_regimes=words.LEGAL_REGIMES,
        no_decision=words.NO_DECISION,
        operators=words.OPERATORS,
        open_states=OPEN,
        allowed=allowed,
        time_left=words.time_left,
        age=words.age,
        local_date=local_date,
        new_key=lambda: uuid4().hex,
        language_names=LANGUAGE_NAMES,
        page_in=_page_in,
    )

    @app.context_processor
    def who_and_when() -> dict[str, Any]:
        officer = g.get("identity")
        return {
            "officer": officer,
            "municipality": by_code.get(officer.municipality) if officer else None,
            "today": local_date(office.clock()),
        }


def _desk(office: Office) -> Blueprint:
    desk = Blueprint("desk", __name__, url_prefix="/desk")
    desk.before_request(require_officer(office.clock))
    add_queues(desk, office)
    add_cases(desk, office)
    add_acts(desk, office)

    @desk.errorhandler(CSRFError)
    def expired(_: CSRFError) -> tuple[str, int]:
        """What was typed is shown, to be copied: the session that it was typed in is no more."""
        unsent = "\n\n".join(
            text for name, text in request.form.items() if name in ("text", "reason", "reasons") and text.strip()
        )
        return render_template("desk/expired.html", unsent=unsent, again=_page_before()), 403

    return desk


def _page_before() -> str:
    case_id = (request.view_args or {}).get("case_id")
    return url_for("desk.case", case_id=case_id) if case_id else url_for("desk.queues")


def _page_in(language: str) -> str:
    """The address of this page in a language; `g.here` is the page that stands for the answer to a form."""
    asked = {name: value for name, value in request.args.items() if name not in ("lang", "language")}
    return f"{g.get('here', '')}?{urlencode({**asked, 'lang': language})}"
