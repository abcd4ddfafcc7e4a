"""The routes of one case at the desk, and of what was sent in with it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.routing.cases.attachment_links import attachment_url
from services.routing.cases.errors import CaseNotFound
from services.routing.context import RoutingContext
from services.routing.desk.case_page import case_page, opened
from shared.file_viewing import is_viewable
from shared.web.names import takes


def add_pages(desk: Blueprint, context: RoutingContext) -> None:
    """`/desk/cases/<id>` and its attachments."""

    @desk.get("/cases/<uuid:case_id>")
    def case(case_id: UUID) -> str:
        return case_page(context, opened(context, case_id))

    @desk.get("/cases/<uuid:case_id>/attachments/<uuid:attachment_id>")
    @takes("view")
    def attachment(case_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
        """The file, by a link signed at this moment: a page may stand open for long."""
        files = opened(context, case_id).attachments
        found = files[_place(files, attachment_id)]
        return redirect(attachment_url(context, found, view=request.args.get("view") == "true"), 303)

    @desk.get("/cases/<uuid:case_id>/attachments/<uuid:attachment_id>/view")
    def view_attachment(case_id: UUID, attachment_id: UUID) -> str:
        """The file inside a page, with the way to those before and after it."""
        file = opened(context, case_id)
        files = [each for each in file.attachments if is_viewable(each["media_type"])]
        place = _place(files, attachment_id)
        return render_template(
            "cases/view.html",
            section="case",
            case=file.case,
            attachment=files[place],
            before=files[place - 1] if place else None,
            after=files[place + 1] if place + 1 < len(files) else None,
        )


def _place(files: Sequence[Mapping[str, Any]], attachment_id: UUID) -> int:
    """Which of the files it is. CaseNotFound where it is none of them."""
    ids = [each["id"] for each in files]
    if str(attachment_id) not in ids:
        raise CaseNotFound
    return ids.index(str(attachment_id))
