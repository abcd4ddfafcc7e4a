"""The API of documents: sent before the action that they go with, opened by signed links."""

from typing import Any
from uuid import UUID

from flask import Response, g, request

from services.routing.context import RoutingContext
from services.routing.documents.models import Document
from services.routing.documents.schemas import DocumentQuery, DocumentSchema
from services.routing.documents.upload import LARGEST_UPLOAD, kept_documents, receive
from shared.files.storage import Source
from shared.web.app import accepts_up_to
from shared.web.files import FILE_BODY, LinkQuery, check_link, sent
from shared.web.json_api import Blueprint, may_answer
from shared.web.problems import Problem, opened_by_people


def add_routes(routes: Blueprint, context: RoutingContext) -> None:
    """`POST /cases/<id>/documents`."""

    @routes.post("/cases/<uuid:case_id>/documents")
    @routes.arguments(DocumentQuery, location="query")
    @routes.response(201, DocumentSchema)
    @may_answer(routes, 401, 403, 404, 413, 415, 422, 429, 503)
    @routes.doc(requestBody=FILE_BODY)
    @accepts_up_to(LARGEST_UPLOAD)
    def create_document(query: dict[str, str], case_id: UUID) -> Any:
        """Send a file for a message, a supplement request or a decision to come in the case, which names its id.

        As the part `file` of multipart/form-data, or as the body itself. The same file sent again is another; what no
        action is performed with is deleted after a day.
        """
        source, name = _file(query.get("name"))
        officer = context.officer(g.identity)
        return receive(
            officer,
            case_id,
            name,
            source,
            most_megabytes=context.upload_megabytes,
            storage=context.storage,
            scanner=context.scanner,
            **context.store_and_time(),
        )


def add_links(routes: Blueprint, context: RoutingContext) -> None:
    """`GET /documents/<id>`, for who has a signed link."""

    @routes.get("/documents/<uuid:document_id>")
    @routes.arguments(LinkQuery, location="query")
    @routes.response(200, content_type="application/octet-stream", description="The file, with its own media type.")
    @may_answer(routes, 403, 404, 410)
    @opened_by_people
    def show_document(query: dict[str, Any], document_id: UUID) -> Response:
        """Open a file that an officer has sent, by a link that intake has signed for its submitter."""
        check_link(context.link_key, query["signature"], document_id)
        with context.sessions() as session:
            found = session.get(Document, document_id)
        if found is None or found.sequence is None:
            raise Problem(404, "unknown-document", detail="There is no such file.")
        file = kept_documents(context.storage, context.sessions).open_whole(found, context.clock())
        return sent(file, found.media_type, found.name, view=query["view"])


def _file(name: str | None) -> tuple[Source, str]:
    """The file that was sent and what the officer calls it."""
    if request.mimetype != "multipart/form-data":
        return request.stream, name or ""
    part = request.files.get("file")
    if part is None:
        raise Problem(422, "file-missing", detail="There is no part called file in the body.")
    return part.stream, name or part.filename or ""
