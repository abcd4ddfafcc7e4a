"""An e-service's form, filled in over several rounds if need be, and the receipt."""

from flask import Blueprint, Response, render_template, request

from services.intake.context import IntakeContext
from services.intake.submissions.receipt import shown_answers
from services.intake.submissions.responses import private
from shared.web.languages import language


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The routes of forms and receipts."""

    @routes.get("/<slug>/kvitto/<reference>")
    def receipt(slug: str, reference: str) -> Response:
        timeline = context.timeline(slug, reference, context.client(request))
        form = context.forms[slug].get(timeline.submission.eservice)
        page = render_template(
            "receipt.html",
            timeline=timeline,
            **shown_answers(timeline.submission, timeline.files_of(None), language()),
            eservice=form and form.eservice,
        )
        return private(page)
