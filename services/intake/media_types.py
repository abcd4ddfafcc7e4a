"""The kinds of file that may be attached, told apart by their first bytes and not by their names."""

from collections.abc import Mapping, Sequence

import puremagic

HEAD = 4096  # bytes, enough to tell the kind

MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "heic": "image/heif",
    "webp": "image/webp",
}

# What a file of each kind may be called; the first is what it is called when its own suffix says something else.
SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/heif": ("heic", "heif"),
    "image/webp": ("webp",),
}


def sniff(head: bytes, accept: Sequence[str]) -> str | None:
    """The media type that a file beginning so has, of those accepted (`pdf`, `jpeg` …); None when it is of no such."""
    try:
        looks_like = {match.mime_type for match in puremagic.magic_string(head)}
    except puremagic.PureError:
        return None
    return next((MEDIA_TYPES[kind] for kind in accept if MEDIA_TYPES[kind] in looks_like), None)
