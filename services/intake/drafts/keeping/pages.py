"""Keeping a form for later: its address and code, a reminder that its e-service closes, going on, destroying it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for

from services.intake.context import IntakeContext, UnknownEService, UnknownMunicipality
from services.intake.drafts import draft as drafts
from services.intake.drafts.closing import address_of
from services.intake.drafts.draft import UnknownDraft
from services.intake.drafts.draft_key import DraftKey, new_key, read_code, read_key
from services.intake.drafts.filling import Filling, opened
from services.intake.drafts.shown.pages import (
    DRAFT,
    check_guesses,
    draft_of,
    draft_url,
    guesses_counted,
    kept,
    opened_by_request,
    redirect_if_sent,
    with_cookie,
)
from services.intake.error_handlers import problem_of
from services.intake.eservices.definition import Page
from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.email import EmailField
from services.intake.limits.limits import LimitReached
from services.intake.submissions.responses import private
from shared.web.languages import gettext, language
from shared.web.names import ANY, takes

_EMAIL = EmailField(name="email", label={"sv": "E-post", "en": "E-mail"})


@dataclass(frozen=True)
class ReminderAddress:
    """Where the submitter is reminded: `address` as it is kept, or as it was written now and what is wrong with it."""

    address: str
    is_set: bool
    error: str | None = None


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The routes of what is kept for later."""

    @routes.get(DRAFT)
    def go_on(slug: str, code: str, draft_id: UUID) -> Any:
        filling = opened_by_request(context, slug, code, draft_id)
        return redirect_if_sent(filling) or redirect(draft_url(filling, "show_page", _where_to_go_on(filling)))

    @routes.post(DRAFT)
    @takes(form=ANY)
    def open_with_code(slug: str, code: str, draft_id: UUID) -> Any:
        return _open_with_code(context, slug, code, draft_id)

    @routes.get(f"{DRAFT}/spara")
    def show_saved(slug: str, code: str, draft_id: UUID) -> Any:
        filling = opened_by_request(context, slug, code, draft_id)
        return redirect_if_sent(filling) or _saved_page(filling, _reminder(filling))

    @routes.post(f"{DRAFT}/paminnelse")
    @takes(form=("draft", "email", "remind"))
    def remind(slug: str, code: str, draft_id: UUID) -> Any:
        filling = opened_by_request(context, slug, code, draft_id)
        return redirect_if_sent(filling) or _remind(filling)

    @routes.post(f"{DRAFT}/ta-bort")
    @takes(form=ANY)
    def destroy(slug: str, code: str, draft_id: UUID) -> Any:
        filling = opened_by_request(context, slug, code, draft_id)
        drafts.destroy(context.sessions, draft_of(filling), context.clock())
        return redirect(url_for(".catalogue", slug=slug), 303)

    @routes.errorhandler(UnknownDraft)
    def ask_for_code(_: UnknownDraft) -> Any:
        arguments, posted = request.view_args or {}, read_key(request.form.get("draft", ""))
        draft_id = arguments.get("draft_id") or (posted or new_key()).id
        try:
            return _code_page(context, arguments["slug"], arguments["code"], draft_id)
        except (UnknownMunicipality, UnknownEService) as error:
            return current_app.handle_user_exception(error)


def _saved_page(filling: Filling, reminder: ReminderAddress, status: int = 200) -> Response:
    link = f"{filling.context.public_url}{draft_url(filling, 'go_on')}"
    return kept(filling, render_template("drafts/saved.html", filling=filling, link=link, reminder=reminder), status)


def _reminder(filling: Filling) -> ReminderAddress:
    address = address_of(draft_of(filling), filling.form)
    return ReminderAddress(address or "", is_set=address is not None)


def _remind(filling: Filling) -> Any:
    """Keep the address that was written, or that no reminder is wanted."""
    context, now = filling.context, filling.context.clock()
    written = request.form.get("email", "")
    try:
        address = "" if request.form.get("remind") == "no" else _EMAIL.read(written, context.clock)
        if address:
            context.limits.reminder(context.client(request), address, now)
    except InvalidAnswer as invalid:
        message = invalid.error.localized(language(), context.languages)
        return _saved_page(filling, ReminderAddress(written, is_set=False, error=message), 422)
    except LimitReached as reached:
        problem = problem_of(reached)
        page = _saved_page(
            filling, ReminderAddress(written, is_set=False, error=gettext(problem.detail or "")), problem.status
        )
        page.headers.extend(problem.headers)
        return page
    drafts.remind(context.sessions, filling.key.id, address)
    return redirect(draft_url(filling, "show_saved"), 303)


def _where_to_go_on(filling: Filling) -> Page:
    """The first page with something missing or wrong, or else the last."""
    pages = [page for page in filling.reading.pages if filling.errors_of(page)]
    return pages[0] if pages else filling.reading.pages[-1]


def _open_with_code(context: IntakeContext, slug: str, code: str, draft_id: UUID) -> Any:
    check_guesses(context)
    written = read_code(request.form.get("code", ""))
    try:
        with guesses_counted(context):
            if written is None:
                raise UnknownDraft
            filling = opened(context, slug, code, DraftKey(draft_id, written))
    except UnknownDraft:
        error = gettext("Nothing is saved here with that code.")
        return _code_page(context, slug, code, draft_id, error=error)
    return with_cookie(filling, redirect(draft_url(filling, "show_page", _where_to_go_on(filling)), 303))


def _code_page(context: IntakeContext, slug: str, code: str, draft_id: UUID, *, error: str | None = None) -> Response:
    eservice = context.form(slug, code).eservice
    rendered = render_template("drafts/code.html", eservice=eservice, draft_id=draft_id, error=error)
    return private(rendered, 422 if error else 200)
