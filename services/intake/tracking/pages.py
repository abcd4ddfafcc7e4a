"""Where a submission stands, shown live; and how to find it by its reference."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for

from services.intake.context import IntakeContext
from services.intake.error_handlers import problem_of
from services.intake.limits.limits import LimitReached
from services.intake.submissions.form_state import FormState
from services.intake.submissions.reference import InvalidReference
from services.intake.submissions.responses import private
from services.intake.tracking.status_page import decision_may_be_requested, status_page, view_of
from services.intake.tracking.timeline import UnknownReference
from shared.file_viewing import is_viewable
from shared.links import document_address
from shared.web.languages import gettext, language
from shared.web.names import takes


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The routes `/<slug>/arenden` and below it."""

    @routes.get("/<slug>/arenden")
    def look_up(slug: str) -> str:
        context.municipality(slug)
        return render_template("lookup.html", reference="", error=None)

    @routes.post("/<slug>/arenden")
    @takes(form=("reference",))
    def find(slug: str) -> Any:
        """The reference is posted, so that no log and no history of searches has it."""
        reference = request.form.get("reference", "")
        try:
            timeline = context.timeline(slug, reference, context.client(request))
        except (InvalidReference, UnknownReference, LimitReached) as error:
            problem = problem_of(error)
            page = render_template("lookup.html", reference=reference[:100], error=gettext(problem.detail or ""))
            return page, 429 if isinstance(error, LimitReached) else 422, problem.headers
        return redirect(url_for(".status", slug=slug, reference=timeline.submission.reference), 303)

    @routes.get("/<slug>/arenden/<reference>")
    def status(slug: str, reference: str) -> Response:
        return status_page(context, context.timeline(slug, reference, context.client(request)), FormState(), language())

    @routes.get("/<slug>/arenden/<reference>/filer/<uuid:document_id>")
    def document(slug: str, reference: str, document_id: UUID) -> Any:
        """A file that an officer sent, by a link to routing signed at this moment: a page may stand open for long."""
        found = context.timeline(slug, reference, context.client(request)).document(document_id)
        view = is_viewable(found.media_type)
        answer = redirect(document_address(context.public_url, context.link_key, str(found.id), view=view), 303)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @routes.get("/<slug>/arenden/<reference>/nu")
    def status_now(slug: str, reference: str) -> Response:
        timeline = context.timeline(slug, reference, context.client(request))
        page = render_template(
            "_status_now.html",
            timeline=timeline,
            view=view_of(context, timeline, language()),
            decision_may_be_requested=decision_may_be_requested(context, timeline),
        )
        return private(page)
