"""ETag and If-Match (RFC 9110, 8.8.3 and 13.1.1) of version numbers: nobody changes a version they have not seen."""

import re

from flask import Request

from shared.web.problems import Problem

_OURS = re.compile(r'(?:W/)?"([0-9]{1,18})"')
_ANY_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"')


def etag(version: int) -> str:
    """The ETag of a thing at this version, such as `"7"`."""
    return f'"{version}"'


def expected_version(request: Request, required: bool) -> int | None:
    """The version that the caller's If-Match names; None when there is no condition (no header, or `*`).

    Raises Problem 428 when `required` and no version is named, 400 when the header is not one ETag,
    and 412 when it is an ETag that we never gave. The caller checks whether the version is the current one.
    """
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        if required:
            raise Problem(428, "precondition-required", detail="Send If-Match with the ETag of what you last read.")
        return None
    ours = _OURS.fullmatch(header)
    if ours:
        return int(ours[1])
    if _ANY_TAG.fullmatch(header):
        raise Problem(412, "stale", detail="The ETag in If-Match is not one that this service gave.")
    raise Problem(400, "bad-if-match", detail="If-Match must be a single ETag.")
