"""How it goes with a submission, shown live, and more sent to it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from services.intake.attachments.form_files import files_sent, private
from services.intake.attachments.upload import SUPPLEMENT
from services.intake.context import IntakeContext
from services.intake.forms.errors import FieldError, SubmissionInvalid
from services.intake.submissions.form_state import FormState, fresh_key, sent_key
from services.intake.submissions.pages import LARGEST_FORM
from services.intake.supplements import supplement
from services.intake.tracking.timeline import ENDED, Timeline
from services.intake.tracking.timeline_view import entries, next_step, state_name
from shared.idempotency import KeyReused, fingerprint
from shared.web.app import accepts_up_to
from shared.web.languages import gettext


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The routes of a submission's own page."""

    @routes.get("/<slug>/arenden/<reference>")
    def status(slug: str, reference: str) -> Response:
        return _page(context.timeline(slug, reference), FormState())

    @routes.get("/<slug>/arenden/<reference>/nu")
    def status_now(slug: str, reference: str) -> Response:
        return private(render_template("_status_now.html", **_told(context.timeline(slug, reference))))

    @routes.post("/<slug>/arenden/<reference>/kompletteringar")
    @accepts_up_to(LARGEST_FORM)
    def send_supplement(slug: str, reference: str) -> Any:
        return _sent(context, slug, context.timeline(slug, reference))


def _sent(context: IntakeContext, slug: str, timeline: Timeline) -> Any:
    now, submission = context.clock(), timeline.submission
    sent = files_sent(context, submission.municipality, submission.eservice, [SUPPLEMENT])
    draft = FormState(request.form, sent.files, key=sent_key())
    if "remove" in request.form:
        return _page(timeline, draft)
    command = _command(draft)
    try:
        if sent.refused:
            raise SubmissionInvalid(sent.refused)
        supplement.supplement(command, timeline, sessions=context.sessions, storage=context.storage, now=now)
    except SubmissionInvalid as fault:
        return _page(timeline, replace(draft, faults=_by_input(fault.faults)), 422)
    except KeyReused:
        notice = gettext("You have sent this already. Send it again if you want to send something new.")
        return _page(timeline, replace(draft, key=fresh_key(), notice=notice), 409)
    except supplement.Ended:
        notice = gettext("The case is decided or closed, so nothing can be added to it.")
        return _page(timeline, replace(draft, notice=notice), 409)
    return redirect(url_for(".status", slug=slug, reference=submission.reference, _anchor="main"), 303)


def _command(draft: FormState) -> supplement.Supplementing:
    text, files = draft.written.get("text", ""), draft.files.get(SUPPLEMENT.name, [])
    return supplement.Supplementing(
        text=text,
        attachments=[each.id for each in files],
        idempotency_key=draft.key,
        fingerprint=fingerprint([text, [each.sha256 for each in files]]),
    )


def _by_input(faults: Sequence[FieldError]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for each in faults:
        name = SUPPLEMENT.name if each.pointer.startswith("/attachments") else "text"
        told.setdefault(name, []).append(each.fault.told())
    return told


def _page(timeline: Timeline, draft: FormState, status: int = 200) -> Response:
    told = _told(timeline)
    page = render_template("status.html", draft=draft, open=timeline.state not in ENDED, field=SUPPLEMENT, **told)
    return private(page, status)


def _told(timeline: Timeline) -> dict[str, Any]:
    return {
        "timeline": timeline,
        "state_name": state_name(timeline),
        "next_step": next_step(timeline),
        "entries": entries(timeline),
    }
