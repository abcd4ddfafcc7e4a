"""What officers do with a case at the desk: a form in, a use case called, and a page that says how it went."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.routing.actions.form_state import FormState, trouble_of
from services.routing.actions.perform import ActionResult, CaseCommand, InvalidInput, StaleCase
from services.routing.actions.routes import ACTS, ActRoute
from services.routing.cases.journal import BrokenJournal
from services.routing.cases.pages import PATHS, case_page, opened
from services.routing.cases.state_machine import Action, ActionNotAllowed, after
from services.routing.context import RoutingContext
from services.routing.decisions.decision import Ruling, drawn_up
from services.routing.desk.labels import DONE, MISSING
from services.routing.queues import caseload
from shared.idempotency import KeyReused
from shared.web.languages import gettext
from shared.web.problems import Problem

CHANGE = "change"
OURS = ("csrf_token", "version", "key", "step")

_KEY = re.compile(r"[0-9a-f]{32}")
_ROUTES: Mapping[Action, ActRoute] = {
    action: next(act for act in ACTS if act.name == name) for action, name in PATHS.items()
}
_ACTIONS = {name: action for action, name in PATHS.items()}


def add_acts(desk: Blueprint, context: RoutingContext) -> None:
    """`POST /desk/cases/<id>/<what is wished>`."""

    @desk.post("/cases/<uuid:case_id>/<command>")
    def act(case_id: UUID, command: str) -> Any:
        if command not in _ACTIONS:
            abort(404)
        action = _ACTIONS[command]
        typed = {name: _as_typed(text) for name, text in request.form.items() if name not in OURS}
        draft = FormState(action, typed)
        try:
            if action is Action.DECIDE and request.form.get("step") != "decide":
                return _before_deciding(context, case_id, draft)
            return _carried_out(context, case_id, draft)
        except (ValidationError, InvalidInput, StaleCase, ActionNotAllowed, KeyReused, BrokenJournal) as fault:
            return _not_carried_out(context, case_id, draft, fault)


def _carried_out(context: RoutingContext, case_id: UUID, draft: FormState) -> Response:
    assert draft.action
    route = _ROUTES[draft.action]
    said = _said(context, case_id, draft)
    command = CaseCommand(context.officer(g.identity), case_id, _version(), _key())
    done = route.perform(context, command, said)
    flash(gettext(DONE[draft.action], number=done.number))
    return redirect(_afterwards(draft.action, done), 303)


def _before_deciding(context: RoutingContext, case_id: UUID, draft: FormState) -> str:
    """The decision as it would be, to be looked through; or the form again, to be changed."""
    file = opened(context, case_id)
    if request.form.get("step") == CHANGE:
        return case_page(context, file, draft)
    if file.case.sequence != _version():
        raise StaleCase(file.case.sequence)
    after(file.case.status, Action.DECIDE)
    said = _said(context, case_id, draft)
    officer, now = context.officer(g.identity), context.clock()
    ruling = Ruling.entered(officer, now, **said)
    decision = drawn_up(ruling, file.case, file.content.handling, context.organisation_of(officer), now)
    g.here = url_for("desk.case", case_id=case_id)
    settled = {"decided_by": ruling.decided_by, "decided_on": ruling.decided_on.isoformat()}
    return render_template(
        "desk/decision.html", section="case", file=file, values={**draft.typed, **settled}, decision=decision
    )


def _not_carried_out(context: RoutingContext, case_id: UUID, draft: FormState, fault: Exception) -> tuple[str, int]:
    file = opened(context, case_id)
    trouble = trouble_of(fault, file, draft, seen=_version())
    return case_page(context, file, FormState(draft.action, draft.typed, trouble.faults), trouble), trouble.status


def _said(context: RoutingContext, case_id: UUID, draft: FormState) -> dict[str, Any]:
    """What the form says, as the API's schema of the act reads it. ValidationError by field."""
    assert draft.action
    given = {name: text for name, text in draft.typed.items() if text}
    if draft.action is Action.ASSIGN:
        given["officer_name"] = _name_of(context, case_id, given.get("officer_subject", ""))
    schema = _ROUTES[draft.action].schema(context.clock)
    try:
        said: dict[str, Any] = schema.load(given)
    except ValidationError as fault:
        missing = [name for name, each in schema.fields.items() if each.required and name not in given]
        raise ValidationError(fault.messages_dict | {name: [MISSING[name]] for name in missing}) from fault
    return said


def _name_of(context: RoutingContext, case_id: UUID, subject: str) -> str:
    board = opened(context, case_id).case.board
    officers = caseload.colleagues(context.officer(g.identity), board, sessions=context.sessions)
    known = {each.subject: each.name for each in officers}
    if subject not in known:
        raise ValidationError({"officer_subject": [MISSING["officer_subject"]]})
    return known[subject]


def _as_typed(text: str) -> str:
    """Without blanks around; with plain line ends, where browsers send CRLF (HTML, form-data encoding)."""
    return text.strip().replace("\r\n", "\n")


def _version() -> int:
    """The version of the case that the officer had before them."""
    try:
        return int(request.form["version"])
    except ValueError as fault:
        raise Problem(400, "bad-form", detail="The form does not say which version of the case it is about.") from fault


def _key() -> str:
    """The form's own key: sent twice, it is carried out once."""
    key = request.form.get("key", "")
    if not _KEY.fullmatch(key):
        raise Problem(400, "bad-form", detail="The form has no key of its own.")
    return key


def _afterwards(action: Action, done: ActionResult) -> str:
    """The case; after moving it to another queue, which may be another board's, the queues."""
    return url_for("desk.queues") if action is Action.TRANSFER else url_for("desk.case", case_id=done.case_id)
