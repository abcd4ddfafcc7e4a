"""The last page of a form: all answers are checked, and sent."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request

from services.intake.arrivals.form import arrival_of, entered_form, without_arrival
from services.intake.context import IntakeContext
from services.intake.drafts import draft as drafts
from services.intake.drafts import prefilling
from services.intake.drafts.check_view import given, page_errors
from services.intake.drafts.filling import Filling
from services.intake.drafts.models import Draft
from services.intake.drafts.prefill_view import source_notes
from services.intake.drafts.shown.pages import (
    DRAFT,
    draft_of,
    form_page,
    kept,
    opened_by_request,
    redirect_if_sent,
    redirect_to_sent,
    seen_revision,
)
from services.intake.eservices.opening import EServiceClosed
from services.intake.forms.browser_form import answers_to_shown
from services.intake.forms.entries import place_of_files
from services.intake.forms.errors import FieldError, SubmissionInvalid
from services.intake.limits.delayed_form import client_of_form, count_wait, delayed
from services.intake.limits.limits import LimitReached
from services.intake.submissions import submit
from services.intake.submissions.form_state import FormState
from services.intake.submissions.receipt import Receipt
from shared.idempotency import KeyReused, fingerprint
from shared.web.languages import gettext, language
from shared.web.names import ANY, takes


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The routes of the check and of sending."""

    @routes.get(f"{DRAFT}/kontrollera")
    def check(slug: str, code: str, draft_id: UUID) -> Any:
        filling = opened_by_request(context, slug, code, draft_id)
        return redirect_if_sent(filling) or _check_page(filling, filling.errors)

    @routes.post(f"{DRAFT}/kontrollera")
    @takes(form=ANY)
    def send(slug: str, code: str, draft_id: UUID) -> Any:
        filling = opened_by_request(context, slug, code, draft_id)
        return redirect_if_sent(filling) or _send(filling)


def _send(filling: Filling) -> Any:
    context, now, draft = filling.context, filling.context.clock(), draft_of(filling)
    if seen_revision() != draft.revision:
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
    return redirect_to_sent(filling, receipt.reference)


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
    files = {name: ids for name, ids in filling.file_ids.items() if place_of_files(name) in filling.reading.shown}
    sums = {name: [each.sha256 for each in filling.files[name]] for name in files}
    command = submit.SubmitCommand(
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
    subject, name = draft.officer_subject, draft.officer_name
    if not subject or not name or filling.errors:  # what has errors is not stored
        return command
    arrival = arrival_of(filling.reading.answers, subject=subject, name=name)
    return replace(command, form=entered_form(filling.form), answers=without_arrival(command.answers), arrival=arrival)


def _check_page(
    filling: Filling, errors: Sequence[FieldError], form_state: FormState | None = None, status: int = 200
) -> Response:
    if filling.reading.exit:
        return form_page(filling, filling.reading.exit, FormState())
    rendered = render_template(
        "drafts/check.html",
        filling=filling,
        given=given(filling),
        errors=page_errors(filling, errors),
        notes=source_notes(filling, language()),
        form_state=form_state or FormState(),
        languages_of=filling.context.languages,
    )
    return kept(filling, rendered, status)
