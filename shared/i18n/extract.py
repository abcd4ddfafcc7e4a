"""`make texts`: brings the `.po` files up to date with the texts in the source. A tool for developers.

Translations and translators' comments stay. A new text comes without a translation; one that nothing shows goes.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from shared.i18n.source_texts import ROOT, Id, Text, code, key, libraries, marked, mentioned

SHARED = ROOT / "shared"


def main() -> None:
    """Write every `.po` file anew, and show how many of its texts lack a translation."""
    for file in po_files():
        catalog = updated(file)
        file.write_text(as_po(catalog), encoding="utf-8")
        lacking = [message for message in catalog if message.id and not _is_translated(message)]
        print(f"{file.relative_to(ROOT)}: {len(catalog)} texts, {len(lacking)} without a translation")


def po_files() -> list[Path]:
    """Every `.po` file: first those that all services share, which the services' own depend on."""
    return [*sorted(SHARED.glob("i18n/texts/*.po")), *sorted(ROOT.glob("services/*/texts/*.po"))]


def updated(file: Path) -> Catalog:
    """A `.po` file's catalogue with the texts that are shown now, in the order of their first use."""
    catalog, template = _read(file), Catalog()
    for text in sorted(_texts(file, _ids(catalog)), key=lambda text: text[:3]):
        template.add(text.id, locations=[(text.file, 0)])
    catalog.update(template, no_fuzzy_matching=True)
    return catalog


def as_po(catalog: Catalog) -> str:
    """A `.po` file of which only what is about texts changes: it has no line numbers and no time of writing."""
    written = io.BytesIO()
    write_po(written, catalog, width=0, omit_header=True, include_lineno=False, ignore_obsolete=True)
    return (
        'msgid ""\n'
        'msgstr ""\n'
        f'"Language: {catalog.locale_identifier}\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
        f"{written.getvalue().decode().strip()}\n"
    )


def _texts(file: Path, known: dict[str, Id]) -> list[Text]:
    """The texts of a `.po` file's part of the source. What is shared is not repeated in a service's."""
    if file.is_relative_to(SHARED):
        return _in_source(SHARED, known) + list(mentioned(known, libraries()))
    shared = _ids(_read(SHARED / "i18n" / "texts" / file.name))
    return [text for text in _in_source(file.parents[1], known) if text.key not in shared]


def _in_source(folder: Path, known: dict[str, Id]) -> list[Text]:
    texts = marked(folder)
    found = {text.key for text in texts}
    return texts + list(mentioned({name: text for name, text in known.items() if name not in found}, code(folder)))


def _read(file: Path) -> Catalog:
    with file.open("rb") as po:
        return read_po(po, locale=file.stem)


def _ids(catalog: Catalog) -> dict[str, Id]:
    return {key(message.id): message.id for message in catalog if message.id}


def _is_translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


if __name__ == "__main__":
    main()
