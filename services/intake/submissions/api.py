"""The API of submissions."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from services.intake.arrivals.form import RECEIVED_ON, entered_form
from services.intake.arrivals.permit import PERMIT, PERMIT_PARAMETER, PermitExpired, PermitInvalid, permit_for
from services.intake.context import IntakeContext
from services.intake.forms.entries import files_by_question
from services.intake.forms.errors import FieldError, InvalidAnswer, SubmissionInvalid
from services.intake.submissions import submit
from services.intake.submissions.receipt import Receipt
from services.intake.submissions.responses import LOCATION, body, json
from services.intake.submissions.schemas import ReceiptSchema, SubmissionSchema
from shared.events.intake import Arrival
from shared.idempotency import fingerprint
from shared.web import idempotency
from shared.web.json_api import Blueprint, json_object, may_answer
from shared.web.languages import gettext, language
from shared.web.problems import ErrorDetail, Problem

_SUBMISSION = SubmissionSchema()


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The route that takes submissions."""

    @routes.post("/municipalities/<slug>/submissions")
    @routes.response(201, ReceiptSchema, description="The submission was received.", headers=LOCATION)
    @routes.alt_response(200, schema=ReceiptSchema, description="It was received before, with the same key.")
    @may_answer(routes, 400, 403, 404, 409, 410, 413, 415, 422, 429)
    @routes.doc(requestBody=body(SubmissionSchema), parameters=[idempotency.PARAMETER, PERMIT_PARAMETER])
    def create_submission(slug: str) -> Response:
        """Submit. It is stored before the receipt is given, and from then on never lost.

        An officer may enter what came by letter, telephone, e-mail or at the counter, with a permit from routing.
        """
        now = context.clock()
        municipality = context.municipality(slug)
        key = idempotency.key(request)
        content = json_object(request)
        sent = _SUBMISSION.load(content)
        sent_as = fingerprint(content) if key else None
        form = context.forms[slug].get(sent["eservice"])
        if form is None:
            if earlier := submit.earlier_receipt(municipality.code, key, sent_as, context.sessions):
                return _receipt(context, slug, earlier)
            unknown = ErrorDetail("/eservice", gettext("There is no such e-service here."))
            raise Problem(422, "invalid", detail="Some values are not right.", errors=[unknown])
        try:
            arrival = _arrival(context, slug, sent)
        except (PermitInvalid, PermitExpired, SubmissionInvalid):
            if earlier := submit.earlier_receipt(municipality.code, key, sent_as, context.sessions):
                return _receipt(context, slug, earlier)
            raise
        command = submit.SubmitCommand(
            municipality=municipality.code,
            border=municipality.border,
            form=entered_form(form) if arrival else form,
            arrival=arrival,
            language=sent.get("language") or language(),
            answers=sent["answers"],
            attachments=files_by_question(form.eservice, sent.get("attachments", {})),
            idempotency_key=key,
            fingerprint=sent_as,
            client=context.client(request),
        )
        receipt = submit.submit(command, store=context.submission_store, limits=context.limits, now=now)
        return _receipt(context, slug, receipt)


def _arrival(context: IntakeContext, slug: str, sent: Mapping[str, Any]) -> Arrival | None:
    """How it came, where an officer enters it, whose permit comes along.

    Raises PermitInvalid, PermitExpired, SubmissionInvalid; Problem where the permit comes alone.
    """
    signed, written = request.headers.get(PERMIT), sent.get("arrival")
    if written is None:
        if signed is not None:
            lacking = ErrorDetail("/arrival", gettext("Say how it came: the permit is for nothing else."))
            raise Problem(422, "invalid", detail="Some values are not right.", errors=[lacking])
        return None
    permit = permit_for(context, slug, sent["eservice"], signed or "")
    try:
        RECEIVED_ON.read(written["received_on"].isoformat(), context.clock)
    except InvalidAnswer as invalid:
        raise SubmissionInvalid([FieldError("/arrival/received_on", invalid.error)]) from invalid
    return Arrival(**written, officer_subject=permit.officer_subject, officer_name=permit.officer_name)


def _receipt(context: IntakeContext, slug: str, receipt: Receipt) -> Response:
    content = {
        "reference": receipt.reference,
        "received_at": receipt.received_at,
        "page": context.status_page(slug, receipt.reference),
    }
    location = f"/intake/api/v1/municipalities/{slug}/submissions/{receipt.reference}"
    return json(content, 200 if receipt.repeated else 201, headers={"Location": location})
