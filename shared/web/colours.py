"""The municipalities' colours as a stylesheet: a class for each, with text that can be read on any colour."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Protocol

from flask import Flask, Response

Rgb = tuple[int, int, int]

BLACK: Rgb = (0, 0, 0)
WHITE: Rgb = (255, 255, 255)
LIGHT_GROUND: Rgb = (0xEE, 0xEB, 0xE3)  # --sunken of arende.css, the darkest ground of the light theme
DARK_GROUND: Rgb = (0x23, 0x2C, 0x33)  # --sunken of arende.css, the lightest ground of the dark theme
ENHANCED_CONTRAST = 7.0  # WCAG 2.2, 1.4.6 (AAA), normal text


class Coloured(Protocol):
    """What has a colour: a municipality."""

    @property
    def colour(self) -> str:
        """`#rrggbb`."""


def install(app: Flask, *, service: str, municipalities: Callable[[], Mapping[str, Coloured]]) -> None:
    """Serve `/<service>/colours.css`, a class `municipality-<slug>` for each municipality that there is."""

    @app.get(f"/{service}/colours.css", endpoint="colours")
    def colours() -> Response:
        css = stylesheet(tuple((slug, each.colour) for slug, each in municipalities().items()))
        return Response(css, mimetype="text/css", headers={"Cache-Control": "public, max-age=3600"})


@lru_cache(maxsize=4)
def stylesheet(colours: tuple[tuple[str, str], ...]) -> str:
    """The rules for each slug and its colour, given as `#rrggbb`."""
    return "\n".join(_rules(slug, _rgb(colour)) for slug, colour in colours) + "\n"


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: Rgb, *, ground: Rgb, towards: Rgb) -> Rgb:
    """The colour, mixed with black or white (`towards`) until text in it can be read on the ground (WCAG AAA)."""
    for parts in range(101):
        mixed = _mix(colour, towards, parts / 100)
        if contrast(mixed, ground) >= ENHANCED_CONTRAST:
            return mixed
    return towards


def _rules(slug: str, colour: Rgb) -> str:
    on_accent = max(BLACK, WHITE, key=lambda text: contrast(text, colour))
    on_light = readable(colour, ground=LIGHT_GROUND, towards=BLACK)
    on_dark = readable(colour, ground=DARK_GROUND, towards=WHITE)
    name = f".municipality-{slug}"
    return (
        f"{name} {{ --accent: {_hex(colour)}; --on-accent: {_hex(on_accent)}; --accent-ink: {_hex(on_light)}; }}\n"
        f"@media (prefers-color-scheme: dark) {{ {name} {{ --accent-ink: {_hex(on_dark)}; }} }}\n"
        f"@media print {{ {name} {{ --accent-ink: #000000; }} }}"
    )


def _luminance(colour: Rgb) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mix(colour: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def _rgb(colour: str) -> Rgb:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def _hex(colour: Rgb) -> str:
    return "#" + bytes(colour).hex()
