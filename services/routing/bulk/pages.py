"""Many cases at once at the desk: choose them in a list, see what may be done and what would happen, and order it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.routing.actions.definition import ActionDefinition
from services.routing.actions.form_state import FormState
from services.routing.bulk import order, selections
from services.routing.bulk.offer import BY_PATH
from services.routing.bulk.request import from_form, read
from services.routing.bulk.selections import Chooser, ChosenCase, SelectionNotFound, TooManyCases
from services.routing.cases.errors import InvalidInput
from services.routing.cases.state_machine import Action
from services.routing.context import RoutingContext
from services.routing.desk.bulk_selection import OpenSelection, bulk_preview_page, open_selection, selection_page
from services.routing.desk.kept_searches import kept_search
from services.routing.desk.queries import query_of
from services.routing.queues.schemas import CasesQuery, filters_of
from shared.idempotency import fingerprint
from shared.swedish.time import local_date
from shared.web import names, paging
from shared.web.languages import gettext, library_message, ngettext

ORDER, CHANGE = "order", "change"
OURS = ("csrf_token", "step")

_OF_LIST = ("case", "chosen")
Answer = str | tuple[str, int] | Response


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/queues/<code>/selections`, `/desk/search/<id>/selections`, `/desk/selections/<id>`."""
    _add_choosing(desk, context)
    _add_selections(desk, context)


def _add_choosing(desk: Blueprint, context: RoutingContext) -> None:
    @desk.post("/queues/<code>/selections")
    @names.takes(*CasesQuery().fields, form=_OF_LIST)
    def choose_in_queue(code: str) -> Answer:
        query = query_of(CasesQuery())

        def every_case(chooser: Chooser) -> list[ChosenCase]:
            filters = filters_of(query, local_date(context.clock()))
            return chooser.all_of_queue(code, filters, context.organisation_of(chooser.officer), query["sort"])

        shown: dict[str, Any] = {**request.args, "code": code}
        return _chosen(context, url_for("desk.queue", **shown), every_case)

    @desk.post("/search/<search_id>/selections")
    @names.takes(*paging.PageQuery().fields, form=_OF_LIST)
    def choose_in_search(search_id: str) -> Answer:
        return _chosen(
            context,
            url_for("desk.found", search_id=search_id),
            lambda chooser: chooser.all_found(kept_search(search_id) or ""),
        )


def _chosen(context: RoutingContext, origin: str, every_case: Callable[[Chooser], list[ChosenCase]]) -> Answer:
    """Keep what was chosen in the list at `origin`: the boxes that were ticked, or all that the list has."""
    officer = context.officer(g.identity)
    chooser = Chooser(officer, context.bulk_most_cases, context.sessions)
    try:
        chosen = every_case(chooser) if request.form.get("chosen") == "all" else chooser.some(_ticked())
    except InvalidInput as error:
        return _not_chosen(gettext(error.message), origin)
    except TooManyCases as error:
        most = ngettext("At most %(num)d case at once.", "At most %(num)d cases at once.", error.most)
        return _not_chosen(f"{most} {gettext('Filter the list so that fewer remain, or choose some of them.')}", origin)
    kept = selections.keep(officer, chosen, origin, **context.store_and_time())
    return redirect(url_for("desk.selection", selection_id=kept), 303)


def _ticked() -> list[UUID]:
    try:
        return [UUID(each) for each in request.form.getlist("case")]
    except ValueError as error:
        raise InvalidInput("cases", "Choose at least one case.") from error


def _not_chosen(message: str, origin: str) -> tuple[str, int]:
    return render_template("bulk/not_chosen.html", section="bulk", message=message, origin=origin), 422


def _add_selections(desk: Blueprint, context: RoutingContext) -> None:
    def opened(selection_id: UUID) -> OpenSelection:
        officer = context.officer(g.identity)
        kept = selections.kept(officer, selection_id, sessions=context.sessions)
        return open_selection(context, officer, kept)

    @desk.get("/selections/<uuid:selection_id>")
    def selection(selection_id: UUID) -> Answer:
        try:
            return selection_page(opened(selection_id))
        except SelectionNotFound:
            return _gone()

    @desk.post("/selections/<uuid:selection_id>/<path>")
    @names.takes(form=names.ANY)
    def preview_or_order(selection_id: UUID, path: str) -> Answer:
        if path not in BY_PATH:
            abort(404)
        try:
            return _with_form(context, opened(selection_id), BY_PATH[path])
        except SelectionNotFound:
            return _gone()


def _gone() -> tuple[str, int]:
    message = gettext("What you chose is kept no longer than a day. Choose the cases again.")
    return render_template("bulk/not_chosen.html", section="bulk", message=message, origin=url_for("desk.queues")), 404


def _with_form(context: RoutingContext, selection: OpenSelection, definition: ActionDefinition) -> Answer:
    """The preview of what the form requests; the job, when it was ordered; or the form again."""
    typed = {name: text.strip().replace("\r\n", "\n") for name, text in request.form.items() if name not in OURS}
    form_state = FormState(definition.action, typed)
    if request.form.get("step") == CHANGE:
        return selection_page(selection, form_state)
    try:
        names.reject(typed.keys() - definition.schema(context.clock).fields.keys())
        requested = from_form(definition, typed, selection.choices)
        data = read(definition, requested, context.clock)
        if request.form.get("step") != ORDER:
            return bulk_preview_page(context, selection, definition, typed, data)
        return _ordered(context, selection, definition.action, requested)
    except ValidationError as error:
        messages: dict[str, list[str]] = error.normalized_messages()  # type: ignore[no-untyped-call]
        errors = {name: library_message(each[0]) for name, each in messages.items()}
        return selection_page(selection, FormState(definition.action, typed, errors)), 422
    except order.TooManyJobs as error:
        text = ngettext(
            "You have %(num)d job that is not finished. Wait until it is, or stop it.",
            "You have %(num)d jobs that are not finished. Wait until one of them is, or stop it.",
            error.most,
        )
        return selection_page(selection, form_state, text), 409


def _ordered(context: RoutingContext, selection: OpenSelection, action: Action, requested: dict[str, Any]) -> Response:
    """Order it. The same for the same selection is ordered once, however often it is sent."""
    kept = selection.kept
    placed = order.Order(
        context.officer(g.identity), action, requested, key=fingerprint([kept.id, action, requested]), sent=kept.id
    )
    job = order.place(placed, kept.cases, **context.store_and_time())
    return redirect(url_for("desk.bulk_job", job_id=job.id), 303)
