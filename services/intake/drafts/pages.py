"""An e-service's form, filled in page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.datastructures import MultiDict

from services.intake.arrivals.form import arrival_form
from services.intake.attachments import upload
from services.intake.attachments.form_files import LARGEST_FORM, FormFiles, Posted, receive_files, shown_files
from services.intake.context import IntakeContext
from services.intake.drafts import draft as drafts
from services.intake.drafts import prefilling
from services.intake.drafts.draft import PageSaved, UnknownDraft
from services.intake.drafts.draft_key import DraftKey, new_key, read_key
from services.intake.drafts.entries import Dropped, entry_now, file_fields, repeated, with_entry
from services.intake.drafts.filling import Filling, heading_before, opened, typed_on, with_draft
from services.intake.drafts.outside import CODE as OUTSIDE_MUNICIPALITY
from services.intake.drafts.page_view import first_input_of_last, is_of, newly_shown, shown_sections
from services.intake.drafts.prefill_view import outcome
from services.intake.drafts.shown.pages import (
    DRAFT,
    FORM,
    check_guesses,
    draft_of,
    draft_url,
    form_page,
    form_state_of,
    guesses_counted,
    opened_by_request,
    posted_key,
    redirect_if_sent,
    seen_revision,
    with_cookie,
)
from services.intake.eservices.definition import Page
from services.intake.eservices.opening import opening
from services.intake.forms.browser_form import input_name
from services.intake.forms.errors import FieldError
from services.intake.forms.fields.file import FileField
from services.intake.limits.delayed_form import check_uploads, delayed, posted_form
from services.intake.limits.limits import LimitReached
from services.intake.submissions.form_state import FormState
from shared.i18n.formats import localized
from shared.web.app import accepts_up_to
from shared.web.languages import gettext, language
from shared.web.names import ANY, takes

_STATES = ("kept", "gone")

Sent = TypeVar("Sent")


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The routes of filling in."""

    @routes.get(FORM)
    def show_form(slug: str, code: str) -> Any:
        filling = Filling(context, slug, context.form(slug, code), new_key())
        if not opening(filling.eservice, context.clock()).is_open:
            return render_template("closed.html", eservice=filling.eservice)
        return form_page(filling, filling.eservice.pages[0], FormState())

    @routes.post(FORM)
    @takes(form=ANY)
    @accepts_up_to(LARGEST_FORM)
    def begin(slug: str, code: str) -> Any:
        return _save_posted(context, slug, code, read_key(request.form.get("draft", "")) or new_key())

    @routes.get(f"{DRAFT}/sida/<page>")
    @takes("from")
    def show_page(slug: str, code: str, draft_id: UUID, page: str) -> Any:
        filling = opened_by_request(context, slug, code, draft_id)
        return redirect_if_sent(filling) or form_page(filling, filling.page(page), form_state_of(filling))

    @routes.post(f"{DRAFT}/sida/<page>")
    @takes("from", form=ANY)
    @accepts_up_to(LARGEST_FORM)
    def save_page(slug: str, code: str, draft_id: UUID, page: str) -> Any:
        key = posted_key(draft_id)
        if key and "officer" not in request.form:
            return _save_posted(context, slug, code, key, page)
        return _save_opened(context, slug, code, draft_id, page)


def _save_posted(context: IntakeContext, slug: str, code: str, key: DraftKey, page: str | None = None) -> Any:
    """Save what a page, the first or another, posts with its key, which may open no draft yet."""
    guessed = None
    try:
        check_guesses(context)
        filling = opened(context, slug, code, key)
    except (UnknownDraft, LimitReached) as error:
        filling = Filling(context, slug, context.form(slug, code), key)
        guessed = error if isinstance(error, LimitReached) else None
    return _save(filling, filling.page(page) if page else filling.eservice.pages[0], guessed)


def _save_opened(context: IntakeContext, slug: str, code: str, draft_id: UUID, page: str) -> Any:
    """Save what an officer's page posts, or one without its key: only where there is a draft that the key opens."""
    guessed = None
    try:
        filling = opened_by_request(context, slug, code, draft_id)
    except LimitReached as error:
        if not (key := posted_key(draft_id)):
            raise
        filling, guessed = Filling(context, slug, arrival_form(context.form(slug, code)), key), error
    return _save(filling, filling.page(page), guessed)


def _save(filling: Filling, page: Page, guessed: LimitReached | None = None) -> Any:
    """Save what a page posts, whatever is wrong with it, and then go where its button leads.

    Where the client has `guessed` too much, the draft is as it was with all its files, and the page is shown again with
    what it posted, its new files too.
    """
    context, now = filling.context, filling.context.clock()
    typed = typed_on(page, request.form)
    dropped = None if guessed else Dropped.read(page, typed, request.form.get("drop", ""))
    typed = dropped.without(typed) if dropped else typed
    files = _received_files(filling, page, typed, dropped, "" if guessed else request.form.get("remove", ""))
    if group := request.form.get("add"):
        typed = with_entry(page, typed, group)
    client = context.client(request)
    try:
        if guessed:
            raise guessed
        check_uploads(request)
        if filling.draft is None:
            context.limits.draft(client, now)
    except LimitReached as reached:
        state = FormState({**filling.inputs, **typed}, {**filling.files, **files.files})
        form_state, headers = delayed(context, state, reached, language(), now)
        return form_page(filling, page, form_state, status=429), headers
    kept = {field.name: files.shown(field.name) for field in file_fields(page, typed)}
    saved = PageSaved(filling.key, page.code, typed, kept, language(), seen=seen_revision())
    with guesses_counted(context):
        draft = drafts.save(context.sessions, filling.municipality, filling.eservice, saved, now)
    if draft.reference:
        return redirect_if_sent(filling) if filling.officer else _already_sent(filling, page, typed)
    filling, prefilled = prefilling.prefill_after(with_draft(filling, draft), page, client)
    if "prefill" in request.form:
        return _prefilled(filling, page, files)
    return _go(filling, page, files, prefilled)


def _received_files(
    filling: Filling, page: Page, typed: Mapping[str, str], dropped: Dropped | None, remove: str
) -> FormFiles:
    """The page's files: those that the draft has or the page has shown, less one to `remove`, and what came now.

    Where an entry is `dropped`, its files are deleted, and those of the entries after it go with these.
    """
    posted, fields = posted_form(request), file_fields(page, typed)
    had = _files_of_draft(filling, page)
    if dropped:
        _remove_files(filling, page, dropped, had, posted.form)
        had, posted = _moved(had, dropped), Posted(_moved(posted.form, dropped), _moved(posted.files, dropped))
    shown = {each for field in fields for state in _STATES for each in posted.form.getlist(f"{field.name}.{state}")}
    inputs = MultiDict([("remove", remove)])
    for field in fields:
        kept, gone = (posted.form.getlist(f"{field.name}.{state}") for state in _STATES)
        of_others = [each for each in had.getlist(field.name) if each not in shown]
        inputs.setlist(f"{field.name}.gone", gone)
        inputs.setlist(f"{field.name}.kept", list(dict.fromkeys([*of_others, *kept])))
    return receive_files(
        filling.context,
        filling.municipality,
        filling.eservice.code,
        fields,
        Posted(inputs, posted.files),
        elsewhere=filling.elsewhere(page),
    )


def _files_of_draft(filling: Filling, page: Page) -> MultiDict[str, str]:
    """The files that the draft has, by the questions that they answer on the page as it was posted."""
    had: MultiDict[str, str] = MultiDict()
    if filling.draft is None:
        return had
    before, typed = filling.draft.pages.get(page.code, {}), typed_on(page, request.form)
    for name, several in drafts.shown_files(filling.draft).items():
        group, _, rest = name.partition(".")
        if section := repeated(page, group):
            number, inside = rest.split(".")
            now = entry_now(section, before, typed, int(number))
            here = None if now is None else f"{group}.{now}.{inside}"
        else:
            here = name
        if here:
            had.setlist(here, [*had.getlist(here), *(str(each) for each in several)])
    return had


def _moved(sent: MultiDict[str, Sent], dropped: Dropped) -> MultiDict[str, Sent]:
    items = sent.items(multi=True)
    return MultiDict((name, each) for before, each in items if (name := dropped.moved(before)) is not None)


def _remove_files(
    filling: Filling, page: Page, dropped: Dropped, had: MultiDict[str, str], form: MultiDict[str, str]
) -> None:
    """Delete the files of an entry, those that the draft has and those that the page has shown."""
    of_entry = f"{dropped.group}.{dropped.number}."
    names = [each.name for section in page.sections for each in section.fields if isinstance(each, FileField)]
    of_draft = (file for name in names for file in had.getlist(of_entry + name))
    on_page = (file for name in names for file in form.getlist(f"{of_entry}{name}.kept"))
    context = filling.context
    for each in shown_files([*of_draft, *on_page]):
        upload.remove(filling.municipality, each.id, storage=context.storage, sessions=context.sessions)


def _go(filling: Filling, page: Page, files: FormFiles, prefilled: Sequence[Page]) -> Any:
    """Where the button that was pressed leads; nowhere while a file that came with it could not be received.

    `prefilled` are the pages that were prefilled anew for what was written on this one.
    """
    if {"remove", "add", "drop"} & request.form.keys():
        removed = {**files.removed, **_removed_entry(filling, page)}
        return _with_errors(filling, page, files.rejected, removed=removed, focus=_of_new_entry(filling, page))
    rejected = [each for each in files.rejected if each not in filling.errors]
    if rejected and (request.form.keys() & {"lang", "go"}):
        return _with_errors(filling, page, rejected)
    if chosen := request.form.get("lang"):
        return redirect(draft_url(filling, "show_page", page, lang=chosen), 303)
    match request.form.get("go"):
        case "back":
            return redirect(draft_url(filling, "show_page", filling.page_before(page) or page), 303)
        case "later":
            return with_cookie(filling, redirect(draft_url(filling, "show_saved"), 303))
    return _continue(filling, page, rejected, prefilled)


def _prefilled(filling: Filling, page: Page, files: FormFiles) -> Any:
    """The page with what was fetched for it taken away, or fetched anew, by the button that was pressed."""
    if prefilling.can_prefill(filling, page):
        declines = request.form["prefill"] == "decline"
        client = filling.context.client(request)
        filling = prefilling.decline(filling, page) if declines else prefilling.fetch(filling, page, client)
    if files.rejected:
        return _with_errors(filling, page, files.rejected, removed=files.removed)
    return form_page(filling, page, replace(form_state_of(filling), information=outcome(filling, page, language())))


def _continue(filling: Filling, page: Page, rejected: Sequence[FieldError], prefilled: Sequence[Page]) -> Any:
    if others := draft_of(filling).others.get(page.code):
        return form_page(filling, page, form_state_of(filling), others=others, status=409)
    new = newly_shown(shown_sections(page, filling.reading, filling.inputs), request.form.getlist("shown"))
    missed = [each for each in filling.errors_of(page) if not is_of(input_name(filling.eservice, each.pointer), new)]
    errors = filling.form.in_order([*rejected, *missed])
    if errors and all(each.error.code == OUTSIDE_MUNICIPALITY for each in errors):
        return form_page(filling, page, replace(form_state_of(filling), unconfirmed=_messages(filling, errors)))
    if errors:
        return _with_errors(filling, page, errors)
    if new:
        information = gettext("Because of what you answered there is more to fill in on this page.")
        return form_page(filling, page, replace(form_state_of(filling), information=information))
    return _to_next(filling, page, prefilled)


def _to_next(filling: Filling, page: Page, prefilled: Sequence[Page]) -> Any:
    after, checks = filling.next_page(page), request.args.get("from") == "check" and not filling.reading.exit
    if checks and prefilled:
        return with_cookie(filling, redirect(draft_url(filling, "show_page", prefilled[0], from_check=True), 303))
    if after is None or checks:
        return with_cookie(filling, redirect(draft_url(filling, "check"), 303))
    if after.is_exit:
        drafts.turned_away(filling.context.sessions, draft_of(filling), filling.context.clock())
    return with_cookie(filling, redirect(draft_url(filling, "show_page", after), 303))


def _with_errors(
    filling: Filling,
    page: Page,
    errors: Sequence[FieldError],
    *,
    removed: Mapping[str, str] | None = None,
    focus: str = "",
) -> Response:
    """The page with errors, or with what a button has changed on it."""
    messages, is_change = _messages(filling, errors), removed is not None
    state = replace(form_state_of(filling), errors=messages, removed=removed or {}, focus="" if messages else focus)
    return form_page(filling, page, state, status=200 if is_change else 422)


def _messages(filling: Filling, errors: Sequence[FieldError]) -> dict[str, list[str]]:
    """The errors in the reader's language, by the name of the input."""
    messages: dict[str, list[str]] = {}
    for each in errors:
        message = each.error.localized(language(), filling.context.languages)
        messages.setdefault(input_name(filling.eservice, each.pointer), []).append(message)
    return messages


def _removed_entry(filling: Filling, page: Page) -> dict[str, str]:
    """The heading of the entry that was removed now, by its section."""
    group, _, number = request.form.get("drop", "").partition(".")
    heading = heading_before(filling, page, typed_on(page, request.form), group, number)
    return {group: localized(heading, language())} if heading else {}


def _of_new_entry(filling: Filling, page: Page) -> str:
    """The first input of the entry that was added now; empty where none was."""
    sections = shown_sections(page, filling.reading, filling.inputs)
    return first_input_of_last(sections, request.form.get("add", ""))


def _already_sent(filling: Filling, page: Page, typed: Mapping[str, str]) -> Any:
    """What was typed, under a new key: to send it twice is one submission, to change it and send it may be another."""
    message = gettext("You have sent this form already. If you want to send a new one, go on here.")
    fresh = Filling(filling.context, filling.slug, filling.form, new_key())
    return form_page(fresh, page, FormState(typed, message=message), status=409)
