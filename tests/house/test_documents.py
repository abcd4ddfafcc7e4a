"""What the documents point at exists."""

import re
from pathlib import Path

import pytest

from tests.house.reading import ROOT, text

DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


@pytest.fixture(params=DOCUMENTS, ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS])
def document(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)#:]+)[^):]*\)", document.read_text()):
        assert (document.parent / target).exists(), target


def test_named_files_exist(document):
    prefixes = "services|shared|tests|deploy|docs|eservices|municipalities|bench"
    for name in re.findall(rf"`((?:{prefixes})/[\w./-]*)`", document.read_text()):
        assert (ROOT / name).exists(), name


def test_every_test_that_is_cited_exists():
    code = "".join(path.read_text() for path in ROOT.glob("tests/**/test_*.py"))

    for name in re.findall(r"`(test_\w+)`", text("docs/architecture.md")):
        assert f"def {name}(" in code, name
