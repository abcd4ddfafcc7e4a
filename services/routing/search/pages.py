"""The search box of every desk page, and what it finds.

What officers search for is mostly personal, so that it stands in no address: the box posts it, the officer's session
keeps it, and the results have an address with a short id (docs/decisions/0028).
"""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.routing.cases.errors import InvalidInput
from services.routing.context import RoutingContext
from services.routing.desk.kept_searches import keep_search, kept_search
from services.routing.search.find import search
from services.routing.search.schemas import position_of
from services.routing.search.words import LONGEST
from shared.web import names, paging
from shared.web.languages import gettext


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/search` and `/desk/search/<id>`."""

    @desk.post("/search", endpoint="search")
    @names.takes(form=("q",))
    def begin() -> Response:
        searched = request.form.get("q", "").strip()[: LONGEST + 1]
        return redirect(url_for("desk.found", search_id=keep_search(searched)), 303)

    @desk.get("/search/<search_id>")
    @names.takes(*paging.PageQuery().fields)
    def found(search_id: str) -> Any:
        searched = kept_search(search_id)
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
