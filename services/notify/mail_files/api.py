"""The API of files that came with mail: opened by officers through signed links."""

from typing import Any
from uuid import UUID

from flask import Response

from services.notify.mail_files.models import MailFile
from shared.clock import Clock
from shared.files.integrity import FileDamaged, KeptFiles
from shared.web.files import LinkQuery, check_link, damaged, sent
from shared.web.json_api import Blueprint, may_answer
from shared.web.problems import Problem, opened_by_people


def blueprint(kept: KeptFiles, link_key: str, clock: Clock) -> Blueprint:
    """`GET /notify/api/v1/mail-files/<id>`, for who has a signed link."""
    routes = Blueprint("mail_files", __name__, url_prefix="/notify/api/v1/mail-files")

    @routes.get("/<uuid:file_id>")
    @routes.arguments(LinkQuery, location="query")
    @routes.response(200, content_type="application/octet-stream", description="The file, with its own media type.")
    @may_answer(routes, 403, 404, 410)
    @opened_by_people
    def show_mail_file(query: dict[str, Any], file_id: UUID) -> Response:
        """Open a file that came with a mail, by a link that routing has signed for an officer."""
        check_link(link_key, query["signature"], file_id)
        with kept.sessions() as session:
            found = session.get(MailFile, file_id)
        if found is None or found.mail_id is None:
            raise Problem(404, "unknown-mail-file", detail="There is no such file.")
        try:
            file = kept.open_whole(found, clock())
        except FileDamaged as error:
            raise damaged("mail-file", error) from error
        return sent(file, found.media_type, found.name, view=query["view"])

    return routes
