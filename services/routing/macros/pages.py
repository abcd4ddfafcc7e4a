"""The desk's pages of macros: for the officers who may change them, and for whoever carries one out with a case."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.routing.actions.definition import FieldKind
from services.routing.actions.registry import DEFINITIONS
from services.routing.cases.errors import CaseNotFound, InvalidInput
from services.routing.cases.find_case import may_see, seen_case
from services.routing.context import RoutingContext
from services.routing.desk.confirmation import confirm
from services.routing.desk.edited_forms import by_editors, choosable, version_seen
from services.routing.desk.form_key import form_key, form_key_if_any
from services.routing.desk.macro_preview import NOT_CARRIED_OUT, macro_page, not_carried_out_page
from services.routing.desk.next_of_queue import next_of_queue
from services.routing.desk.texts import later
from services.routing.macros import edit
from services.routing.macros.order import MacroOrder
from services.routing.macros.run import carry_out
from services.routing.macros.schemas import MacroInSchema
from services.routing.macros.steps import (
    IN_MACRO,
    LEFT_OUT,
    fields_of,
    is_required,
    languages_of,
    steps_of,
)
from services.routing.macros.typed import TypedStep, changed, is_of_step, steps_in
from services.routing.macros.versions import chosen_in
from services.routing.standard_texts.placeholders import PLACEHOLDERS
from shared.swedish.time import local_date
from shared.validation import flattened
from shared.web import names
from shared.web.languages import gettext, library_message
from shared.web.names import takes
from shared.web.problems import Problem

FIELDS = ("name", "queue", "eservice")
SAVE, NEXT, LOOK = "save", "next", "look"
_OURS = ("csrf_token", "key", "version", "macro_version", "do")
_OF_EDITOR = (*FIELDS, *_OURS, "added")
_NAMELESS = "–"  # in the place of a name, so that what is wrong with the rest is seen as well
_INPUT = re.compile("([0-9]{1,2})-(.+)")


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/macros`, `/desk/macros/new`, `/desk/macros/<id>`, its removal, `/desk/cases/<id>/macros/<id>`."""
    _add_list(desk, context)
    _add_editor(desk, context)
    _add_preview(desk, context)


def _add_list(desk: Blueprint, context: RoutingContext) -> None:
    @desk.get("/macros")
    @by_editors
    def macros() -> str:
        officer = context.officer(g.identity)
        organisation = context.organisation_of(officer)
        found = edit.macros_of(officer, organisation, sessions=context.sessions)
        return render_template(
            "macros/list.html", section="macros", macros=found, definitions=DEFINITIONS, organisation=organisation
        )

    @desk.post("/macros/<uuid:macro_id>/removal")
    @takes(form=("version",))
    @by_editors
    def remove_macro(macro_id: UUID) -> Response:
        officer = context.officer(g.identity)
        organisation, version = context.organisation_of(officer), version_seen()
        try:
            edit.remove(officer, macro_id, organisation, version=version, **context.store_and_time())
            flash(gettext("The macro is removed."))
        except edit.StaleMacro:
            flash(gettext("The macro was changed meanwhile, and is not removed."))
        return redirect(url_for("desk.macros"), 303)


def _add_editor(desk: Blueprint, context: RoutingContext) -> None:
    @desk.route("/macros/new", methods=["GET", "POST"])
    @takes(form=names.ANY)
    @by_editors
    def new_macro() -> ResponseReturnValue:
        if request.method == "GET":
            return _editor(context, {}, [])
        officer = context.officer(g.identity)
        key = form_key_if_any()
        return _edited(
            context,
            lambda content: edit.create(
                officer, content, context.organisation_of(officer), key=key, **context.store_and_time()
            ),
        )

    @desk.route("/macros/<uuid:macro_id>", methods=["GET", "POST"])
    @takes(form=names.ANY)
    @by_editors
    def macro(macro_id: UUID) -> ResponseReturnValue:
        officer = context.officer(g.identity)
        organisation = context.organisation_of(officer)
        if request.method == "GET":
            found, _ = edit.macro_with_versions(officer, macro_id, organisation, sessions=context.sessions)
            typed = {name: getattr(found, name) or "" for name in FIELDS}
            return _editor(context, typed, list(map(TypedStep.of, steps_of(found.steps))), macro_id=macro_id)
        version = version_seen()
        return _edited(
            context,
            lambda content: edit.change(
                officer, macro_id, content, organisation, version=version, **context.store_and_time()
            ),
            macro_id,
        )


def _edited(
    context: RoutingContext, save: Callable[[edit.MacroContent], object], macro_id: UUID | None = None
) -> ResponseReturnValue:
    """Save what the form has, and go on to the list; or the form again, with its steps changed or what is wrong."""
    form = {name: text.strip().replace("\r\n", "\n") for name, text in request.form.items()}
    names.reject(name for name in form if name not in _OF_EDITOR and not is_of_step(name))
    typed, steps = {name: form.get(name, "") for name in FIELDS}, steps_in(form)
    do = form.get("do", SAVE)
    if do != SAVE:
        steps, number = changed(steps, do, form.get("added", ""))
        return _editor(context, typed, steps, macro_id=macro_id, go_on_with=number)
    try:
        save(_read(context, typed, steps))
    except edit.StaleMacro:
        title = gettext("The macro was changed while you had it open. Nothing was saved.")
        return _editor(context, typed, steps, macro_id=macro_id, title=title), 412
    except (ValidationError, InvalidInput) as error:
        return _editor(context, typed, steps, macro_id=macro_id, errors=_errors(error, typed, steps)), 422
    flash(gettext("The macro is saved."))
    return redirect(url_for("desk.macros"), 303)


def _read(context: RoutingContext, typed: Mapping[str, str], steps: Sequence[TypedStep]) -> edit.MacroContent:
    """What the form has. ValidationError; where it lacks a name, for all else that is wrong too."""
    written = {name: text for name, text in typed.items() if text}
    kept = {"name": _NAMELESS, **written, "steps": [each.as_kept for each in steps]}
    content: edit.MacroContent = MacroInSchema().load(kept)
    if not typed["name"]:
        officer = context.officer(g.identity)
        edit.check(officer, content, context.organisation_of(officer), **context.store_and_time())
        raise InvalidInput("name", "Write a name.")
    return content


def _errors(
    error: ValidationError | InvalidInput, typed: Mapping[str, str], steps: Sequence[TypedStep]
) -> dict[str, str]:
    """All that is wrong, by the name of the input."""
    if isinstance(error, InvalidInput):
        found = {error.field: gettext(error.message)}
    else:
        found = {_input_of(path, steps): library_message(str(message)) for path, message in flattened(error.messages)}
    missing = {"name": gettext("Write a name.")} if not typed["name"] else {}
    return missing | found | ({} if steps else {"added": gettext("Add at least one step.")})


def _input_of(path: Sequence[str | int], steps: Sequence[TypedStep]) -> str:
    """The input that an error is about; a text's is that in Swedish, unless the error names another language."""
    match path:
        case ("steps", int(number), "values", str(name), *language):
            definition = steps[number].definition
            fields = {each.name: each for each in fields_of(definition)} if definition else {}
            is_text = name in fields and fields[name].kind is FieldKind.TEXT
            of_language = language if is_text and isinstance(language[0] if language else None, str) else ["sv"]
            return "-".join(("step", str(number), name, *(map(str, of_language) if is_text else ())))
        case ("steps", int(number), *_):
            return f"step-{number}-action"
        case ("steps", *_):
            return "added"
    return str(path[-1])


def _editor(
    context: RoutingContext,
    typed: Mapping[str, str],
    steps: Sequence[TypedStep],
    *,
    macro_id: UUID | None = None,
    errors: Mapping[str, str] | None = None,
    title: str = "",
    go_on_with: int | None = None,
) -> str:
    officer = context.officer(g.identity)
    organisation = context.organisation_of(officer)
    found, versions = (
        edit.macro_with_versions(officer, macro_id, organisation, sessions=context.sessions) if macro_id else (None, ())
    )
    g.here = url_for("desk.macro", macro_id=macro_id) if macro_id else url_for("desk.new_macro")
    queue, eservice = typed.get("queue") or None, typed.get("eservice") or None
    today = local_date(context.clock())
    return render_template(
        "macros/form.html",
        section="macros",
        typed=typed,
        steps=steps,
        errors=errors or {},
        title=title,
        go_on_with=go_on_with,
        macro=found,
        versions=versions,
        chosen=chosen_in(versions, organisation, sessions=context.sessions),
        definitions=DEFINITIONS,
        in_macro=IN_MACRO,
        most_steps=edit.MOST_STEPS,
        fields_of=fields_of,
        languages_of=languages_of,
        is_required=is_required,
        choices=edit.step_choices(
            officer, organisation, queue=queue, eservice=eservice, today=today, sessions=context.sessions
        ),
        queues=[each for each in organisation.queues.values() if officer.may_see_queue(each)],
        regime=organisation.regime_of(eservice),
        organisation=organisation,
        eservices=choosable(organisation.eservice_titles, typed.get("eservice", "")),
        placeholders=PLACEHOLDERS,
    )


def _add_preview(desk: Blueprint, context: RoutingContext) -> None:
    @desk.route("/cases/<uuid:case_id>/macros/<uuid:macro_id>", methods=["GET", "POST"])
    @takes(form=names.ANY)
    def run_macro(case_id: UUID, macro_id: UUID) -> ResponseReturnValue:
        officer = context.officer(g.identity)
        if request.method == "GET":
            return macro_page(context, MacroOrder(officer, case_id, macro_id))
        seen, of_macro, steps = _number("version"), _number("macro_version"), _requests(request.form)
        order = MacroOrder(officer, case_id, macro_id, seen, of_macro, steps, form_key())
        try:
            return macro_page(context, order) if request.form.get("do") == LOOK else _carried_out(context, order)
        except NOT_CARRIED_OUT as error:
            return not_carried_out_page(context, order, error)


def _carried_out(context: RoutingContext, order: MacroOrder) -> Response:
    queue = _queue_of(context, order)
    result = carry_out(context, order)
    text, goes_on = later("The macro has been carried out in %(number)s."), request.form.get("do") == NEXT
    stays = may_see(order.officer, result.case_id, sessions=context.sessions)
    if goes_on and stays:
        confirm(text, result.case_id, result.number)
    else:
        flash(gettext(text, number=result.number))
    if goes_on and queue:
        return next_of_queue(context, queue, key=str(order.key))
    return redirect(url_for("desk.case", case_id=result.case_id) if stays else url_for("desk.queues"), 303)


def _queue_of(context: RoutingContext, order: MacroOrder) -> str | None:
    """Where the case is; None where the officer does not see it, as it was moved when the same was sent before."""
    try:
        with context.sessions() as session:
            return seen_case(session, order.officer, order.case_id).queue
    except CaseNotFound:
        return None


def _requests(form: Mapping[str, str]) -> list[dict[str, Any] | None]:
    """What each step is requested with: the inputs `<number>-<field>`; `steps` has how many steps there are.

    None for a step that is left out.
    """
    count = min(_number("steps"), edit.MOST_STEPS)
    requests: list[dict[str, Any]] = [{} for _ in range(count)]
    unknown = []
    for name, text in form.items():
        of_step = _INPUT.fullmatch(name)
        if of_step and int(of_step[1]) < count:
            if typed := text.strip().replace("\r\n", "\n"):
                requests[int(of_step[1])][of_step[2]] = typed
        elif name not in (*_OURS, "steps"):
            unknown.append(name)
    names.reject(unknown)
    return [None if LEFT_OUT in each else each for each in requests]


def _number(name: str) -> int:
    try:
        return int(request.form[name][:18])
    except (KeyError, ValueError) as error:
        raise Problem(400, "bad-form", detail="The form does not say which version of the case it is about.") from error
