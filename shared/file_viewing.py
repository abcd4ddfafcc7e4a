"""Which files a browser shows by itself: what the desk offers to view, intake gives so."""

# Pictures without scripts in them (never SVG), and PDF, which browsers run in a sandbox of its own.
VIEWABLE = frozenset({"image/jpeg", "image/png", "image/webp", "image/avif", "application/pdf"})


def is_viewable(media_type: str) -> bool:
    """Whether a file of this type is shown in the browser rather than saved."""
    return media_type in VIEWABLE
