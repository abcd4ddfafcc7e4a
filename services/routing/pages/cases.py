"""The page of one case: what came in, why it is here, what has happened, and what may be done now."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from services.routing import caseload, decisions
from services.routing.acts import CaseNotFound
from services.routing.cases import Action
from services.routing.models import Case
from services.routing.office import Office
from services.routing.officers import Officer
from services.routing.organisation import Board, Organisation
from services.routing.pages.drafts import Draft, Trouble
from services.routing.pages.words import WISHES, in_language
from services.routing.reading import CaseFile, open_case
from services.routing.rules import why

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


def add_cases(desk: Blueprint, office: Office) -> None:
    """`/desk/cases/<id>`."""

    @desk.get("/cases/<uuid:case_id>")
    def case(case_id: UUID) -> str:
        return case_page(office, opened(office, case_id))

    @desk.get("/cases/<uuid:case_id>/attachments/<uuid:attachment_id>")
    def attachment(case_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
        """The file, by a link signed at this moment: a page may stand open for long."""
        files = {each["id"]: each for each in opened(office, case_id).attachments}
        if str(attachment_id) not in files:
            raise CaseNotFound
        return redirect(office.attachment_url(files[str(attachment_id)]), 303)


def opened(office: Office, case_id: UUID) -> CaseFile:
    """The case, for who is signed in; that they read it is kept. Raises CaseNotFound."""
    return open_case(office.officer(g.identity), case_id, sessions=office.sessions, now=office.clock())


def case_page(office: Office, file: CaseFile, draft: Draft | None = None, trouble: Trouble | None = None) -> str:
    """The page; with a draft, the form that it was typed in stands open and filled in."""
    g.here = url_for("desk.case", case_id=file.case.id)
    officer = office.officer(g.identity)
    organisation = office.organisation_of(officer)
    board = organisation.boards.get(file.case.board)
    return render_template(
        "desk/case.html",
        section="case",
        file=file,
        draft=draft or Draft(),
        trouble=trouble,
        possible=[action for action in WISHES if action in file.allowed],
        at_once=AT_ONCE,
        paths=PATHS,
        queue=organisation.queue(file.case.queue),
        board=board,
        deciders=_deciders(officer, board, file.regime),
        queues=_other_queues(organisation, file.case),
        colleagues=caseload.colleagues(officer, file.case.board, sessions=office.sessions),
        reasons_required=decisions.reasons_required(file.content.handling),
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
