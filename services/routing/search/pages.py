"""The search box of every desk page, and what it finds.

What officers search for is mostly personal, so that it stands in no address: the box posts it, the officer's session
keeps it, and the results have an address with a short id (docs/decisions/0028).
"""

from secrets import token_hex
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from services.routing.cases.errors import InvalidInput
from services.routing.context import RoutingContext
from services.routing.search.find import search
from services.routing.search.schemas import position_of
from services.routing.search.words import LONGEST
from shared.web import names, paging
from shared.web.languages import gettext

KEPT = 5  # searches, in a cookie: a few kilobytes
_SEARCHES = "searches"


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/search` and `/desk/search/<id>`."""

    @desk.post("/search", endpoint="search")
    @names.takes(form=("q",))
    def begin() -> Response:
        searched = request.form.get("q", "").strip()[: LONGEST + 1]
        kept = {key: each for key, each in session.get(_SEARCHES, {}).items() if each != searched}
        search_id = token_hex(4)
        session[_SEARCHES] = dict([*kept.items(), (search_id, searched)][-KEPT:])
        return redirect(url_for("desk.found", search_id=search_id), 303)

    @desk.get("/search/<search_id>")
    @names.takes(*paging.PageQuery().fields)
    def found(search_id: str) -> Any:
        searched = session.get(_SEARCHES, {}).get(search_id)
        if searched is None:
            message = gettext("The search is no longer kept. Write it again.")
            return render_template("search/found.html", section="search", searched="", error=message, page=None)
        query: dict[str, Any] = paging.PageQuery().load(
            {name: value for name, value in request.args.items() if name in ("cursor", "limit") and value}
        )
        try:
            page = search(
                context.officer(g.identity),
                searched,
                after=position_of(query["cursor"]),
                limit=query["limit"],
                sessions=context.sessions,
            )
        except InvalidInput as error:
            wrong = gettext(error.message)
            return render_template(
                "search/found.html", section="search", searched=searched, error=wrong, page=None
            ), 422
        chosen: dict[str, Any] = {name: value for name, value in request.args.items() if name == "limit"}
        onwards = paging.encode(page.next) if page.next else None
        here = {"search_id": search_id, **chosen}
        return render_template(
            "search/found.html",
            section="search",
            searched=searched,
            error=None,
            page=page,
            first_page=url_for("desk.found", **here) if query["cursor"] else None,
            next_page=url_for("desk.found", **here, cursor=onwards) if onwards else None,
        )
