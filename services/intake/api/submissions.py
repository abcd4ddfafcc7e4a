"""Submitting over the API."""

from flask import Response, request

from services.intake import submissions
from services.intake.api.answers import IDEMPOTENCY_KEY, LOCATION, body, invalid, json, refuses, told_as_problems
from services.intake.reception import Reception
from services.intake.schemas import ReceiptSchema, SubmissionSchema
from shared.web import idempotency
from shared.web.languages import gettext, language
from shared.web.parsing import Blueprint, json_object
from shared.web.problems import FieldFault

_SUBMISSION = SubmissionSchema()


def add(routes: Blueprint, reception: Reception) -> None:
    """The route that takes submissions."""

    @routes.post("/municipalities/<slug>/submissions")
    @routes.response(201, ReceiptSchema, description="The submission was received.", headers=LOCATION)
    @routes.alt_response(200, schema=ReceiptSchema, description="It was received before, with the same key.")
    @refuses(routes, 400, 404, 413, 415, 422)
    @routes.doc(requestBody=body(SubmissionSchema), parameters=[IDEMPOTENCY_KEY])
    def create_submission(slug: str) -> Response:
        """Submit. It is stored before the receipt is given, and from then on never lost."""
        now = reception.clock()
        municipality = reception.municipality(slug)
        key = idempotency.key(request)
        told = json_object(request)
        sent = _SUBMISSION.load(told)
        form = reception.forms[slug].get(sent["eservice"])
        if form is None:
            raise invalid([FieldFault("/eservice", gettext("There is no such e-service here."))])
        command = submissions.Submit(
            municipality=municipality.code,
            form=form,
            language=sent.get("language") or language(),
            answers=sent["answers"],
            attachments=sent.get("attachments", {}),
            idempotency_key=key,
            fingerprint=idempotency.fingerprint(told) if key else None,
        )
        with told_as_problems():
            receipt = submissions.submit(command, sessions=reception.sessions, storage=reception.storage, now=now)
        return _receipt(reception, slug, receipt)


def _receipt(reception: Reception, slug: str, receipt: submissions.Receipt) -> Response:
    told = {
        "reference": receipt.reference,
        "received_at": receipt.received_at,
        "page": reception.status_page(slug, receipt.reference),
    }
    location = f"/intake/api/v1/municipalities/{slug}/submissions/{receipt.reference}"
    return json(told, 200 if receipt.repeated else 201, headers={"Location": location})
