"""A decision requested from the status page."""

from typing import Any

from flask import Blueprint, redirect, request, url_for

from services.intake.context import IntakeContext
from services.intake.decision_requests.request_decision import NoRightToDecision, request_decision
from services.intake.submissions.form_state import FormState
from services.intake.supplements.supplement import CaseEnded
from services.intake.tracking.status_page import status_page
from shared.web.languages import gettext, language


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The route that takes requests for a decision."""

    @routes.post("/<slug>/arenden/<reference>/begaran-om-avgorande")
    def send_decision_request(slug: str, reference: str) -> Any:
        timeline = context.timeline(slug, reference, context.client(request))
        try:
            request_decision(timeline, sessions=context.sessions, now=context.clock())
        except CaseEnded:
            message = gettext("The case is decided or closed already.")
            return status_page(context, timeline, FormState(message=message), language(), 409)
        except NoRightToDecision:
            message = gettext("You cannot request a decision in this case now.")
            return status_page(context, timeline, FormState(message=message), language(), 409)
        return redirect(url_for(".status", slug=slug, reference=timeline.submission.reference, _anchor="main"), 303)
