"""The routes of one case at the desk, and of what was sent in with it."""

from uuid import UUID

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from services.routing.cases.attachment_links import attachment_url
from services.routing.cases.errors import CaseNotFound
from services.routing.context import RoutingContext
from services.routing.desk.case_page import case_page, opened


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/cases/<id>` and its attachments."""

    @desk.get("/cases/<uuid:case_id>")
    def case(case_id: UUID) -> str:
        return case_page(context, opened(context, case_id))

    @desk.get("/cases/<uuid:case_id>/attachments/<uuid:attachment_id>")
    def attachment(case_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
        """The file, by a link signed at this moment: a page may stand open for long."""
        files = {each["id"]: each for each in opened(context, case_id).attachments}
        if str(attachment_id) not in files:
            raise CaseNotFound
        return redirect(attachment_url(context, files[str(attachment_id)]), 303)
