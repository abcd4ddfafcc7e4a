"""The desk's lists: all queues, one queue, an officer's own cases; and claiming the next."""

from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from marshmallow import EXCLUDE
from werkzeug.wrappers import Response

from services.routing.cases.state_machine import Action
from services.routing.context import RoutingContext
from services.routing.desk.labels import DONE
from services.routing.queues import caseload, queues
from services.routing.queues.cursors import place_of
from services.routing.schemas import CasesQuery
from shared.web import paging
from shared.web.languages import gettext


def add_queues(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/`, `/desk/queues/<code>`, `/desk/queues/<code>/claims`, `/desk/mine`."""

    @desk.get("/", endpoint="queues")
    def all_queues() -> str:
        officer = context.officer(g.identity)
        found = queues.overview(officer, context.organisation_of(officer), **context.how())
        return render_template("desk/queues.html", section="queues", queues=found)

    @desk.get("/queues/<code>")
    def queue(code: str) -> str:
        officer = context.officer(g.identity)
        asked = _asked()
        wanted = queues.Filter(asked["state"], asked["officer"], asked["eservice"], asked["number"])
        page = queues.cases(
            officer,
            code,
            wanted,
            context.organisation_of(officer),
            sort=asked["sort"],
            after=place_of(asked["cursor"]),
            limit=asked["limit"],
            sessions=context.sessions,
        )
        return render_template(
            "desk/queue.html",
            section="queues",
            queue=queues.state_of(officer, code, context.organisation_of(officer), **context.how()),
            wanted=wanted,
            sort=asked["sort"],
            eservices=caseload.eservices_in(officer, code, sessions=context.sessions),
            **_page(page, "desk.queue", code=code),
        )

    @desk.post("/queues/<code>/claims")
    def claim_next(code: str) -> Response:
        officer = context.officer(g.identity)
        done = queues.claim_next(
            officer,
            code,
            context.organisation_of(officer),
            key=request.form.get("key", uuid4().hex)[:200],
            **context.how(),
        )
        if done is None:
            flash(gettext("Nothing waits in that queue any more: others were before you."))
            return redirect(url_for("desk.queue", code=code), 303)
        flash(gettext(DONE[Action.CLAIM], number=done.number))
        return redirect(url_for("desk.case", case_id=done.case_id), 303)

    @desk.get("/mine")
    def mine() -> str:
        asked = _asked()
        page = caseload.own_cases(
            context.officer(g.identity),
            after=place_of(asked["cursor"]),
            limit=asked["limit"],
            sessions=context.sessions,
        )
        return render_template("desk/mine.html", section="mine", **_page(page, "desk.mine"))


def _asked() -> dict[str, Any]:
    """The query; a field left empty in the form asks for nothing. ValidationError on what the form cannot give."""
    given = {name: value.strip() for name, value in request.args.items() if value.strip()}
    asked: dict[str, Any] = CasesQuery().load(given, unknown=EXCLUDE)
    return asked


def _page(page: queues.Page, endpoint: str, **where: Any) -> dict[str, Any]:
    chosen: dict[str, Any] = {
        name: request.args[name] for name in CasesQuery().fields if request.args.get(name) and name != "cursor"
    }
    onwards = paging.encode(page.next) if page.next else None
    return {
        "cases": page.cases,
        "filtered": bool(chosen),
        "first_page": url_for(endpoint, **where, **chosen) if "cursor" in request.args else None,
        "next_page": url_for(endpoint, **where, **chosen, cursor=onwards) if onwards else None,
    }
