"""An e-service's form, filled in over several rounds if need be, and the receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from services.intake.attachments.form_files import Sent, files_sent, private
from services.intake.context import IntakeContext
from services.intake.eservices.definition import EService
from services.intake.forms import browser_form
from services.intake.forms.errors import FieldError, SubmissionInvalid
from services.intake.forms.form import Form
from services.intake.submissions import submit
from services.intake.submissions.form_state import FormState, fresh_key, sent_key
from shared.idempotency import KeyReused, fingerprint
from shared.web.app import accepts_up_to
from shared.web.languages import gettext, language

LARGEST_FORM = 60_000_000  # bytes; the proxy takes a little more


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The routes of forms and receipts."""

    @routes.get("/<slug>/e-tjanster/<code>")
    def show_form(slug: str, code: str) -> str:
        return _page(context.form(slug, code).eservice, FormState())

    @routes.post("/<slug>/e-tjanster/<code>")
    @accepts_up_to(LARGEST_FORM)
    def send_form(slug: str, code: str) -> Any:
        return _sent(context, slug, context.form(slug, code))

    @routes.get("/<slug>/kvitto/<reference>")
    def receipt(slug: str, reference: str) -> Response:
        timeline = context.timeline(slug, reference)
        form = context.forms[slug].get(timeline.submission.eservice)
        return private(render_template("receipt.html", timeline=timeline, eservice=form and form.eservice))


def _sent(context: IntakeContext, slug: str, form: Form) -> Any:
    now, municipality, eservice = context.clock(), context.municipality(slug).code, form.eservice
    sent = files_sent(context, municipality, eservice.code, eservice.files.values())
    draft = FormState(request.form, sent.files, key=sent_key())
    if "remove" in request.form:
        return _page(eservice, draft)
    command = _command(municipality, form, draft)
    try:
        _refuse_with_files(sent, command)
        receipt = submit.submit(command, sessions=context.sessions, storage=context.storage, now=now)
    except SubmissionInvalid as fault:
        return _page(eservice, replace(draft, faults=_by_input(eservice, fault.faults))), 422
    except KeyReused:
        notice = gettext("You have sent this form already. Send it again if you want to send a new one.")
        return _page(eservice, replace(draft, key=fresh_key(), notice=notice)), 409
    return redirect(url_for(".receipt", slug=slug, reference=receipt.reference), 303)


def _command(municipality: str, form: Form, draft: FormState) -> submit.Submit:
    answers = browser_form.answers(form.eservice, draft.written)
    sums = {name: [each.sha256 for each in several] for name, several in draft.files.items()}
    return submit.Submit(
        municipality=municipality,
        form=form,
        language=language(),
        answers=answers,
        attachments={name: [each.id for each in several] for name, several in draft.files.items()},
        idempotency_key=draft.key,
        fingerprint=fingerprint([form.eservice.code, answers, sums]),
    )


def _refuse_with_files(sent: Sent, command: submit.Submit) -> None:
    """Where a file was not taken, refuse all at once: that file, and what else is wrong with the form."""
    if not sent.refused:
        return
    told = {each.pointer for each in sent.refused}
    raise SubmissionInvalid([*sent.refused, *(each for each in _faults(command) if each.pointer not in told)])


def _faults(command: submit.Submit) -> Sequence[FieldError]:
    try:
        command.form.read(command.answers, command.attachments)
    except SubmissionInvalid as fault:
        return fault.faults
    return ()


def _by_input(eservice: EService, faults: Sequence[FieldError]) -> Mapping[str, list[str]]:
    names = [*eservice.questions]
    told: dict[str, list[str]] = {}
    for each in sorted(faults, key=lambda each: names.index(browser_form.question(each.pointer))):
        told.setdefault(browser_form.input_name(eservice, each.pointer), []).append(each.fault.told())
    return told


def _page(eservice: EService, draft: FormState) -> str:
    return render_template("form.html", eservice=eservice, draft=draft)
