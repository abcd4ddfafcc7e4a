"""Every text that a page shows in English has its Swedish."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from shared.i18n.translations import Languages
from tests.house.reading import ROOT, SERVICES

ALIKE = {"Journal"}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}


@pytest.mark.parametrize("service", SERVICES)
def test_every_text_has_its_swedish(service):
    folder = ROOT / "services" / service
    languages = Languages(folder / "texts")

    lacking = [text for text in {*in_code(folder), *in_templates(folder)} if languages.gettext("sv", text) == text]

    assert set(lacking) <= ALIKE


def in_templates(folder: Path) -> Iterator[str]:
    """The texts that templates translate; of one for one and many, the one."""
    found = extract_from_dir(str(folder), method_map=[("**.html", "jinja2")], keywords=KEYWORDS)
    for _, _, text, *_ in found:
        yield text if isinstance(text, str) else text[0]


def in_code(folder: Path) -> Iterator[str]:
    """The texts that code translates, marks for later, or tells in a problem."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield from texts_of(node)


def texts_of(call: ast.Call) -> Iterator[str]:
    """The texts that a call is about."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    said = {
        "gettext": call.args[:1],
        "ngettext": call.args[:1],
        "later": call.args[:1],
        "Label": [*call.args[:2], *[each.value for each in call.keywords if each.arg == "reply"]],
        "InvalidInput": call.args[1:2],
        "InvalidAnswer": call.args[1:2],
        "Problem": [each.value for each in call.keywords if each.arg in ("title", "detail")],
    }
    for node in said.get(name, []):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
