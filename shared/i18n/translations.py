"""Texts in the languages we speak: Babel's catalogues, read straight from `<folder>/<language>.po`.

Texts in code are English, the source language, and need no catalogue.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

DEFAULT = "sv"
SOURCE = "en"

_SHARED_TEXTS = Path(__file__).parent / "texts"
_PLACE = re.compile(r"\\{([a-z_]+)\\}")


class Languages:
    """The catalogues of a folder over those that all services share; every `.po` is read once, at start."""

    def __init__(self, folder: Path | None = None) -> None:
        self._catalogues: dict[str, NullTranslations] = {SOURCE: NullTranslations()}
        self._filled: dict[str, list[tuple[re.Pattern[str], str]]] = {}
        for source in (_SHARED_TEXTS, folder):
            for path in sorted(source.glob("*.po")) if source else ():
                self._add(path)
        self.codes: tuple[str, ...] = tuple(sorted(self._catalogues, key=lambda code: (code != DEFAULT, code)))

    def gettext(self, language: str, text: str, **values: Any) -> str:
        """The text in the language, with `%(name)s` filled in from the values."""
        told = self._in(language).ugettext(text) if text else ""
        return told % values if values else told

    def ngettext(self, language: str, one: str, many: str, count: int, **values: Any) -> str:
        """The text for one or for many, with `%(num)s` and the values filled in."""
        return self._in(language).ungettext(one, many, count) % {"num": count, **values}

    def message(self, language: str, told: str) -> str:
        """What a library said in English, its values already filled in: `Shorter than minimum length 3.`

        Catalogues hold such texts with their places, `Shorter than minimum length {min}.`
        """
        exact = self._in(language).ugettext(told) if told else ""
        if exact != told:
            return exact
        for pattern, translation in self._filled.get(language, ()):
            if match := pattern.fullmatch(told):
                return translation.format(**match.groupdict())
        return told

    def _in(self, language: str) -> NullTranslations:
        return self._catalogues.get(language) or self._catalogues[SOURCE]

    def _add(self, path: Path) -> None:
        with path.open("rb") as po:
            catalog = read_po(po, locale=path.stem)
        self._filled.setdefault(path.stem, []).extend(_texts_with_places(catalog))
        read = _compiled(catalog)
        known = self._catalogues.get(path.stem)
        if isinstance(known, Translations):
            known.merge(read)
        else:
            self._catalogues[path.stem] = read


def _compiled(catalog: Catalog) -> Translations:
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)


def _texts_with_places(catalog: Catalog) -> Iterator[tuple[re.Pattern[str], str]]:
    for message in catalog:
        if isinstance(message.id, str) and isinstance(message.string, str) and "{" in message.id:
            yield re.compile(_PLACE.sub(r"(?P<\1>.*)", re.escape(message.id)), re.DOTALL), message.string
