"""A page to look through the pictures that `make walks` has taken: `python -m tests.browser.walks.picture_index`."""

from collections.abc import Iterator
from html import escape
from pathlib import Path

from tests.house.reading import ROOT

FOLDER = ROOT / "var/screenshots"

_HEAD = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Walks through the e-services</title>
<style>
body { font: 1rem/1.4 system-ui, sans-serif; margin: 1rem }
div { display: flex; gap: 1rem; overflow-x: auto; align-items: start }
figure { margin: 0; flex: none }
img { border: 1px solid #999; height: 30rem }
nav a { margin-right: 1rem }
</style>
<h1>Walks through the e-services</h1>
"""


def written(folder: Path) -> Path:
    """The page, made of `<e-service>/<way>/<number>-<state>.jpg`."""
    page = folder / "index.html"
    page.write_text("".join(_parts(folder)))
    return page


def _parts(folder: Path) -> Iterator[str]:
    eservices = _folders(folder)
    yield _HEAD
    yield f"<nav>{''.join(f'<a href=#{each.name}>{escape(each.name)}</a>' for each in eservices)}</nav>"
    for eservice in eservices:
        yield f"<h2 id={eservice.name}>{escape(eservice.name)}</h2>"
        for way in _folders(eservice):
            yield f"<h3>{escape(way.name)}</h3><div>{''.join(_figures(folder, way))}</div>\n"


def _figures(folder: Path, way: Path) -> Iterator[str]:
    for picture in sorted(way.glob("*.jpg")):
        address = escape(picture.relative_to(folder).as_posix())
        yield f"<figure><figcaption>{escape(picture.stem)}</figcaption>"
        yield f"<a href={address}><img src={address} alt='' loading=lazy></a></figure>"


def _folders(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.is_dir())


if __name__ == "__main__":
    written(FOLDER)
