"""The desk's pages of standard texts, for the officers who may change them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.routing.actions.registry import DEFINITIONS, WITH_STANDARD_TEXTS
from services.routing.cases.errors import InvalidInput
from services.routing.context import RoutingContext
from services.routing.desk.edited_forms import by_editors, choosable, version_seen
from services.routing.desk.form_key import form_key_if_any
from services.routing.standard_texts import edit
from services.routing.standard_texts.models import StandardText
from services.routing.standard_texts.placeholders import PLACEHOLDERS, in_braces, unknown
from services.routing.standard_texts.schemas import StandardTextInSchema
from shared.validation import flattened
from shared.web.languages import gettext, library_message
from shared.web.names import takes

FIELDS = ("name", "action", "queue", "eservice", "outcome", "sv", "en")


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/standard-texts`, `/desk/standard-texts/new`, `/desk/standard-texts/<id>`, and its removal."""

    @desk.get("/standard-texts")
    @by_editors
    def standard_texts() -> str:
        officer = context.officer(g.identity)
        organisation = context.organisation_of(officer)
        texts = edit.texts_of(officer, organisation, sessions=context.sessions)
        return render_template(
            "standard_texts/list.html", section="texts", texts=texts, labels=_labels(), organisation=organisation
        )

    @desk.route("/standard-texts/new", methods=["GET", "POST"])
    @takes(form=(*FIELDS, "key"))
    @by_editors
    def new_standard_text() -> ResponseReturnValue:
        if request.method == "GET":
            return _form(context, {})
        officer = context.officer(g.identity)
        key = form_key_if_any()
        return _saved(
            context,
            lambda content: edit.create(
                officer, content, context.organisation_of(officer), key=key, **context.store_and_time()
            ),
        )

    @desk.route("/standard-texts/<uuid:text_id>", methods=["GET", "POST"])
    @takes(form=(*FIELDS, "version"))
    @by_editors
    def standard_text(text_id: UUID) -> ResponseReturnValue:
        officer = context.officer(g.identity)
        organisation = context.organisation_of(officer)
        if request.method == "GET":
            found, _ = edit.text_with_versions(officer, text_id, organisation, sessions=context.sessions)
            return _form(context, _as_typed(found), text_id=text_id)
        version = version_seen()
        return _saved(
            context,
            lambda content: edit.change(
                officer, text_id, content, organisation, version=version, **context.store_and_time()
            ),
            text_id,
        )

    @desk.post("/standard-texts/<uuid:text_id>/removal")
    @takes(form=("version",))
    @by_editors
    def remove_standard_text(text_id: UUID) -> Response:
        officer = context.officer(g.identity)
        organisation, version = context.organisation_of(officer), version_seen()
        try:
            edit.remove(officer, text_id, organisation, version=version, **context.store_and_time())
            flash(gettext("The standard text is removed."))
        except edit.StaleText:
            flash(gettext("The standard text was changed meanwhile, and is not removed."))
        return redirect(url_for("desk.standard_texts"), 303)


def _saved(context: RoutingContext, save: Any, text_id: UUID | None = None) -> ResponseReturnValue:
    """Save what the form has, and go on to the list; or show the form again with what was typed and what is wrong."""
    typed = {name: request.form.get(name, "").strip().replace("\r\n", "\n") for name in FIELDS}
    try:
        save(_read(typed))
    except edit.StaleText:
        title = gettext("The standard text was changed while you had it open. Nothing was saved.")
        return _form(context, typed, text_id=text_id, title=title), 412
    except (ValidationError, InvalidInput, edit.UnknownPlaceholders) as error:
        return _form(context, typed, text_id=text_id, errors=_errors(error, typed)), 422
    flash(gettext("The standard text is saved."))
    return redirect(url_for("desk.standard_texts"), 303)


def _read(typed: Mapping[str, str]) -> edit.TextContent:
    text = {language: typed[language] for language in ("sv", "en") if typed[language]}
    others = {name: typed[name] for name in FIELDS if name not in ("sv", "en") and typed[name]}
    content: edit.TextContent = StandardTextInSchema().load({**others, "text": text})
    return content


def _errors(error: Exception, typed: Mapping[str, str]) -> dict[str, str]:
    """All that is wrong, by the name of the input."""
    found: dict[str, str] = {}
    if isinstance(error, InvalidInput):
        found = {error.field: gettext(error.message)}
    elif isinstance(error, ValidationError):
        found = {str(path[-1]): library_message(message) for path, message in flattened(error.messages)}
    return found | _missing(typed) | _unknown_placeholders(typed)


def _missing(typed: Mapping[str, str]) -> dict[str, str]:
    messages = {
        "name": gettext("Write a name."),
        "action": gettext("Choose what it is for."),
        "sv": gettext("Write the text in Swedish."),
    }
    return {name: message for name, message in messages.items() if not typed[name]}


def _unknown_placeholders(typed: Mapping[str, str]) -> dict[str, str]:
    return {
        language: gettext("There is no placeholder called %(names)s.", names=in_braces(names))
        for language in ("sv", "en")
        if (names := unknown(typed[language]))
    }


def _as_typed(text: StandardText) -> dict[str, str]:
    values = {name: getattr(text, name) or "" for name in FIELDS if name not in ("sv", "en")}
    return {**values, "sv": text.text["sv"], "en": text.text.get("en", "")}


def _form(
    context: RoutingContext,
    typed: Mapping[str, str],
    *,
    text_id: UUID | None = None,
    errors: Mapping[str, str] | None = None,
    title: str = "",
) -> str:
    officer = context.officer(g.identity)
    organisation = context.organisation_of(officer)
    found, versions = (
        edit.text_with_versions(officer, text_id, organisation, sessions=context.sessions) if text_id else (None, ())
    )
    g.here = url_for("desk.standard_text", text_id=text_id) if text_id else url_for("desk.new_standard_text")
    return render_template(
        "standard_texts/form.html",
        section="texts",
        typed=typed,
        errors=errors or {},
        title=title,
        text=found,
        versions=versions,
        labels=_labels(),
        organisation=organisation,
        regime=organisation.regime_of(typed.get("eservice")),
        queues=[queue for queue in organisation.queues.values() if officer.may_see_queue(queue)],
        eservices=choosable(organisation.eservice_titles, typed.get("eservice", "")),
        outcomes=choosable(organisation.outcomes_of(typed.get("eservice") or None), typed.get("outcome", "")),
        placeholders=PLACEHOLDERS,
    )


def _labels() -> dict[str, Any]:
    """What each action that has standard texts is called."""
    return {action: DEFINITIONS[action].label for action in WITH_STANDARD_TEXTS}
