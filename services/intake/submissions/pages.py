"""An e-service's form, filled in over several rounds if need be, and the receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from services.intake.attachments.form_files import LARGEST_FORM, FormFiles, receive_files
from services.intake.context import IntakeContext
from services.intake.eservices.definition import EService
from services.intake.eservices.opening import EServiceClosed, opening
from services.intake.forms import browser_form
from services.intake.forms.errors import FieldError, SubmissionInvalid
from services.intake.forms.form import Form
from services.intake.limits.delayed_form import check_uploads, client_of_form, count_wait, delayed, posted_form
from services.intake.limits.limits import Client, LimitReached
from services.intake.submissions import submit
from services.intake.submissions.form_state import FormState, new_key, valid_key
from services.intake.submissions.receipt import shown_answers
from services.intake.submissions.responses import private
from shared.i18n.translations import Languages
from shared.idempotency import KeyReused, fingerprint
from shared.web.app import accepts_up_to
from shared.web.languages import gettext, language


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The routes of forms and receipts."""

    @routes.get("/<slug>/e-tjanster/<code>")
    def show_form(slug: str, code: str) -> str:
        eservice = context.form(slug, code).eservice
        if not opening(eservice, context.clock()).is_open:
            return render_template("closed.html", eservice=eservice)
        return _page(eservice, FormState())

    @routes.post("/<slug>/e-tjanster/<code>")
    @accepts_up_to(LARGEST_FORM)
    def send_form(slug: str, code: str) -> Any:
        return _send(context, slug, context.form(slug, code))

    @routes.get("/<slug>/kvitto/<reference>")
    def receipt(slug: str, reference: str) -> Response:
        timeline = context.timeline(slug, reference, context.client(request))
        form = context.forms[slug].get(timeline.submission.eservice)
        answers = shown_answers(timeline.submission, language())
        page = render_template("receipt.html", timeline=timeline, answers=answers, eservice=form and form.eservice)
        return private(page)


def _send(context: IntakeContext, slug: str, form: Form) -> Any:
    now, municipality, eservice = context.clock(), context.municipality(slug).code, form.eservice
    files = receive_files(context, municipality, eservice.code, eservice.files.values(), posted_form(request))
    form_state = FormState(request.form, files.files, key=valid_key(request.form.get("key", "")))
    if "remove" in request.form:
        return _page(eservice, form_state)
    command = _command(municipality, form, form_state, client_of_form(context, request, form_state, now))
    try:
        check_uploads(request)
        _check_files(files, command)
        receipt = submit.submit(
            command, sessions=context.sessions, storage=context.storage, limits=context.limits, now=now
        )
        count_wait(command.client)
    except SubmissionInvalid as invalid:
        errors = _by_input(eservice, form.in_order(invalid.errors), context.languages)
        return _page(eservice, replace(form_state, errors=errors)), 422
    except KeyReused:
        message = gettext("You have sent this form already. Send it again if you want to send a new one.")
        return _page(eservice, replace(form_state, key=new_key(), message=message)), 409
    except EServiceClosed:
        message = gettext("Nothing was sent, as the e-service is not open. What you have filled in is still here.")
        return _page(eservice, replace(form_state, message=message)), 409
    except LimitReached as reached:
        form_state, headers = delayed(context, form_state, reached, language(), now)
        return _page(eservice, form_state), 429, headers
    return redirect(url_for(".receipt", slug=slug, reference=receipt.reference), 303)


def _command(municipality: str, form: Form, form_state: FormState, client: Client) -> submit.SubmitCommand:
    files = {name: [each.id for each in several] for name, several in form_state.files.items()}
    written = browser_form.answers(form.eservice, form_state.inputs)
    answers = browser_form.answers_to_shown(form.reading(written, files), written)
    sums = {name: [each.sha256 for each in several] for name, several in form_state.files.items()}
    return submit.SubmitCommand(
        municipality=municipality,
        form=form,
        language=language(),
        answers=answers,
        attachments=files,
        client=client,
        idempotency_key=form_state.key,
        fingerprint=fingerprint([form.eservice.code, answers, sums]),
    )


def _check_files(files: FormFiles, command: submit.SubmitCommand) -> None:
    """Where a file was rejected, report all errors at once: of that file, and of the rest of the form."""
    if not files.rejected:
        return
    pointers = {each.pointer for each in files.rejected}
    raise SubmissionInvalid([*files.rejected, *(each for each in _errors(command) if each.pointer not in pointers)])


def _errors(command: submit.SubmitCommand) -> Sequence[FieldError]:
    try:
        command.form.read(command.answers, command.attachments)
    except SubmissionInvalid as invalid:
        return invalid.errors
    return ()


def _by_input(eservice: EService, errors: Sequence[FieldError], languages: Languages) -> Mapping[str, list[str]]:
    messages: dict[str, list[str]] = {}
    for each in errors:
        message = each.error.localized(language(), languages)
        messages.setdefault(browser_form.input_name(eservice, each.pointer), []).append(message)
    return messages


def _page(eservice: EService, form_state: FormState) -> str:
    return render_template("form.html", eservice=eservice, form_state=form_state)
