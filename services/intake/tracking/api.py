"""The API of where a submission stands."""

from typing import Any

from flask import request

from services.intake.context import IntakeContext
from services.intake.tracking.schemas import StatusSchema
from services.intake.tracking.status_page import decision_may_be_requested, view_of
from services.intake.tracking.timeline_view import TimelineEntry, TimelineView
from shared.events.routing import CaseDecided
from shared.web.json_api import Blueprint, may_answer
from shared.web.languages import language, text_of


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The route of a submission already received."""

    @routes.get("/municipalities/<slug>/submissions/<reference>")
    @routes.response(200, StatusSchema)
    @may_answer(routes, 404, 429)
    def show_submission(slug: str, reference: str) -> dict[str, Any]:
        """Show where a submission stands and everything that has happened to it, to a client that has its reference."""
        timeline = context.timeline(slug, reference, context.client(request))
        page = f"{context.public_url}/{slug}/arenden/{timeline.submission.reference}"
        return _status(view_of(context, timeline, language()), decision_may_be_requested(context, timeline), page)


def _status(view: TimelineView, may_request: bool, submission_page: str) -> dict[str, Any]:
    timeline, submission = view.timeline, view.timeline.submission
    return {
        "reference": submission.reference,
        "eservice": submission.eservice,
        "title": text_of(submission.title),
        "received_at": submission.received_at,
        "received_on": submission.received_on,
        "channel": submission.channel,
        "state": timeline.state,
        "state_name": view.state_name,
        "next": view.next_step,
        "expected": view.expected_time,
        "case": _case(view),
        "decision_may_be_requested": may_request,
        "requests": timeline.requests,
        "decision": _decision(timeline.decision),
        "timeline": [_entry(each, submission_page) for each in view.entries],
        "attachments": timeline.attachments,
    }


def _entry(entry: TimelineEntry, page: str) -> dict[str, Any]:
    documents = [{**vars(each), "url": f"{page}/filer/{each.id}"} for each in entry.documents]
    return {**vars(entry), "documents": documents}


def _case(view: TimelineView) -> dict[str, Any] | None:
    timeline = view.timeline
    if timeline.case_number is None:
        return None
    registered, queue, board_name = timeline.registered, timeline.queue, timeline.board_name
    return {
        "number": timeline.case_number,
        "board": text_of(board_name) if board_name else None,
        "queue": text_of(queue.queue_name) if queue else None,
        "officer": timeline.officer,
        "due_on": timeline.deadline.due_on if timeline.deadline else None,
        "due_basis": text_of(registered.due_basis)
        if registered and registered.due_basis and timeline.deadline
        else None,
    }


def _decision(decision: CaseDecided | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    appeal = text_of(decision.appeal.name) if decision.appeal else None
    return {**vars(decision), "label": text_of(decision.outcome_label), "appeal": appeal}
