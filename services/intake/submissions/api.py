"""Submitting over the API."""

from flask import Response, request

from services.intake.api_responses import LOCATION, body, invalid, json, told_as_problems
from services.intake.context import IntakeContext
from services.intake.schemas import ReceiptSchema, SubmissionSchema
from services.intake.submissions import submit
from shared.idempotency import fingerprint
from shared.web import idempotency
from shared.web.json_api import Blueprint, json_object, may_answer
from shared.web.languages import gettext, language
from shared.web.problems import ErrorDetail

_SUBMISSION = SubmissionSchema()


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The route that takes submissions."""

    @routes.post("/municipalities/<slug>/submissions")
    @routes.response(201, ReceiptSchema, description="The submission was received.", headers=LOCATION)
    @routes.alt_response(200, schema=ReceiptSchema, description="It was received before, with the same key.")
    @may_answer(routes, 400, 404, 413, 415, 422)
    @routes.doc(requestBody=body(SubmissionSchema), parameters=[idempotency.PARAMETER])
    def create_submission(slug: str) -> Response:
        """Submit. It is stored before the receipt is given, and from then on never lost."""
        now = context.clock()
        municipality = context.municipality(slug)
        key = idempotency.key(request)
        told = json_object(request)
        sent = _SUBMISSION.load(told)
        form = context.forms[slug].get(sent["eservice"])
        if form is None:
            raise invalid([ErrorDetail("/eservice", gettext("There is no such e-service here."))])
        command = submit.Submit(
            municipality=municipality.code,
            form=form,
            language=sent.get("language") or language(),
            answers=sent["answers"],
            attachments=sent.get("attachments", {}),
            idempotency_key=key,
            fingerprint=fingerprint(told) if key else None,
        )
        with told_as_problems():
            receipt = submit.submit(command, sessions=context.sessions, storage=context.storage, now=now)
        return _receipt(context, slug, receipt)


def _receipt(context: IntakeContext, slug: str, receipt: submit.Receipt) -> Response:
    told = {
        "reference": receipt.reference,
        "received_at": receipt.received_at,
        "page": context.status_page(slug, receipt.reference),
    }
    location = f"/intake/api/v1/municipalities/{slug}/submissions/{receipt.reference}"
    return json(told, 200 if receipt.repeated else 201, headers={"Location": location})
