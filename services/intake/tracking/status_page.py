"""The page of one submission, as its own route and the routes of its forms answer with it."""

from flask import Response, render_template

from services.intake.context import IntakeContext
from services.intake.submissions.form_state import FormState
from services.intake.submissions.receipt import shown_answers
from services.intake.submissions.responses import private
from services.intake.supplements.supplement import SUPPLEMENT_FILES
from services.intake.tracking.timeline import ENDED, Timeline
from services.intake.tracking.timeline_view import TimelineView
from shared.swedish.time import local_date


def status_page(
    context: IntakeContext, timeline: Timeline, form_state: FormState, language: str, status: int = 200
) -> Response:
    """The status page in a language, with the forms for what the submitter may do in the case now."""
    page = render_template(
        "status.html",
        timeline=timeline,
        view=view_of(context, timeline, language),
        **shown_answers(timeline.submission, timeline.files_of(None), language),
        is_open=timeline.state not in ENDED,
        decision_may_be_requested=decision_may_be_requested(context, timeline),
        field=SUPPLEMENT_FILES,
        form_state=form_state,
    )
    return private(page, status)


def decision_may_be_requested(context: IntakeContext, timeline: Timeline) -> bool:
    """Whether the submitter may request a decision today (FL 12 §)."""
    return timeline.decision_may_be_requested(local_date(context.clock()))


def view_of(context: IntakeContext, timeline: Timeline, language: str) -> TimelineView:
    """The timeline in a language."""
    return TimelineView(timeline, language, context.languages)
