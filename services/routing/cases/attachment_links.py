"""Links to attachments, which intake keeps, or notify those of mails, and to documents, which routing keeps."""

from collections.abc import Mapping
from typing import Any

from services.routing.context import RoutingContext
from shared.links import document_address, sign


def attachment_url(context: RoutingContext, attachment: Mapping[str, Any], *, view: bool = False) -> str:
    """An address that gives the file to anyone who has it, for a few minutes; `view`: to be shown by the browser."""
    attachment_id = str(attachment["id"])
    query = f"signature={sign(context.link_key, attachment_id)}{'&view=true' if view else ''}"
    place = "notify/api/v1/mail-files" if attachment.get("kept_by") == "notify" else "intake/api/v1/attachments"
    return f"{context.public_url}/{place}/{attachment_id}?{query}"


def document_url(context: RoutingContext, document_id: str, *, view: bool = False) -> str:
    """An address here that gives the document to anyone who has it, for a few minutes; `view`: to be shown there."""
    return document_address(context.public_url, context.link_key, document_id, view=view)
