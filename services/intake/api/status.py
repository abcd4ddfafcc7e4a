"""Where a submission stands, and more sent to it."""

from typing import Any

from flask import Response, request

from services.intake import supplements
from services.intake.api.answers import IDEMPOTENCY_KEY, body, json, refuses, told_as_problems
from services.intake.narration import entries, next_step, state_name, told_in
from services.intake.reception import Reception
from services.intake.schemas import StatusSchema, SupplementReceiptSchema, SupplementSchema
from services.intake.timelines import Timeline
from shared.events.routing import CaseDecided
from shared.web import idempotency
from shared.web.parsing import Blueprint, json_object

_SUPPLEMENT = SupplementSchema()


def add(routes: Blueprint, reception: Reception) -> None:
    """The routes of a submission already received."""

    @routes.get("/municipalities/<slug>/submissions/<reference>")
    @routes.response(200, StatusSchema)
    @refuses(routes, 404)
    def show_submission(slug: str, reference: str) -> dict[str, Any]:
        """Show where a submission stands and everything that has happened to it, to whoever holds its reference."""
        return _status(reception.timeline(slug, reference))

    @routes.post("/municipalities/<slug>/submissions/<reference>/supplements")
    @routes.response(201, SupplementReceiptSchema, description="The supplement was received.")
    @routes.alt_response(200, schema=SupplementReceiptSchema, description="It was received before, with the same key.")
    @refuses(routes, 400, 404, 409, 413, 415, 422)
    @routes.doc(requestBody=body(SupplementSchema), parameters=[IDEMPOTENCY_KEY])
    def create_supplement(slug: str, reference: str) -> Response:
        """Send more to a submission: words, files uploaded with `field=supplement`, or both."""
        now = reception.clock()
        key = idempotency.key(request)
        told = json_object(request)
        sent = _SUPPLEMENT.load(told)
        command = supplements.Supplementing(
            sent["text"], sent["attachments"], key, idempotency.fingerprint(told) if key else None
        )
        timeline = reception.timeline(slug, reference)
        with told_as_problems():
            received = supplements.supplement(
                command, timeline, sessions=reception.sessions, storage=reception.storage, now=now
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
