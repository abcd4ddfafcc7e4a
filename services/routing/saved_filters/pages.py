"""Saved filters at the desk: on their queue's page, and a page where they are renamed and removed."""

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from marshmallow import ValidationError

from services.routing.cases.errors import InvalidInput
from services.routing.context import RoutingContext
from services.routing.desk.texts import later
from services.routing.queues.overview import state_of
from services.routing.queues.schemas import CasesQuery
from services.routing.saved_filters.filters import QueueFilters, StaleFilter
from services.routing.saved_filters.schemas import FilterSchema, NameSchema, query_of
from shared.web.languages import gettext
from shared.web.names import takes
from shared.web.problems import Problem

_SAVED = {
    False: later("The filter “%(name)s” is saved, for everybody who works the queue."),
    True: later("The filter “%(name)s” is saved, for you alone."),
}
KEPT = CasesQuery().fields.keys() - {"cursor"}


def install(app: Flask, context: RoutingContext) -> None:
    """Give the desk's templates `queue_filters(queue)`, and `chosen_filter()`: the query that this page has.

    Of a filter that was saved before, the filter `short_query` gives the query that its page has.
    """
    app.jinja_env.filters["short_query"] = lambda query: query_of(dict(parse_qsl(query)))
    app.jinja_env.globals["queue_filters"] = lambda code: _filters(context, code)
    app.jinja_env.globals["chosen_filter"] = lambda: query_of(
        {name: value for name, value in request.args.items() if name in KEPT}
    )


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/queues/<code>/filters` and each of them."""

    @desk.get("/queues/<code>/filters")
    def filters(code: str) -> str:
        return _page(context, code)

    @desk.post("/queues/<code>/filters")
    @takes(form=("name", "query", "private"))
    def save_filter(code: str) -> Any:
        name, query = request.form.get("name", "").strip(), request.form.get("query", "")
        private = request.form.get("private") == "true"
        try:
            data = FilterSchema().load({"name": name, "filter": dict(parse_qsl(query)), "private": private})
            kept = query_of(data["filter"])
            saved = _filters(context, code).save(data["name"], kept, context.clock(), private=private)
        except (ValidationError, InvalidInput) as error:
            typed, errors = {"new": name, "private": private}, {"new": _message(error)}
            return _page(context, code, query=query, typed=typed, errors=errors), 422
        flash(gettext(_SAVED[private], name=saved.name))
        return redirect(url_for("desk.queue", code=code, **data["filter"]), 303)

    @desk.post("/queues/<code>/filters/<uuid:filter_id>")
    @takes(form=("name", "version", "step"))
    def change_filter(code: str, filter_id: UUID) -> Any:
        filters, name = _filters(context, code), request.form.get("name", "").strip()
        try:
            if request.form.get("step") == "remove":
                flash(gettext("The filter “%(name)s” is removed.", name=filters.remove(filter_id, _version()).name))
            else:
                filters.rename(filter_id, NameSchema().load({"name": name})["name"], _version())
                flash(gettext("The filter is now called “%(name)s”.", name=name))
        except StaleFilter:
            message = gettext("A colleague has changed the filter. Here it is as it is now.")
            return _page(context, code, errors={str(filter_id): message}), 412
        except (ValidationError, InvalidInput) as error:
            key = str(filter_id)
            return _page(context, code, typed={key: name}, errors={key: _message(error)}), 422
        return redirect(url_for("desk.filters", code=code), 303)


def _filters(context: RoutingContext, code: str) -> QueueFilters:
    officer = context.officer(g.identity)
    return QueueFilters(officer, code, context.organisation_of(officer), context.sessions)


def _page(context: RoutingContext, code: str, *, query: str = "", **more: Any) -> str:
    g.here = url_for("desk.filters", code=code)
    filters = _filters(context, code)
    return render_template(
        "saved_filters/filters.html",
        section="queues",
        queue=state_of(filters.officer, code, filters.organisation, **context.store_and_time()),
        saved=filters.all(),
        may_share=filters.may_share,
        query=query,
        **{"typed": {}, "errors": {}, **more},
    )


def _message(error: ValidationError | InvalidInput) -> str:
    if isinstance(error, InvalidInput):
        return gettext(error.message)
    if "name" in error.messages_dict:
        return gettext("Write a name of at most 60 characters.")
    return gettext("There is no such filter to save. Choose in the list, and save it there.")


def _version() -> int:
    version = request.form.get("version", "")
    if not version.isdecimal() or len(version) > 9:
        raise Problem(400, "bad-form", detail="The form does not say which version of the filter it is about.")
    return int(version)
