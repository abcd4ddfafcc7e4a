"""Signed links (`shared.links`) in a web app: one that cannot be used is a problem."""

from typing import Any

from shared import links
from shared.links import LinkExpired, LinkInvalid
from shared.web.problems import Problem


def verify(key: str, signature: str, max_age: int) -> Any:
    """The value that `sign` was given, at most `max_age` seconds ago.

    Raises Problem 403 when the signature is not ours, 410 when it is too old.
    """
    try:
        return links.read(key, signature, max_age)
    except LinkExpired as error:
        raise Problem(410, "link-expired", detail="The link has expired. Ask for a new one.") from error
    except LinkInvalid as error:
        raise Problem(403, "link-invalid", detail="The link is not valid.") from error
