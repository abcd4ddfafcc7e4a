"""Names and docstrings use the words of docs/glossary.md."""

import pytest

from tests.house import words
from tests.house.reading import ROOT


def test_no_name_docstring_or_comment_uses_a_word_to_avoid() -> None:
    assert words.all_uses() == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("class HeardEvent: ...", ["HeardEvent: heard"]),
        ("def send(*, told): ...", ["told: told"]),
        ("SPEAKER = 1", ["SPEAKER: speaker"]),
        ("class Row:\n    office: str", ["office: office"]),
        ("log.info('event held', id=1)", ["event held: held"]),
        ("COUNT = Counter('letters_sent', 'Sent.')", ["letters_sent: letters"]),
        ("def send():\n    '''Tells what the office said.'''", ["…office…", "…said…", "…tells…"]),
        ("def send():\n    '''An act of law, done at once.'''", []),
        ("def send():\n    '''What `told` holds.'''", []),
        ("def retell():\n    told = 1", []),
        ("try: ...\nexcept OSError as fault: ...", ["fault: fault"]),
        ("def test_a_wrong_form_is_refused(): ...", []),
        ("def test_the_office_is_told(): ...", ["test_the_office_is_told: office", "test_the_office_is_told: told"]),
        ("x = 1  # it says why", ["…says…"]),
        ("def report_a_fault(): ...", []),
    ],
)
def test_a_word_to_avoid_is_found(tmp_path, monkeypatch, source: str, found: list[str]) -> None:
    monkeypatch.setattr(words, "ROOT", tmp_path)
    module = tmp_path / "services" / "module.py"
    module.parent.mkdir()
    module.write_text(source)

    assert [use for _, use in words.uses(module)] == found


def test_every_term_of_the_glossary_is_another() -> None:
    rows = [row for row in (ROOT / "docs/glossary.md").read_text().splitlines() if row.startswith("| ")]
    terms = [row.split("|")[1].strip() for row in rows if not row.startswith("| Term ")]

    assert len(terms) == len(set(terms))
