"""The route of a document at the desk."""

from uuid import UUID

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from services.routing.cases.attachment_links import document_url
from services.routing.cases.errors import CaseNotFound
from services.routing.context import RoutingContext
from services.routing.desk.case_page import opened
from shared.file_viewing import is_viewable


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/cases/<id>/documents/<id>`."""

    @desk.get("/cases/<uuid:case_id>/documents/<uuid:document_id>")
    def document(case_id: UUID, document_id: UUID) -> Response:
        """The file, by a link signed at this moment: a page may stand open for long."""
        for each in opened(context, case_id).documents:
            if each["id"] == str(document_id):
                return redirect(document_url(context, each["id"], view=is_viewable(each["media_type"])), 303)
        raise CaseNotFound
