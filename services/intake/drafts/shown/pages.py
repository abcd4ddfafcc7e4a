"""How a page about a draft is reached and shown: its key comes with the request, and its code stays in the browser."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for

from services.intake.context import IntakeContext
from services.intake.drafts import draft as drafts
from services.intake.drafts import prefilling
from services.intake.drafts.draft import UnknownDraft
from services.intake.drafts.draft_key import DraftKey, read_key
from services.intake.drafts.filling import Filling, opened
from services.intake.drafts.models import Draft
from services.intake.drafts.page_view import computed, facts_json, required, shown_sections
from services.intake.drafts.prefill_view import source_notes
from services.intake.eservices.definition import Page
from services.intake.forms.fields.field import LANGUAGES
from services.intake.forms.fields.place import PlaceField
from services.intake.submissions.form_state import FormState
from services.intake.submissions.responses import private
from shared.border_map import BorderMap, border_map
from shared.web.languages import language

FORM = "/<slug>/e-tjanster/<code>"
DRAFT = f"{FORM}/utkast/<uuid:draft_id>"
COOKIE = "draft"


def opened_by_request(context: IntakeContext, slug: str, code: str, draft_id: UUID) -> Filling:
    """The form with its draft, which the key that the page carries or the browser keeps opens.

    Raises UnknownDraft, and LimitReached for a client who guesses.
    """
    key = posted_key(draft_id) or read_key(f"{draft_id}.{request.cookies.get(COOKIE, '')}")
    if key is None:
        raise UnknownDraft
    check_guesses(context)
    with guesses_counted(context):
        return opened(context, slug, code, key)


def check_guesses(context: IntakeContext) -> None:
    """Raise LimitReached for a client who has guessed too much, whatever the key that comes now."""
    context.limits.check_guesses(context.client(request), context.clock())


@contextmanager
def guesses_counted(context: IntakeContext) -> Iterator[None]:
    """Count a key that is found to open nothing."""
    try:
        yield
    except UnknownDraft:
        context.limits.guess(context.client(request), context.clock())
        raise


def posted_key(draft_id: UUID) -> DraftKey | None:
    """The key that the page carries; None where it is not that of this draft."""
    key = read_key(request.form.get("draft", ""))
    return key if key and key.id == draft_id else None


def draft_of(filling: Filling) -> Draft:
    """The draft, where there must be one. Raises UnknownDraft."""
    if filling.draft is None:
        raise UnknownDraft
    return filling.draft


def seen_revision() -> int:
    """The revision that the page was shown from."""
    written = request.form.get("revision", "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else 0


def form_state_of(filling: Filling) -> FormState:
    """What the draft has, as a page shows it."""
    return FormState(filling.inputs, filling.files, gone=filling.gone)


def form_page(
    filling: Filling,
    page: Page,
    form_state: FormState,
    *,
    others: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """A page of the form; `others`: what another device had saved of it."""
    before = filling.page_before(page)
    if page.is_exit:
        return kept(filling, render_template("drafts/exit.html", filling=filling, page=page, before=before))
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
    return kept(filling, rendered, status)


def _map_of(filling: Filling, page: Page) -> BorderMap | None:
    """The municipality's map, where it has a border and the page asks for a place."""
    border = filling.context.municipality(filling.slug).border
    asks = any(isinstance(field, PlaceField) for section in page.sections for field in section.fields)
    return border_map(border) if border and asks else None


def redirect_if_sent(filling: Filling) -> Any:
    """A redirect to the receipt, when the draft is sent; else None."""
    reference = draft_of(filling).reference
    return redirect_to_sent(filling, reference) if reference else None


def redirect_to_sent(filling: Filling, reference: str) -> Any:
    """Lead to the receipt of what was sent; an officer to what comes next at the desk."""
    if filling.officer:
        return redirect(draft_url(filling, "entered"), 303)
    return redirect(url_for(".receipt", slug=filling.slug, reference=reference), 303)


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


def kept(filling: Filling, rendered: str, status: int = 200) -> Response:
    """A page that no cache keeps, with the draft's code for the browser."""
    response: Response = with_cookie(filling, private(rendered, status))
    return response


def with_cookie(filling: Filling, response: Any) -> Any:
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
