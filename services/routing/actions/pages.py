"""What officers do with a case at the desk: a form in, an action performed, and a page that shows how it went."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.routing.actions.command import CaseCommand
from services.routing.actions.definition import ActionDefinition
from services.routing.actions.form_state import FormState
from services.routing.actions.registry import BY_PATH
from services.routing.actions.request import read
from services.routing.cases.errors import InvalidInput, PartialOfficer, StaleCase
from services.routing.cases.find_case import may_see
from services.routing.cases.journal import BrokenJournal
from services.routing.cases.state_machine import Action, ActionNotAllowed, after
from services.routing.context import RoutingContext
from services.routing.desk.case_page import case_page, opened
from services.routing.desk.confirmation import confirm
from services.routing.desk.decision_preview import preview_page
from services.routing.desk.failure import failure_of
from services.routing.desk.form_documents import KEPT, FormDocuments, receive_documents
from services.routing.desk.form_key import form_key
from services.routing.desk.next_of_queue import next_of_queue
from services.routing.documents.enclose import FIELD
from services.routing.documents.upload import LARGEST_FORM
from services.routing.documents.upload_limit import UploadLimitReached
from services.routing.standard_texts.choose import of_action, texts_for
from shared.idempotency import KeyReused
from shared.swedish.time import local_date
from shared.web import names
from shared.web.app import accepts_up_to
from shared.web.languages import gettext
from shared.web.problems import Problem

# What a button of a form asks for beside sending it.
DECIDE_NOW, CHANGE, CLOSE_AND_NEXT, INSERT = "decide", "change", "close_and_next", "insert"
OURS = ("csrf_token", "version", "key", "step", "standard_text", KEPT)
NOT_PERFORMED = (
    *(ValidationError, InvalidInput, UploadLimitReached),
    *(StaleCase, PartialOfficer, ActionNotAllowed, KeyReused, BrokenJournal),
)


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`POST /desk/cases/<id>/<path of the action>`."""

    @desk.post("/cases/<uuid:case_id>/<path>")
    @names.takes(form=names.ANY)
    @accepts_up_to(LARGEST_FORM)
    def perform(case_id: UUID, path: str) -> Any:
        if path not in BY_PATH:
            abort(404)
        definition = BY_PATH[path]
        typed = {name: _as_typed(text) for name, text in request.form.items() if name not in OURS}
        files = _files(context, case_id) if definition.takes_documents else FormDocuments()
        form_state = FormState(definition.action, typed, documents=files.documents)
        try:
            files.check()
            names.reject(typed.keys() - definition.schema(context.clock).fields.keys())
            if _step() == INSERT:
                return _with_standard_text(context, case_id, definition, form_state)
            if definition.action is Action.DECIDE and _step() not in (DECIDE_NOW, CLOSE_AND_NEXT):
                return _before_deciding(context, case_id, definition, form_state)
            return _performed(context, case_id, definition, form_state)
        except NOT_PERFORMED as error:
            return _not_performed(context, case_id, form_state, error)


def _performed(context: RoutingContext, case_id: UUID, definition: ActionDefinition, form_state: FormState) -> Response:
    closes = definition.action is Action.DECIDE and _step() == CLOSE_AND_NEXT
    data = _read(context, definition, form_state) | ({"close": True} if closes else {})
    if form_state.documents:
        data[FIELD] = [each.id for each in form_state.documents]
    seen = _version()
    version = seen if definition.conditional else None  # a note is in nobody's way, nor is a message
    command = CaseCommand(context.officer(g.identity), case_id, version, form_key())
    result = definition.perform(context, command, data)
    if closes:
        confirm(definition.confirmation.text, result.case_id, result.number)
        return next_of_queue(context, result.queue, key=form_key())
    if definition.leaves_case and may_see(command.officer, result.case_id, sessions=context.sessions):
        confirm(definition.confirmation.text, result.case_id, result.number)
    else:
        flash(gettext(definition.confirmation.text, number=result.number))
    return redirect(
        url_for("desk.queues") if definition.leaves_case else url_for("desk.case", case_id=result.case_id), 303
    )


def _with_standard_text(
    context: RoutingContext, case_id: UUID, definition: ActionDefinition, form_state: FormState
) -> str:
    """The form again, with the standard text that was chosen after what was typed, and the outcome that it has."""
    file, officer, today = opened(context, case_id), context.officer(g.identity), local_date(context.clock())
    texts = texts_for(officer, file, context.organisation_of(officer), today, sessions=context.sessions)
    typed = dict(form_state.typed)
    for each in of_action(texts, definition.action):
        if str(each.id) == request.form["standard_text"]:
            into = definition.standard_text_into
            typed[into] = "\n\n".join(text for text in (typed.get(into, ""), each.text) if text)
            typed |= {"outcome": each.outcome} if each.outcome else {}
    return case_page(context, file, replace(form_state, typed=typed))


def _before_deciding(
    context: RoutingContext, case_id: UUID, definition: ActionDefinition, form_state: FormState
) -> str:
    """The preview of the decision; or the form again, when the officer wants to change it."""
    file = opened(context, case_id)
    if _step() == CHANGE:
        return case_page(context, file, form_state)
    if file.case.sequence != _version():
        raise StaleCase(file.case.sequence)
    after(file.case.state, Action.DECIDE)
    return preview_page(context, file, form_state, _read(context, definition, form_state))


def _not_performed(
    context: RoutingContext, case_id: UUID, form_state: FormState, error: Exception
) -> tuple[str, int, Mapping[str, str]]:
    file = opened(context, case_id)
    failure = failure_of(error, file, form_state, context.officer(g.identity), seen=_version())
    shown = replace(form_state, errors=failure.errors)
    return case_page(context, file, shown, failure), failure.status, failure.headers


def _read(context: RoutingContext, definition: ActionDefinition, form_state: FormState) -> dict[str, Any]:
    """The form's data, as the API's schema of the action reads it. ValidationError by field."""
    return read(definition, {name: text for name, text in form_state.typed.items() if text}, context.clock)


def _files(context: RoutingContext, case_id: UUID) -> FormDocuments:
    """The files that earlier rounds of the form have left, and those that came now."""
    officer, parts = context.officer(g.identity), request.files.getlist(FIELD)
    return receive_documents(context, officer, case_id, request.form.getlist(KEPT), parts)


def _as_typed(text: str) -> str:
    """Without blanks around; with plain line ends, where browsers send CRLF (HTML, form-data encoding)."""
    return text.strip().replace("\r\n", "\n")


def _step() -> str:
    """What the button that was pressed asks for; where no standard text is chosen, to send the form."""
    step = request.form.get("step", "")
    return "" if step == INSERT and not request.form.get("standard_text") else step


def _version() -> int:
    """The version of the case that the officer had before them."""
    try:
        return int(request.form["version"])
    except ValueError as error:
        raise Problem(400, "bad-form", detail="The form does not say which version of the case it is about.") from error
