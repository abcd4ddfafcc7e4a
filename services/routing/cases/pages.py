"""The page of one case: what came in, why it is here, what has happened, and what may be done now."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from services.routing.actions.form_state import ActionFailure, FormState
from services.routing.actions.perform import CaseNotFound
from services.routing.cases.case_file import CaseFile, open_case
from services.routing.cases.state_machine import Action
from services.routing.context import RoutingContext
from services.routing.decisions import decision
from services.routing.desk.labels import WISHES, in_language
from services.routing.models import Case
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Board, Organisation
from services.routing.queues import caseload
from services.routing.rules.explanation import why

COUNCIL = "Kommunfullmäktige"
AT_ONCE = (Action.CLAIM, Action.RELEASE, Action.CLOSE)

PATHS: Mapping[Action, str] = {
    Action.CLAIM: "claims",
    Action.RELEASE: "releases",
    Action.ASSIGN: "assignments",
    Action.TRANSFER: "transfers",
    Action.REQUEST_SUPPLEMENT: "supplement-requests",
    Action.RECEIVE_SUPPLEMENT: "supplements",
    Action.NOTE: "notes",
    Action.MESSAGE: "messages",
    Action.DECIDE: "decisions",
    Action.CLOSE: "closures",
    Action.REOPEN: "reopenings",
}


def add_cases(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/cases/<id>`."""

    @desk.get("/cases/<uuid:case_id>")
    def case(case_id: UUID) -> str:
        return case_page(context, opened(context, case_id))

    @desk.get("/cases/<uuid:case_id>/attachments/<uuid:attachment_id>")
    def attachment(case_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
        """The file, by a link signed at this moment: a page may stand open for long."""
        files = {each["id"]: each for each in opened(context, case_id).attachments}
        if str(attachment_id) not in files:
            raise CaseNotFound
        return redirect(context.attachment_url(files[str(attachment_id)]), 303)


def opened(context: RoutingContext, case_id: UUID) -> CaseFile:
    """The case, for who is signed in; that they read it is kept. Raises CaseNotFound."""
    return open_case(context.officer(g.identity), case_id, sessions=context.sessions, now=context.clock())


def case_page(
    context: RoutingContext, file: CaseFile, draft: FormState | None = None, trouble: ActionFailure | None = None
) -> str:
    """The page; with a draft, the form that it was typed in stands open and filled in."""
    g.here = url_for("desk.case", case_id=file.case.id)
    officer = context.officer(g.identity)
    organisation = context.organisation_of(officer)
    board = organisation.boards.get(file.case.board)
    return render_template(
        "desk/case.html",
        section="case",
        file=file,
        draft=draft or FormState(),
        trouble=trouble,
        possible=[action for action in WISHES if action in file.allowed],
        at_once=AT_ONCE,
        paths=PATHS,
        queue=organisation.queue(file.case.queue),
        board=board,
        deciders=_deciders(officer, board, file.regime),
        queues=_other_queues(organisation, file.case),
        colleagues=caseload.colleagues(officer, file.case.board, sessions=context.sessions),
        reasons_required=decision.reasons_required(file.content.handling),
        outcome_labels={each["code"]: each["label"] for each in file.content.handling["outcomes"]},
        why=why,
    )


def _deciders(officer: Officer, board: Board | None, regime: str) -> list[str]:
    """Whom to offer as the one who decided, the likeliest first: the law does not let all be delegated (KL 6:38)."""
    bodies = [*([board.name["sv"]] if board else []), COUNCIL]
    return [*bodies, officer.name] if regime == "laglighetsprovning" else [officer.name, *bodies]


def _other_queues(organisation: Organisation, case: Case) -> list[tuple[str, str]]:
    others = [each for each in organisation.queues.values() if (each.code, each.board) != (case.queue, case.board)]
    return [(queue.code, in_language(queue.name)) for queue in others]
