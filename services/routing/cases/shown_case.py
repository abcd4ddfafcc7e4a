"""A case as the API's schema shows it, to officers and to other systems."""

from collections.abc import Mapping
from typing import Any

from services.routing.cases.attachment_links import attachment_url, document_url
from services.routing.cases.case_file import CaseFile
from services.routing.context import RoutingContext
from services.routing.deadlines.schemas import shown_clock
from services.routing.rules.explanation import why
from shared.file_viewing import is_viewable
from shared.municipalities import LANGUAGES
from shared.swedish.time import local_date


def shown_case(context: RoutingContext, file: CaseFile) -> Mapping[str, Any]:
    """What `CaseSchema` shows of an opened case; its files have addresses that are good for a few minutes."""
    return {
        "case": file.case,
        "title": file.content.title,
        "content": file.content,
        "arrival": file.arrival,
        "attachments": [shown_attachment(context, each) for each in file.attachments],
        "documents": [{**each, "url": document_url(context, each["id"])} for each in file.documents],
        "why": {language: why(file.content.explanation, language) for language in LANGUAGES},
        "decisions": file.decisions,
        "supplement_requests": file.requests,
        "holds": file.holds,
        "deadline": shown_clock(file.clock, local_date(context.clock())),
        "allowed": file.allowed,
        "journal_broken_at": file.broken_at,
    }


def shown_attachment(context: RoutingContext, attachment: Mapping[str, Any]) -> dict[str, Any]:
    """What `AttachmentSchema` shows."""
    viewable = is_viewable(attachment["media_type"])
    return {
        **attachment,
        "url": attachment_url(context, attachment),
        "view_url": attachment_url(context, attachment, view=True) if viewable else None,
    }
