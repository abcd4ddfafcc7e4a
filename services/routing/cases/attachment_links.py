"""Links to attachments, which intake keeps."""

from collections.abc import Mapping
from typing import Any

from services.routing.context import RoutingContext
from shared.links import sign


def attachment_url(context: RoutingContext, attachment: Mapping[str, Any], *, view: bool = False) -> str:
    """An address at intake that gives the file to anyone who has it, for a few minutes; `view`: to be shown there."""
    attachment_id = str(attachment["id"])
    query = f"signature={sign(context.link_key, attachment_id)}{'&view=true' if view else ''}"
    return f"{context.public_url}/intake/api/v1/attachments/{attachment_id}?{query}"
