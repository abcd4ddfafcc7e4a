"""An officer enters what came in: the form begins by a permit from the desk, and ends with what comes next there."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request

from services.intake.arrivals.form import ARRIVAL_PAGE, RECEIVED_ON
from services.intake.arrivals.permit import permit_for
from services.intake.context import IntakeContext
from services.intake.drafts import draft as drafts
from services.intake.drafts.draft_key import new_key
from services.intake.drafts.filling import opened
from services.intake.drafts.shown.pages import DRAFT, FORM, draft_of, draft_url, kept, opened_by_request, with_cookie
from services.intake.eservices.definition import EService
from services.intake.submissions.models import Submission
from services.intake.tracking.timeline import find
from shared.swedish.time import local_date
from shared.web.names import takes


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The routes of entering for somebody."""

    @routes.post(f"{FORM}/registrera")
    @takes(form=("permit",))
    def begin_for_somebody(slug: str, code: str) -> Any:
        permit = permit_for(context, slug, code, request.form.get("permit", ""))
        eservice, key, now = context.form(slug, code).eservice, new_key(), context.clock()
        typed = {ARRIVAL_PAGE.code: {RECEIVED_ON.name: local_date(now).isoformat()}}
        drafts.begin_for_somebody(context.sessions, permit, eservice, key, typed=typed, now=now)
        filling = opened(context, slug, code, key)
        return with_cookie(filling, redirect(draft_url(filling, "show_page", ARRIVAL_PAGE), 303))

    @routes.get(f"{DRAFT}/registrerat")
    def entered(slug: str, code: str, draft_id: UUID) -> Any:
        filling = opened_by_request(context, slug, code, draft_id)
        reference = draft_of(filling).reference
        if reference is None or filling.officer is None:
            return redirect(draft_url(filling, "go_on"), 303)
        submission = find(context.sessions, filling.municipality, reference).submission
        email = _receipt_address(filling.eservice, submission)
        page = render_template(
            "arrivals/entered.html",
            filling=filling,
            reference=reference,
            email=email,
            gives_reference=not email and not filling.eservice.secrecy,
        )
        return kept(filling, page)


def _receipt_address(eservice: EService, submission: Submission) -> str | None:
    """Where the receipt goes; None where no address was given."""
    given = {each["field"]: each["answer"] for each in submission.answers}
    return given.get(eservice.submitter.email)
