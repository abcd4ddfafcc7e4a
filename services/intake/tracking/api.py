"""Where a submission stands, and more sent to it."""

from typing import Any

from flask import Response, request

from services.intake.api_responses import body, json, told_as_problems
from services.intake.context import IntakeContext
from services.intake.schemas import StatusSchema, SupplementReceiptSchema, SupplementSchema
from services.intake.supplements import supplement
from services.intake.tracking.timeline import Timeline
from services.intake.tracking.timeline_view import entries, next_step, state_name, told_in
from shared.events.routing import CaseDecided
from shared.idempotency import fingerprint
from shared.web import idempotency
from shared.web.json_api import Blueprint, json_object, may_answer

_SUPPLEMENT = SupplementSchema()


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The routes of a submission already received."""

    @routes.get("/municipalities/<slug>/submissions/<reference>")
    @routes.response(200, StatusSchema)
    @may_answer(routes, 404)
    def show_submission(slug: str, reference: str) -> dict[str, Any]:
        """Show where a submission stands and everything that has happened to it, to whoever holds its reference."""
        return _status(context.timeline(slug, reference))

    @routes.post("/municipalities/<slug>/submissions/<reference>/supplements")
    @routes.response(201, SupplementReceiptSchema, description="The supplement was received.")
    @routes.alt_response(200, schema=SupplementReceiptSchema, description="It was received before, with the same key.")
    @may_answer(routes, 400, 404, 409, 413, 415, 422)
    @routes.doc(requestBody=body(SupplementSchema), parameters=[idempotency.PARAMETER])
    def create_supplement(slug: str, reference: str) -> Response:
        """Send more to a submission: words, files uploaded with `field=supplement`, or both."""
        now = context.clock()
        key = idempotency.key(request)
        told = json_object(request)
        sent = _SUPPLEMENT.load(told)
        command = supplement.Supplementing(sent["text"], sent["attachments"], key, fingerprint(told) if key else None)
        timeline = context.timeline(slug, reference)
        with told_as_problems():
            received = supplement.supplement(
                command, timeline, sessions=context.sessions, storage=context.storage, now=now
            )
        return json({"number": received.number, "received_at": received.received_at}, 200 if received.repeated else 201)


def _status(timeline: Timeline) -> dict[str, Any]:
    submission = timeline.submission
    return {
        "reference": submission.reference,
        "eservice": submission.eservice,
        "title": told_in(submission.title),
        "received_at": submission.received_at,
        "state": timeline.state,
        "state_name": state_name(timeline),
        "next": next_step(timeline),
        "case": _case(timeline),
        "request": timeline.request,
        "decision": _decision(timeline.decision),
        "timeline": entries(timeline),
        "attachments": timeline.attachments,
    }


def _case(timeline: Timeline) -> dict[str, Any] | None:
    if timeline.case_number is None:
        return None
    registered, queue, board_name = timeline.registered, timeline.queue, timeline.board_name
    return {
        "number": timeline.case_number,
        "board": told_in(board_name) if board_name else None,
        "queue": told_in(queue.queue_name) if queue else None,
        "officer": timeline.officer,
        "due_on": registered.due_on if registered else None,
        "due_basis": told_in(registered.due_basis) if registered and registered.due_basis else None,
    }


def _decision(decision: CaseDecided | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    appeal = told_in(decision.appeal.name) if decision.appeal else None
    return {**vars(decision), "label": told_in(decision.outcome_label), "appeal": appeal}
