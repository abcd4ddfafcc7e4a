"""The API of supplements."""

from flask import Response, request

from services.intake.context import IntakeContext
from services.intake.submissions.responses import body, json
from services.intake.supplements import supplement
from services.intake.supplements.schemas import SupplementReceiptSchema, SupplementSchema
from shared.idempotency import fingerprint
from shared.web import idempotency
from shared.web.json_api import Blueprint, json_object, may_answer

_SUPPLEMENT = SupplementSchema()


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The route that takes supplements."""

    @routes.post("/municipalities/<slug>/submissions/<reference>/supplements")
    @routes.response(201, SupplementReceiptSchema, description="The supplement was received.")
    @routes.alt_response(200, schema=SupplementReceiptSchema, description="It was received before, with the same key.")
    @may_answer(routes, 400, 404, 409, 413, 415, 422, 429)
    @routes.doc(requestBody=body(SupplementSchema), parameters=[idempotency.PARAMETER])
    def create_supplement(slug: str, reference: str) -> Response:
        """Send more to a submission: text, files uploaded with `field=supplement`, or both."""
        now = context.clock()
        key = idempotency.key(request)
        content = json_object(request)
        sent = _SUPPLEMENT.load(content)
        command = supplement.SupplementCommand(
            sent["text"], sent["attachments"], key, fingerprint(content) if key else None
        )
        client = context.client(request)
        timeline = context.timeline(slug, reference, client)
        received = supplement.supplement(
            command,
            timeline,
            sessions=context.sessions,
            storage=context.storage,
            limits=context.limits,
            client=client,
            now=now,
        )
        return json({"number": received.number, "received_at": received.received_at}, 200 if received.repeated else 201)
