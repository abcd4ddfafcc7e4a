"""An e-service's form, filled in page by page, checked as a whole, and sent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from services.intake.attachments.form_files import LARGEST_FORM, FormFiles, Posted, receive_files
from services.intake.context import IntakeContext, UnknownEService, UnknownMunicipality
from services.intake.drafts import draft as drafts
from services.intake.drafts import prefilling
from services.intake.drafts.check_view import given, page_errors
from services.intake.drafts.draft import PageSaved, UnknownDraft
from services.intake.drafts.draft_key import DraftKey, new_key, read_code, read_key
from services.intake.drafts.filling import (
    Filling,
    heading_before,
    opened,
    typed_on,
    with_draft,
    with_entry,
    without_entry,
)
from services.intake.drafts.models import Draft
from services.intake.drafts.outside import CODE as OUTSIDE_MUNICIPALITY
from services.intake.drafts.page_view import (
    computed,
    facts_json,
    first_input_of_last,
    newly_shown,
    required,
    shown_sections,
)
from services.intake.drafts.prefill_view import outcome, source_notes
from services.intake.eservices.definition import Page
from services.intake.eservices.opening import EServiceClosed, opening
from services.intake.forms.browser_form import answers_to_shown, input_name
from services.intake.forms.errors import FieldError, SubmissionInvalid
from services.intake.forms.fields.field import LANGUAGES
from services.intake.forms.fields.place import PlaceField
from services.intake.limits.delayed_form import check_uploads, client_of_form, count_wait, delayed, posted_form
from services.intake.limits.limits import LimitReached
from services.intake.submissions import submit
from services.intake.submissions.form_state import FormState
from services.intake.submissions.receipt import Receipt
from services.intake.submissions.responses import private
from shared.border_map import BorderMap, border_map
from shared.i18n.formats import localized
from shared.idempotency import KeyReused, fingerprint
from shared.web.app import accepts_up_to
from shared.web.languages import gettext, language
from shared.web.names import ANY, takes

FORM = "/<slug>/e-tjanster/<code>"
DRAFT = f"{FORM}/utkast/<uuid:draft_id>"
COOKIE = "draft"


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The routes of forms."""
    _add_pages(routes, context)
    _add_end(routes, context)

    @routes.errorhandler(UnknownDraft)
    def ask_for_code(_: UnknownDraft) -> Any:
        arguments, posted = request.view_args or {}, read_key(request.form.get("draft", ""))
        draft_id = arguments.get("draft_id") or (posted or new_key()).id
        try:
            return _ask_for_code(context, arguments["slug"], arguments["code"], draft_id)
        except (UnknownMunicipality, UnknownEService) as error:
            return current_app.handle_user_exception(error)


def _add_pages(routes: Blueprint, context: IntakeContext) -> None:
    """Filling in."""

    @routes.get(FORM)
    def show_form(slug: str, code: str) -> Any:
        filling = Filling(context, slug, context.form(slug, code), new_key())
        if not opening(filling.eservice, context.clock()).is_open:
            return render_template("closed.html", eservice=filling.eservice)
        return _page(filling, filling.eservice.pages[0], FormState())

    @routes.post(FORM)
    @takes(form=ANY)
    @accepts_up_to(LARGEST_FORM)
    def begin(slug: str, code: str) -> Any:
        filling = _filling(context, slug, code, read_key(request.form.get("draft", "")) or new_key())
        return _save(filling, filling.eservice.pages[0])

    @routes.get(DRAFT)
    def go_on(slug: str, code: str, draft_id: UUID) -> Any:
        filling = _opened(context, slug, code, draft_id)
        return _sent(filling) or redirect(draft_url(filling, "show_page", _where_to_go_on(filling)))

    @routes.post(DRAFT)
    @takes(form=ANY)
    def open_with_code(slug: str, code: str, draft_id: UUID) -> Any:
        return _open_with_code(context, slug, code, draft_id)

    @routes.get(f"{DRAFT}/sida/<page>")
    @takes("from")
    def show_page(slug: str, code: str, draft_id: UUID, page: str) -> Any:
        filling = _opened(context, slug, code, draft_id)
        return _sent(filling) or _page(filling, filling.page(page), _form_state(filling))

    @routes.post(f"{DRAFT}/sida/<page>")
    @takes("from", form=ANY)
    @accepts_up_to(LARGEST_FORM)
    def save_page(slug: str, code: str, draft_id: UUID, page: str) -> Any:
        key = _posted_key(draft_id)
        filling = _filling(context, slug, code, key) if key else _opened(context, slug, code, draft_id)
        return _save(filling, filling.page(page))


def _add_end(routes: Blueprint, context: IntakeContext) -> None:
    """Checking and sending, or keeping for later, or destroying."""

    @routes.get(f"{DRAFT}/kontrollera")
    def check(slug: str, code: str, draft_id: UUID) -> Any:
        filling = _opened(context, slug, code, draft_id)
        return _sent(filling) or _check_page(filling, filling.errors)

    @routes.post(f"{DRAFT}/kontrollera")
    @takes(form=ANY)
    def send(slug: str, code: str, draft_id: UUID) -> Any:
        filling = _opened(context, slug, code, draft_id)
        return _sent(filling) or _send(filling)

    @routes.get(f"{DRAFT}/spara")
    def show_saved(slug: str, code: str, draft_id: UUID) -> Any:
        filling = _opened(context, slug, code, draft_id)
        link = f"{context.public_url}{draft_url(filling, 'go_on')}"
        return _sent(filling) or _kept(filling, render_template("drafts/saved.html", filling=filling, link=link))

    @routes.post(f"{DRAFT}/ta-bort")
    @takes(form=ANY)
    def destroy(slug: str, code: str, draft_id: UUID) -> Any:
        filling = _opened(context, slug, code, draft_id)
        drafts.destroy(context.sessions, _draft(filling), context.clock())
        return redirect(url_for(".catalogue", slug=slug), 303)


def _filling(context: IntakeContext, slug: str, code: str, key: DraftKey) -> Filling:
    """The form with the draft that the key opens, or with none yet: what a page posts is saved anyway."""
    try:
        return opened(context, slug, code, key)
    except UnknownDraft:
        return Filling(context, slug, context.form(slug, code), key)


def _opened(context: IntakeContext, slug: str, code: str, draft_id: UUID) -> Filling:
    """The form with its draft, which the key that the page carries or the browser keeps opens. Or UnknownDraft."""
    key = _posted_key(draft_id) or read_key(f"{draft_id}.{request.cookies.get(COOKIE, '')}")
    if key is None:
        raise UnknownDraft
    return opened(context, slug, code, key)


def _posted_key(draft_id: UUID) -> DraftKey | None:
    key = read_key(request.form.get("draft", ""))
    return key if key and key.id == draft_id else None


def _draft(filling: Filling) -> Draft:
    if filling.draft is None:
        raise UnknownDraft
    return filling.draft


def _save(filling: Filling, page: Page) -> Any:
    """Save what a page posts, whatever is wrong with it, and then go where its button leads."""
    context, now = filling.context, filling.context.clock()
    files = _received_files(filling, page)
    typed = _typed(page)
    client = context.client(request)
    try:
        check_uploads(request)
        if filling.draft is None:
            context.limits.draft(client, now)
    except LimitReached as reached:
        state = FormState({**filling.inputs, **typed}, {**filling.files, **files.files})
        form_state, headers = delayed(context, state, reached, language(), now)
        return _page(filling, page, form_state, status=429), headers
    kept = {field.name: files.shown(field.name) for field in filling.file_fields(page)}
    saved = PageSaved(filling.key, page.code, typed, kept, seen=_seen())
    draft = drafts.save(context.sessions, filling.municipality, filling.eservice, saved, now)
    if draft.reference:
        return _already_sent(filling, page, typed)
    filling, prefilled = prefilling.prefill_after(with_draft(filling, draft), page, client)
    if "prefill" in request.form:
        return _prefilled(filling, page, files)
    return _go(filling, page, files, prefilled)


def _typed(page: Page) -> dict[str, str]:
    typed = typed_on(page, request.form)
    if group := request.form.get("add"):
        return with_entry(page, typed, group)
    if entry := request.form.get("drop"):
        return without_entry(page, typed, entry)
    return typed


def _received_files(filling: Filling, page: Page) -> FormFiles:
    """The page's files: those that the draft has or the page has shown, less one to be removed, and what came now."""
    posted = posted_form(request)
    inputs = MultiDict([("remove", posted.form.get("remove", ""))])
    of_draft = drafts.shown_files(_draft(filling)) if filling.draft else {}
    for field in filling.file_fields(page):
        kept, gone = (posted.form.getlist(f"{field.name}.{state}") for state in ("kept", "gone"))
        had = [str(each) for each in of_draft.get(field.name, ())]
        inputs.setlist(f"{field.name}.gone", gone)
        inputs.setlist(f"{field.name}.kept", [each for each in dict.fromkeys([*had, *kept]) if each not in gone])
    return receive_files(
        filling.context,
        filling.municipality,
        filling.eservice.code,
        filling.file_fields(page),
        Posted(inputs, posted.files),
        elsewhere=filling.elsewhere(page),
    )


def _seen() -> int:
    """The revision that the page was shown from."""
    written = request.form.get("revision", "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else 0


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
            return _with_cookie(filling, redirect(draft_url(filling, "show_saved"), 303))
    return _continue(filling, page, rejected, prefilled)


def _prefilled(filling: Filling, page: Page, files: FormFiles) -> Any:
    """The page with what was fetched for it taken away, or fetched anew, by the button that was pressed."""
    if prefilling.can_prefill(filling, page):
        declines = request.form["prefill"] == "decline"
        client = filling.context.client(request)
        filling = prefilling.decline(filling, page) if declines else prefilling.fetch(filling, page, client)
    if files.rejected:
        return _with_errors(filling, page, files.rejected, removed=files.removed)
    return _page(filling, page, replace(_form_state(filling), information=outcome(filling, page, language())))


def _continue(filling: Filling, page: Page, rejected: Sequence[FieldError], prefilled: Sequence[Page]) -> Any:
    if others := _draft(filling).others.get(page.code):
        return _page(filling, page, _form_state(filling), others=others, status=409)
    errors = filling.form.in_order([*rejected, *filling.errors_of(page)])
    if errors and all(each.error.code == OUTSIDE_MUNICIPALITY for each in errors):
        return _page(filling, page, replace(_form_state(filling), unconfirmed=_messages(filling, errors)))
    if errors:
        return _with_errors(filling, page, errors)
    if newly_shown(shown_sections(page, filling.reading, filling.inputs), request.form.getlist("shown")):
        information = gettext("Because of what you answered there is more to fill in on this page.")
        return _page(filling, page, replace(_form_state(filling), information=information))
    return _to_next(filling, page, prefilled)


def _to_next(filling: Filling, page: Page, prefilled: Sequence[Page]) -> Any:
    after, checks = filling.next_page(page), request.args.get("from") == "check" and not filling.reading.exit
    if checks and prefilled:
        return _with_cookie(filling, redirect(draft_url(filling, "show_page", prefilled[0], from_check=True), 303))
    if after is None or checks:
        return _with_cookie(filling, redirect(draft_url(filling, "check"), 303))
    if after.is_exit:
        drafts.turned_away(filling.context.sessions, _draft(filling), filling.context.clock())
    return _with_cookie(filling, redirect(draft_url(filling, "show_page", after), 303))


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
    state = replace(_form_state(filling), errors=messages, removed=removed or {}, focus="" if messages else focus)
    return _page(filling, page, state, status=200 if is_change else 422)


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
    return _page(fresh, page, FormState(typed, message=message), status=409)


def _send(filling: Filling) -> Any:
    context, now, draft = filling.context, filling.context.clock(), _draft(filling)
    if _seen() != draft.revision:
        message = gettext("The form was changed since you saw this page. Check it again.")
        return _check_page(filling, filling.errors, FormState(message=message), 409)
    state = FormState(request.form, key=draft.key)
    command = _command(filling, draft, state)
    try:
        receipt = _received(filling, command)
        count_wait(command.client)
    except SubmissionInvalid as invalid:
        return _check_page(filling, filling.form.in_order(invalid.errors), status=422)
    except KeyReused:
        drafts.renew_key(context.sessions, draft.id)
        message = gettext("You have sent this form already. Send it again if you want to send a new one.")
        return _check_page(filling, [], FormState(message=message), 409)
    except EServiceClosed:
        message = gettext("Nothing was sent, as the e-service is not open. What you have filled in is still here.")
        return _check_page(filling, [], FormState(message=message), 409)
    except LimitReached as reached:
        state, headers = delayed(context, state, reached, language(), now)
        page = _check_page(filling, [], state, 429)
        page.headers.extend(headers)
        return page
    drafts.sent(context.sessions, draft, receipt.reference, now)
    return redirect(url_for(".receipt", slug=filling.slug, reference=receipt.reference), 303)


def _received(filling: Filling, command: submit.SubmitCommand) -> Receipt:
    """The receipt. Files that are gone, which the command leaves out, are errors unless it was received before."""
    context = filling.context
    if filling.errors:
        key, sent_as = command.idempotency_key, command.fingerprint
        if earlier := submit.earlier_receipt(command.municipality, key, sent_as, context.sessions):
            return earlier
        raise SubmissionInvalid(filling.errors)
    return submit.submit(command, store=context.submission_store, limits=context.limits, now=context.clock())


def _command(filling: Filling, draft: Draft, state: FormState) -> submit.SubmitCommand:
    answers = answers_to_shown(filling.reading, filling.answers)
    files = {name: ids for name, ids in filling.file_ids.items() if ("attachments", name) in filling.reading.shown}
    sums = {name: [each.sha256 for each in filling.files[name]] for name in files}
    return submit.SubmitCommand(
        municipality=filling.municipality,
        border=filling.context.municipality(filling.slug).border,
        form=filling.form,
        language=language(),
        answers=answers,
        attachments=files,
        sources=prefilling.sources(filling),
        client=client_of_form(filling.context, request, state, filling.context.clock()),
        idempotency_key=draft.key,
        fingerprint=fingerprint([filling.eservice.code, answers, sums]),
    )


def _form_state(filling: Filling) -> FormState:
    return FormState(filling.inputs, filling.files, gone=filling.gone)


def _page(
    filling: Filling,
    page: Page,
    form_state: FormState,
    *,
    others: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    before = filling.page_before(page)
    if page.is_exit:
        return _kept(filling, render_template("drafts/exit.html", filling=filling, page=page, before=before))
    sections = shown_sections(page, filling.reading, form_state.inputs)
    shown = replace(
        form_state,
        computed=computed(page, filling.reading),
        required=required(sections),
        sources=source_notes(filling, language()),
    )
    rendered = render_template(
        "drafts/page.html",
        filling=filling,
        page=page,
        form_state=shown,
        sections=sections,
        facts=facts_json(page, filling.reading),
        before=before,
        others=others or {},
        places_outside={each.name: each for each in filling.outside},
        map=_map_of(filling, page),
        prefilled=prefilling.prefilled(filling, page),
        can_prefill=prefilling.can_prefill(filling, page),
    )
    return _kept(filling, rendered, status)


def _map_of(filling: Filling, page: Page) -> BorderMap | None:
    """The municipality's map, where it has a border and the page asks for a place."""
    border = filling.context.municipality(filling.slug).border
    asks = any(isinstance(field, PlaceField) for section in page.sections for field in section.fields)
    return border_map(border) if border and asks else None


def _check_page(
    filling: Filling, errors: Sequence[FieldError], form_state: FormState | None = None, status: int = 200
) -> Response:
    if filling.reading.exit:
        return _page(filling, filling.reading.exit, FormState())
    rendered = render_template(
        "drafts/check.html",
        filling=filling,
        given=given(filling),
        errors=page_errors(filling, errors),
        notes=source_notes(filling, language()),
        form_state=form_state or FormState(),
        languages_of=filling.context.languages,
    )
    return _kept(filling, rendered, status)


def _sent(filling: Filling) -> Any:
    """A redirect to the receipt, when the draft is sent; else None."""
    reference = _draft(filling).reference
    return redirect(url_for(".receipt", slug=filling.slug, reference=reference), 303) if reference else None


def _where_to_go_on(filling: Filling) -> Page:
    """The first page with something missing or wrong, or else the last."""
    pages = [page for page in filling.reading.pages if filling.errors_of(page)]
    return pages[0] if pages else filling.reading.pages[-1]


def _open_with_code(context: IntakeContext, slug: str, code: str, draft_id: UUID) -> Any:
    client, now = context.client(request), context.clock()
    context.limits.check_guesses(client, now)
    written = read_code(request.form.get("code", ""))
    try:
        if written is None:
            raise UnknownDraft
        filling = opened(context, slug, code, DraftKey(draft_id, written))
    except UnknownDraft:
        context.limits.guess(client, now)
        error = gettext("Nothing is saved here with that code.")
        return _ask_for_code(context, slug, code, draft_id, error=error)
    return _with_cookie(filling, redirect(draft_url(filling, "show_page", _where_to_go_on(filling)), 303))


def _ask_for_code(
    context: IntakeContext, slug: str, code: str, draft_id: UUID, *, error: str | None = None
) -> Response:
    eservice = context.form(slug, code).eservice
    rendered = render_template("drafts/code.html", eservice=eservice, draft_id=draft_id, error=error)
    return private(rendered, 422 if error else 200)


def draft_url(
    filling: Filling, endpoint: str, page: Page | None = None, lang: str = "", *, from_check: bool = False
) -> str:
    """The address of a page about the draft, in the language that was chosen; `from_check`: the check comes next."""
    names: dict[str, Any] = {"slug": filling.slug, "code": filling.eservice.code, "draft_id": filling.key.id}
    if page:
        names["page"] = page.code
    if from_check:
        names["from"] = "check"
    if lang in LANGUAGES:
        names["lang"] = lang
    return url_for(f".{endpoint}", **names)


def _kept(filling: Filling, rendered: str, status: int = 200) -> Response:
    response: Response = _with_cookie(filling, private(rendered, status))
    return response


def _with_cookie(filling: Filling, response: Any) -> Any:
    """Let the browser keep the draft's code; it goes only to the draft's own address."""
    if filling.draft is not None:
        response.set_cookie(
            COOKIE,
            filling.key.code,
            max_age=drafts.LIFE,
            path=draft_url(filling, "go_on"),
            secure=filling.context.public_url.startswith("https://"),
            httponly=True,
            samesite="Lax",
        )
    return response
