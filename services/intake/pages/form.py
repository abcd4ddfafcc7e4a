"""An e-service's form, filled in over several rounds if need be, and the receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from services.intake import submissions
from services.intake.definitions.definition import EService
from services.intake.forms import posted
from services.intake.forms.faults import Misplaced, Refused
from services.intake.forms.form import Form
from services.intake.pages.drafts import Draft, fresh_key, sent_key
from services.intake.pages.files import Sent, files_sent, private
from services.intake.reception import Reception
from shared.web import idempotency
from shared.web.app import accepts_up_to
from shared.web.languages import gettext, language

LARGEST_FORM = 60_000_000  # bytes; the proxy takes a little more


def add(routes: Blueprint, reception: Reception) -> None:
    """The routes of forms and receipts."""

    @routes.get("/<slug>/e-tjanster/<code>")
    def show_form(slug: str, code: str) -> str:
        return _page(reception.form(slug, code).eservice, Draft())

    @routes.post("/<slug>/e-tjanster/<code>")
    @accepts_up_to(LARGEST_FORM)
    def send_form(slug: str, code: str) -> Any:
        return _sent(reception, slug, reception.form(slug, code))

    @routes.get("/<slug>/kvitto/<reference>")
    def receipt(slug: str, reference: str) -> Response:
        timeline = reception.timeline(slug, reference)
        form = reception.forms[slug].get(timeline.submission.eservice)
        return private(render_template("receipt.html", timeline=timeline, eservice=form and form.eservice))


def _sent(reception: Reception, slug: str, form: Form) -> Any:
    now, municipality, eservice = reception.clock(), reception.municipality(slug).code, form.eservice
    sent = files_sent(reception, municipality, eservice.code, eservice.files.values())
    draft = Draft(request.form, sent.files, key=sent_key())
    if "remove" in request.form:
        return _page(eservice, draft)
    command = _command(municipality, form, draft)
    try:
        _refuse_with_files(sent, command)
        receipt = submissions.submit(command, sessions=reception.sessions, storage=reception.storage, now=now)
    except Refused as fault:
        return _page(eservice, replace(draft, faults=_by_input(eservice, fault.faults))), 422
    except submissions.KeyUsed:
        notice = gettext("You have sent this form already. Send it again if you want to send a new one.")
        return _page(eservice, replace(draft, key=fresh_key(), notice=notice)), 409
    return redirect(url_for(".receipt", slug=slug, reference=receipt.reference), 303)


def _command(municipality: str, form: Form, draft: Draft) -> submissions.Submit:
    answers = posted.answers(form.eservice, draft.written)
    sums = {name: [each.sha256 for each in several] for name, several in draft.files.items()}
    return submissions.Submit(
        municipality=municipality,
        form=form,
        language=language(),
        answers=answers,
        attachments={name: [each.id for each in several] for name, several in draft.files.items()},
        idempotency_key=draft.key,
        fingerprint=idempotency.fingerprint([form.eservice.code, answers, sums]),
    )


def _refuse_with_files(sent: Sent, command: submissions.Submit) -> None:
    """Where a file was not taken, refuse all at once: that file, and what else is wrong with the form."""
    if not sent.refused:
        return
    told = {each.pointer for each in sent.refused}
    raise Refused([*sent.refused, *(each for each in _faults(command) if each.pointer not in told)])


def _faults(command: submissions.Submit) -> Sequence[Misplaced]:
    try:
        command.form.read(command.answers, command.attachments)
    except Refused as fault:
        return fault.faults
    return ()


def _by_input(eservice: EService, faults: Sequence[Misplaced]) -> Mapping[str, list[str]]:
    names = [*eservice.questions]
    told: dict[str, list[str]] = {}
    for each in sorted(faults, key=lambda each: names.index(posted.question(each.pointer))):
        told.setdefault(posted.input_name(eservice, each.pointer), []).append(each.fault.told())
    return told


def _page(eservice: EService, draft: Draft) -> str:
    return render_template("form.html", eservice=eservice, draft=draft)
