"""The desk's page of what is new, and what is new as the other pages show it: a count, a mark on each case."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.routing.cases.errors import InvalidInput
from services.routing.context import RoutingContext
from services.routing.desk.texts import later
from services.routing.updates.in_cases import new_in_cases
from services.routing.updates.models import UpdateMail
from services.routing.updates.preference import choose_mail, chosen_mail
from services.routing.updates.schemas import UpdateMailSchema
from services.routing.updates.unseen import Unseen, see_all, unseen
from shared.web.languages import gettext, language
from shared.web.names import takes
from shared.web.paging import moment
from shared.web.problems import Problem

CHOSEN = {
    UpdateMail.OFF: later("You get no mail about what is new."),
    UpdateMail.AT_ONCE: later("You get a mail when something is new."),
    UpdateMail.DAILY: later("You get a mail each morning when something is new."),
}


def install(app: Flask, context: RoutingContext) -> None:
    """Give the desk's templates `updates()`: what the officer has not seen. It is read once for a page."""

    def updates() -> Unseen:
        if "updates" not in g:
            g.updates = unseen(context.officer(g.identity), sessions=context.sessions)
        found: Unseen = g.updates
        return found

    app.jinja_env.globals["updates"] = updates


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/new`, `/desk/new/seen`, `/desk/new/mail`."""

    @desk.get("/new")
    def new() -> str:
        return _page(context)

    @desk.post("/new/seen")
    @takes(form=("until",))
    def see_all_new() -> Response:
        see_all(context.officer(g.identity), _until(), **context.store_and_time())
        flash(gettext("Nothing is new any more."))
        return redirect(url_for("desk.new"), 303)

    @desk.post("/new/mail")
    @takes(form=("mail",))
    def change_mail() -> Any:
        try:
            mail: UpdateMail = UpdateMailSchema().load({"mail": request.form.get("mail", "")})["mail"]
            choose_mail(g.identity, mail, language(), **context.store_and_time())
        except ValidationError:
            return _page(context, gettext("Choose when you want mail.")), 422
        except InvalidInput as error:
            return _page(context, gettext(error.message)), 422
        flash(gettext(CHOSEN[mail]))
        return redirect(url_for("desk.new"), 303)


def _page(context: RoutingContext, error: str = "") -> str:
    g.here = url_for("desk.new")
    officer, now = context.officer(g.identity), context.clock()
    found = unseen(officer, sessions=context.sessions)
    g.updates = found
    return render_template(
        "updates/new.html",
        section="new",
        cases=new_in_cases(officer, found, sessions=context.sessions),
        is_all=found.is_all,
        until=max((each.at for each in found.items), default=now),
        mail=chosen_mail(g.identity, sessions=context.sessions),
        address=g.identity.email,
        error=error,
    )


def _until() -> datetime:
    """When the latest was new of what the officer had before them."""
    try:
        return moment(request.form.get("until", ""))
    except (ValueError, OverflowError) as error:
        raise Problem(400, "bad-form", detail="The form does not say what has been seen.") from error
