"""Translations of texts, read from `<folder>/<language>.po`.

Texts in code are English, the source language, and need no translation.
"""

import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

DEFAULT = "sv"
SOURCE = "en"

_SHARED_TEXTS = Path(__file__).parent / "texts"
_PLACEHOLDER = re.compile(r"\\{([a-z_]+)\\}")


class Languages:
    """The translations of a folder, before those that all services share. A `.po` file is parsed once."""

    def __init__(self, folder: Path | None = None) -> None:
        self._translations: dict[str, NullTranslations] = {SOURCE: NullTranslations()}
        self._with_placeholders: dict[str, list[tuple[re.Pattern[str], str]]] = {}
        for source in (_SHARED_TEXTS, folder):
            for path in sorted(source.glob("*.po")) if source else ():
                self._add(path)
        self.codes: tuple[str, ...] = tuple(sorted(self._translations, key=lambda code: (code != DEFAULT, code)))

    def gettext(self, language: str, text: str, **values: Any) -> str:
        """The text in the language, with `%(name)s` filled in from the values."""
        translated = self._in(language).ugettext(text) if text else ""
        return translated % values if values else translated

    def ngettext(self, language: str, one: str, many: str, count: int, **values: Any) -> str:
        """The text for one or for many, with `%(num)s` and the values filled in."""
        return self._in(language).ungettext(one, many, count) % {"num": count, **values}

    def message(self, language: str, message: str) -> str:
        """A library's English message with its values filled in, `Shorter than minimum length 3.`, in the language.

        The `.po` files hold such texts with placeholders, `Shorter than minimum length {min}.`
        """
        exact = self._in(language).ugettext(message) if message else ""
        if exact != message:
            return exact
        for pattern, translation in self._with_placeholders.get(language, ()):
            if match := pattern.fullmatch(message):
                return translation.format(**match.groupdict())
        return message

    def _in(self, language: str) -> NullTranslations:
        return self._translations.get(language) or self._translations[SOURCE]

    def _add(self, path: Path) -> None:
        compiled, with_placeholders = _read(path, path.stat().st_mtime_ns)
        self._with_placeholders.setdefault(path.stem, []).extend(with_placeholders)
        added = Translations(io.BytesIO(compiled))
        known = self._translations.get(path.stem)
        if isinstance(known, Translations):
            known.merge(added)
        else:
            self._translations[path.stem] = added


@cache
def _read(path: Path, _modified: int) -> tuple[bytes, list[tuple[re.Pattern[str], str]]]:
    """The file as gettext reads it, and its texts with placeholders."""
    with path.open("rb") as po:
        catalog = read_po(po, locale=path.stem)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    return compiled.getvalue(), list(_texts_with_placeholders(catalog))


def _texts_with_placeholders(catalog: Catalog) -> Iterator[tuple[re.Pattern[str], str]]:
    for message in catalog:
        if isinstance(message.id, str) and isinstance(message.string, str) and "{" in message.id:
            yield re.compile(_PLACEHOLDER.sub(r"(?P<\1>.*)", re.escape(message.id)), re.DOTALL), message.string
