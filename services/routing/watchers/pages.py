"""Following a case at the desk."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, url_for
from werkzeug.wrappers import Response

from services.routing.context import RoutingContext
from services.routing.watchers import watchers
from shared.web.languages import gettext


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/cases/<id>/watch` and `/desk/cases/<id>/unwatch`."""

    @desk.post("/cases/<uuid:case_id>/watch")
    def watch(case_id: UUID) -> Response:
        watchers.watch(context.officer(g.identity), case_id, **context.store_and_time())
        flash(gettext("You follow the case. It stands among your cases."))
        return redirect(url_for("desk.case", case_id=case_id), 303)

    @desk.post("/cases/<uuid:case_id>/unwatch")
    def unwatch(case_id: UUID) -> Response:
        watchers.unwatch(context.officer(g.identity), case_id, sessions=context.sessions)
        flash(gettext("You no longer follow the case."))
        return redirect(url_for("desk.case", case_id=case_id), 303)
