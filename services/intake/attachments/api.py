"""The API of files: sent before the submission that claims them, opened by officers through signed links."""

from typing import Any
from uuid import UUID

from flask import Response, request

from services.intake.arrivals.form import ORIGINAL
from services.intake.attachments import upload
from services.intake.attachments.claim import claimed
from services.intake.attachments.kept import kept_attachments
from services.intake.attachments.schemas import AttachmentQuery, AttachmentSchema
from services.intake.context import IntakeContext
from services.intake.forms.fields.file import MOST_MEGABYTES, FileField
from services.intake.supplements.supplement import SUPPLEMENT_FILES
from shared.files.storage import MB, Source
from shared.web.app import accepts_up_to
from shared.web.files import FILE_BODY, LinkQuery, check_link, sent
from shared.web.json_api import Blueprint, may_answer
from shared.web.problems import Problem, opened_by_people

LEAST_COUNTED = 100_000  # bytes that an upload counts for, so that small ones are limited in number
LARGEST_UPLOAD = (MOST_MEGABYTES + 1) * MB  # the largest that a definition may allow, and what multipart puts around it


def add(routes: Blueprint, context: IntakeContext) -> None:
    """The routes of attachments."""

    @routes.post("/municipalities/<slug>/attachments")
    @routes.arguments(AttachmentQuery, location="query")
    @routes.response(201, AttachmentSchema)
    @may_answer(routes, 404, 413, 415, 422, 429, 503)
    @routes.doc(requestBody=FILE_BODY)
    @accepts_up_to(LARGEST_UPLOAD)
    def create_attachment(query: dict[str, str], slug: str) -> Any:
        """Send a file for a submission to come: as the part `file` of multipart/form-data, or as the body itself.

        The same file sent again is another; what no submission claims is deleted after a day. Where a picture was
        taken is removed from it, unless the question asks for it.
        """
        municipality = context.municipality(slug)
        field = _field(context, slug, query)
        source, name = _file(query.get("name"))
        return upload.receive(
            upload.Upload(municipality.code, query["eservice"], field, name),
            source,
            storage=context.storage,
            scanner=context.scanner,
            sessions=context.sessions,
            now=context.clock(),
        )

    @routes.get("/attachments/<uuid:attachment_id>")
    @routes.arguments(LinkQuery, location="query")
    @routes.response(200, content_type="application/octet-stream", description="The file, with its own media type.")
    @may_answer(routes, 403, 404, 410, 429)
    @opened_by_people
    def show_attachment(query: dict[str, Any], attachment_id: UUID) -> Response:
        """Open a file that came with a submission, by a link that routing has signed for an officer."""
        _check_link(context, query["signature"], attachment_id)
        with context.sessions() as session:
            found = claimed(session, attachment_id)
        if found is None:
            raise Problem(404, "unknown-attachment", detail="There is no such file.")
        file = kept_attachments(context.storage, context.sessions).open_whole(found, context.clock())
        return sent(file, found.media_type, found.name, view=query["view"])


def _check_link(context: IntakeContext, signature: str, attachment_id: UUID) -> None:
    """Problem 403 or 410 where the link does not open the file; counted where nobody can have signed it.

    Who has a link that routing has signed does not guess, whatever others at the same address do.
    """
    try:
        check_link(context.link_key, signature, attachment_id)
    except Problem as problem:
        if problem.status == 403:
            now, client = context.clock(), context.client(request)
            context.limits.check_guesses(client, now)
            context.limits.guess(client, now)
        raise


def _field(context: IntakeContext, slug: str, query: dict[str, str]) -> FileField:
    """What the file answers. A submission may be supplemented also when its e-service is no longer offered."""
    is_supplement = query["field"] == SUPPLEMENT_FILES.name
    if is_supplement and query["eservice"] in context.municipality(slug).eservices_withheld:
        return SUPPLEMENT_FILES
    eservice = context.form(slug, query["eservice"]).eservice
    if query["field"] == ORIGINAL.name:
        return ORIGINAL
    return SUPPLEMENT_FILES if is_supplement else upload.question(eservice, query["field"])


def _file(name: str | None) -> tuple[Source, str]:
    """The file that was sent and what the submitter calls it."""
    is_form = request.mimetype == "multipart/form-data"
    part = request.files.get("file") if is_form else None
    if not request.bytes_counted:  # type: ignore[attr-defined]  # as for a part without a name
        request.count_bytes()  # type: ignore[attr-defined]
    if request.upload_rejected:  # type: ignore[attr-defined]
        raise request.upload_rejected  # type: ignore[attr-defined]
    if not is_form:
        return request.stream, name or ""
    if part is None:
        raise Problem(422, "file-missing", detail="There is no part called file in the body.")
    return part.stream, name or part.filename or ""
