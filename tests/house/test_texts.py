"""Every text that a page shows in English has its Swedish."""

import re

import pytest

from shared.i18n import extract
from shared.i18n.source_texts import CALLS, marked
from shared.i18n.translations import Languages
from tests.house.reading import ROOT, SERVICES

ALIKE = {"Journal", "normal"}
FOLDERS = {"shared": "i18n/texts", **{f"services/{service}": "texts" for service in SERVICES}}


@pytest.mark.parametrize("source", FOLDERS)
def test_every_text_has_its_swedish(source):
    languages = Languages(ROOT / source / FOLDERS[source])

    texts = {text.id for text in marked(ROOT / source)}

    assert texts
    assert {text for text in texts if not is_translated(languages, text)} <= ALIKE


def is_translated(languages, text):
    if isinstance(text, str):
        return languages.gettext("sv", text) != text
    values = dict.fromkeys(re.findall(r"%\((?!num\))(\w+)\)", "".join(text)), "x")
    return languages.ngettext("sv", *text, count=1, **values) != text[0] % {"num": 1, **values}


def test_every_call_that_has_texts_is_one_that_is_made():
    code = "".join(path.read_text() for tree in ("services", "shared") for path in (ROOT / tree).rglob("*.py"))

    assert [name for name in CALLS if f"{name}(" not in code] == []


@pytest.mark.parametrize("file", extract.po_files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_the_texts_to_translate_are_those_that_are_shown(file):
    assert extract.as_po(extract.updated(file)) == file.read_text(), "run `make texts`"
