"""How it goes with a submission, shown live, and more sent to it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from services.intake import supplements
from services.intake.forms.faults import Misplaced, Refused
from services.intake.narration import entries, next_step, state_name
from services.intake.pages.drafts import Draft, fresh_key, sent_key
from services.intake.pages.files import files_sent, private
from services.intake.pages.form import LARGEST_FORM
from services.intake.reception import Reception
from services.intake.submissions import KeyUsed
from services.intake.timelines import ENDED, Timeline
from services.intake.uploads import SUPPLEMENT
from shared.web import idempotency
from shared.web.app import accepts_up_to
from shared.web.languages import gettext


def add(routes: Blueprint, reception: Reception) -> None:
    """The routes of a submission's own page."""

    @routes.get("/<slug>/arenden/<reference>")
    def status(slug: str, reference: str) -> Response:
        return _page(reception.timeline(slug, reference), Draft())

    @routes.get("/<slug>/arenden/<reference>/nu")
    def status_now(slug: str, reference: str) -> Response:
        return private(render_template("_status_now.html", **_told(reception.timeline(slug, reference))))

    @routes.post("/<slug>/arenden/<reference>/kompletteringar")
    @accepts_up_to(LARGEST_FORM)
    def send_supplement(slug: str, reference: str) -> Any:
        return _sent(reception, slug, reception.timeline(slug, reference))


def _sent(reception: Reception, slug: str, timeline: Timeline) -> Any:
    now, submission = reception.clock(), timeline.submission
    sent = files_sent(reception, submission.municipality, submission.eservice, [SUPPLEMENT])
    draft = Draft(request.form, sent.files, key=sent_key())
    if "remove" in request.form:
        return _page(timeline, draft)
    command = _command(draft)
    try:
        if sent.refused:
            raise Refused(sent.refused)
        supplements.supplement(command, timeline, sessions=reception.sessions, storage=reception.storage, now=now)
    except Refused as fault:
        return _page(timeline, replace(draft, faults=_by_input(fault.faults)), 422)
    except KeyUsed:
        notice = gettext("You have sent this already. Send it again if you want to send something new.")
        return _page(timeline, replace(draft, key=fresh_key(), notice=notice), 409)
    except supplements.Ended:
        notice = gettext("The case is decided or closed, so nothing can be added to it.")
        return _page(timeline, replace(draft, notice=notice), 409)
    return redirect(url_for(".status", slug=slug, reference=submission.reference, _anchor="main"), 303)


def _command(draft: Draft) -> supplements.Supplementing:
    text, files = draft.written.get("text", ""), draft.files.get(SUPPLEMENT.name, [])
    return supplements.Supplementing(
        text=text,
        attachments=[each.id for each in files],
        idempotency_key=draft.key,
        fingerprint=idempotency.fingerprint([text, [each.sha256 for each in files]]),
    )


def _by_input(faults: Sequence[Misplaced]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for each in faults:
        name = SUPPLEMENT.name if each.pointer.startswith("/attachments") else "text"
        told.setdefault(name, []).append(each.fault.told())
    return told


def _page(timeline: Timeline, draft: Draft, status: int = 200) -> Response:
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
