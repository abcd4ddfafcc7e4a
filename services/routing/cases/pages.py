"""The page of one case: what came in, why it is here, what has happened, and what may be done now."""

from uuid import UUID

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from services.routing.actions.form_choices import form_choices
from services.routing.actions.form_state import ActionFailure, FormState
from services.routing.actions.registry import DEFINITIONS
from services.routing.cases.attachment_links import attachment_url
from services.routing.cases.case_file import CaseFile, open_case
from services.routing.cases.errors import CaseNotFound
from services.routing.context import RoutingContext
from services.routing.rules.explanation import why


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/cases/<id>` and its attachments."""

    @desk.get("/cases/<uuid:case_id>")
    def case(case_id: UUID) -> str:
        return case_page(context, opened(context, case_id))

    @desk.get("/cases/<uuid:case_id>/attachments/<uuid:attachment_id>")
    def attachment(case_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
        """The file, by a link signed at this moment: a page may stand open for long."""
        files = {each["id"]: each for each in opened(context, case_id).attachments}
        if str(attachment_id) not in files:
            raise CaseNotFound
        return redirect(attachment_url(context, files[str(attachment_id)]), 303)


def opened(context: RoutingContext, case_id: UUID) -> CaseFile:
    """The case, for who is signed in; that they read it goes into the access log. Raises CaseNotFound."""
    return open_case(context.officer(g.identity), case_id, sessions=context.sessions, now=context.clock())


def case_page(
    context: RoutingContext,
    file: CaseFile,
    form_state: FormState | None = None,
    failure: ActionFailure | None = None,
) -> str:
    """The page; with a form state, the form that it was typed in stands open and filled in."""
    g.here = url_for("desk.case", case_id=file.case.id)
    officer = context.officer(g.identity)
    organisation = context.organisation_of(officer)
    return render_template(
        "cases/case.html",
        section="case",
        file=file,
        form_state=form_state or FormState(),
        failure=failure,
        possible=[each for action, each in DEFINITIONS.items() if action in file.allowed],
        choices=form_choices(officer, file, organisation, sessions=context.sessions),
        queue=organisation.queue(file.case.queue),
        board=organisation.boards.get(file.case.board),
        outcome_labels={each["code"]: each["label"] for each in file.content.handling["outcomes"]},
        why=why,
    )
