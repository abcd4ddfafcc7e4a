"""More sent to a submission, from its status page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, request, url_for

from services.intake.attachments.form_files import LARGEST_FORM, receive_files
from services.intake.context import IntakeContext
from services.intake.forms.errors import FieldError, SubmissionInvalid
from services.intake.limits.delayed_form import check_uploads, client_of_form, count_wait, delayed, posted_form
from services.intake.limits.limits import LimitReached
from services.intake.submissions.form_state import FormState, new_key
from services.intake.supplements.supplement import (
    SUPPLEMENT_FILES,
    SUPPLEMENT_TEXT,
    CaseEnded,
    SupplementCommand,
    supplement,
)
from services.intake.tracking.status_page import status_page
from services.intake.tracking.timeline import Timeline
from shared.i18n.translations import Languages
from shared.idempotency import KeyReused, fingerprint
from shared.web.app import accepts_up_to
from shared.web.languages import gettext, language
from shared.web.names import ANY, takes


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The route that takes supplements."""

    @routes.post("/<slug>/arenden/<reference>/kompletteringar")
    @takes(form=ANY)
    @accepts_up_to(LARGEST_FORM)
    def send_supplement(slug: str, reference: str) -> Any:
        return _send(context, slug, context.timeline(slug, reference, context.client(request)))


def _send(context: IntakeContext, slug: str, timeline: Timeline) -> Any:
    now, submission = context.clock(), timeline.submission
    files = receive_files(
        context, submission.municipality, submission.eservice, [SUPPLEMENT_FILES], posted_form(request)
    )
    form_state = FormState.posted(request.form, files)
    if "remove" in request.form:
        errors = _by_input(files.rejected, context.languages)
        return status_page(context, timeline, replace(form_state, errors=errors), language())
    command, client = _command(form_state), client_of_form(context, request, form_state, now)
    try:
        check_uploads(request)
        if files.rejected:
            raise SubmissionInvalid(files.rejected)
        supplement(
            command,
            timeline,
            sessions=context.sessions,
            storage=context.storage,
            limits=context.limits,
            client=client,
            now=now,
        )
        count_wait(client)
    except SubmissionInvalid as invalid:
        errors = _by_input(invalid.errors, context.languages)
        return status_page(context, timeline, replace(form_state, errors=errors), language(), 422)
    except KeyReused:
        message = gettext("You have sent this already. Send it again if you want to send something new.")
        return status_page(context, timeline, replace(form_state, key=new_key(), message=message), language(), 409)
    except LimitReached as reached:
        form_state, headers = delayed(context, form_state, reached, language(), now)
        page = status_page(context, timeline, form_state, language(), 429)
        page.headers.extend(headers)
        return page
    except CaseEnded:
        message = gettext("The case is decided or closed, so nothing can be added to it.")
        return status_page(context, timeline, replace(form_state, message=message), language(), 409)
    return redirect(url_for(".status", slug=slug, reference=submission.reference, _anchor="main"), 303)


def _command(form_state: FormState) -> SupplementCommand:
    text = form_state.inputs.get(SUPPLEMENT_TEXT.name, "")
    files = form_state.files.get(SUPPLEMENT_FILES.name, [])
    return SupplementCommand(
        text=text,
        attachments=[each.id for each in files],
        idempotency_key=form_state.key,
        fingerprint=fingerprint([text, [each.sha256 for each in files]]),
    )


def _by_input(errors: Sequence[FieldError], languages: Languages) -> dict[str, list[str]]:
    messages: dict[str, list[str]] = {}
    for each in errors:
        field = SUPPLEMENT_FILES if each.pointer.startswith("/attachments") else SUPPLEMENT_TEXT
        messages.setdefault(field.name, []).append(each.error.localized(language(), languages))
    return messages
