"""Kinds and sizes of files, as other systems write them."""

import re
from collections.abc import Iterable
from typing import Any

from services.intake.attachments.file_types import MEDIA_TYPES

_EXTENSIONS = {"jpg": "jpeg", "jpeg": "jpeg", "heif": "heic"}
_UNITS = {"": 1, "B": 1, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}


def accepted(written: Iterable[Any]) -> tuple[list[str], list[str]]:
    """Our kinds among media types and extensions (`image/png`, `.pdf`), and those that we do not take; `*` is all."""
    by_media_type = {media_type: kind for kind, media_type in MEDIA_TYPES.items()}
    found, unknown = [], []
    for each in (str(one).strip().lower() for one in written):
        bare = each.removeprefix(".")
        kind = by_media_type.get(each) or _EXTENSIONS.get(bare, bare)
        if each == "image/*":
            found += [one for one, media_type in MEDIA_TYPES.items() if media_type.startswith("image/")]
        elif kind in MEDIA_TYPES:
            found.append(kind)
        elif each and each != "*":
            unknown.append(bare)
    return list(dict.fromkeys(found)), unknown


def size(written: Any) -> int | None:
    """Bytes, of `10MB` or a number of them; None where nothing is written."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMG]?B?)\s*", str(written or "").upper())
    return int(float(found[1]) * _UNITS.get(found[2], 1)) if found else None
