"""The API of decision requests."""

from flask import Response, request

from services.intake.context import IntakeContext
from services.intake.decision_requests.request_decision import request_decision
from services.intake.decision_requests.schemas import DecisionRequestReceiptSchema
from services.intake.submissions.responses import json
from shared.web import idempotency
from shared.web.json_api import Blueprint, may_answer


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The route that takes requests for a decision."""

    @routes.post("/municipalities/<slug>/submissions/<reference>/decision-requests")
    @routes.response(201, DecisionRequestReceiptSchema, description="The request was received.")
    @routes.alt_response(
        200, schema=DecisionRequestReceiptSchema, description="It was received before, with this key or another."
    )
    @may_answer(routes, 400, 404, 409, 429)
    @routes.doc(parameters=[idempotency.PARAMETER])
    def create_decision_request(slug: str, reference: str) -> Response:
        """Request that a case which has taken six months be decided (förvaltningslagen 12 §): once in a case."""
        idempotency.key(request)  # there is one request of a submission, so that any key will do
        timeline = context.timeline(slug, reference, context.client(request))
        received = request_decision(timeline, sessions=context.sessions, now=context.clock())
        return json({"requested_at": received.requested_at}, 200 if received.repeated else 201)
