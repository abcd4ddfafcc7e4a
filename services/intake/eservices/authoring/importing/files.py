"""Kinds and sizes of files, as other systems write them."""

import re
from collections.abc import Iterable
from typing import Any

from shared.files.file_types import KINDS

_MEGABYTES = {"": 1e-6, "B": 1e-6, "KB": 1e-3, "MB": 1, "GB": 1e3}


def accepted(written: Iterable[Any]) -> tuple[list[str], list[str]]:
    """Our kinds among media types and extensions (`image/png`, `.pdf`), and those that we do not take; `*` is all."""
    by_name = {name: code for code, kind in KINDS.items() for name in (*kind.media_types, *kind.suffixes)}
    found, unknown = [], []
    for each in (str(one).strip().lower().removeprefix(".") for one in written):
        if each == "image/*":
            found += [code for code, kind in KINDS.items() if kind.media_types[0].startswith("image/")]
        elif each in by_name:
            found.append(by_name[each])
        elif each and each != "*":
            unknown.append(each)
    return list(dict.fromkeys(found)), unknown


def megabytes(written: Any) -> int | None:
    """Whole megabytes, one at least, of `10MB` or a number of bytes; None where nothing is written."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMG]?B?)\s*", str(written or "").upper())
    return max(1, int(float(found[1]) * _MEGABYTES.get(found[2], 1))) if found else None
