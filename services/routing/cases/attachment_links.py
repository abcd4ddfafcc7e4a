"""Links to attachments, which intake keeps, and to documents, which routing keeps."""

from collections.abc import Mapping
from typing import Any

from services.routing.context import RoutingContext
from shared.links import document_address, sign


def attachment_url(context: RoutingContext, attachment: Mapping[str, Any], *, view: bool = False) -> str:
    """An address at intake that gives the file to anyone who has it, for a few minutes; `view`: to be shown there."""
    attachment_id = str(attachment["id"])
    query = f"signature={sign(context.link_key, attachment_id)}{'&view=true' if view else ''}"
    return f"{context.public_url}/intake/api/v1/attachments/{attachment_id}?{query}"


def document_url(context: RoutingContext, document_id: str, *, view: bool = False) -> str:
    """An address here that gives the document to anyone who has it, for a few minutes; `view`: to be shown there."""
    return document_address(context.public_url, context.link_key, document_id, view=view)
