"""Warnings and advice on a definition that is right, each with its file and line."""

from pathlib import Path

import pytest
import yaml

from services.intake.eservices import loader
from services.intake.eservices.authoring.plain_language import avoided_words, lix, sentences
from services.intake.eservices.authoring.remarks import remarks
from tests.unit.intake.eservices.authoring.definitions import choice, holds, page, question, written


def found(folder: Path, *pages, **keys) -> list[str]:
    file = folder / "example.yaml"
    file.write_text(yaml.safe_dump(written(*pages, **keys), sort_keys=False, allow_unicode=True))
    eservice, errors = loader.read(file)
    assert eservice, errors
    return [str(each).removeprefix(f"{file}:") for each in remarks(file, eservice)]


def test_a_good_definition_gives_no_remark(tmp_path):
    assert found(tmp_path, page("one", question("name", autocomplete="name"), choice("sort", "a", "b"))) == []


def test_a_remark_has_its_line_and_calls_questions_by_name(tmp_path):
    [remark] = found(tmp_path, page("one", question("about", "textarea")))

    line = (tmp_path / "example.yaml").read_text().splitlines().index("    - name: about") + 1
    assert remark == f"{line}: advice: pages.one.about: has no hint: what should be written, and how much?"


def test_what_can_never_hold_is_a_warning(tmp_path):
    sort = choice("sort", "a", "b", required=True)
    never = page("two", question("box", "checkbox"), show_if=[holds("sort", "is", "a"), holds("sort", "is", "b")])

    [remark] = found(tmp_path, page("one", sort), never)

    assert remark.endswith(": warning: pages.two.show_if: can never hold: the page two is never shown")


@pytest.mark.parametrize(
    ("regime", "codes", "lacking"),
    [
        ("forvaltningslagen", ["beviljat", "avslag"], ["avvis", "avskr"]),
        ("forvaltningslagen", ["beviljat", "avslag", "avvisat", "avskrivet"], []),
        ("laglighetsprovning", ["bifall", "avskrivet"], ["avvis"]),
        ("tryckfrihetsforordningen", ["utlamnat"], ["avsl"]),
        ("faktiskt_handlande", ["besvarat"], []),
    ],
)
def test_outcomes_that_the_law_gives_and_the_definition_lacks(tmp_path, regime, codes, lacking):
    outcomes = [{"code": code, "label": {"sv": code, "en": f"{code} in English"}} for code in codes]
    questions = page("one", question("box", "checkbox"))

    messages = found(tmp_path, questions, legal_regime=regime, outcomes=outcomes)

    assert [each.rsplit(" ", 1)[1] for each in messages] == lacking
    assert all(": warning: outcomes: has none for" in each for each in messages)


@pytest.mark.parametrize(
    ("intro", "message"),
    [
        ({"sv": "Du erhåller svar.", "en": "You get an answer."}, "intro.sv: erhåller: klarspråk har få"),
        ({"sv": "Samt mer.", "en": "And more."}, "intro.sv: samt: klarspråk has och"),
        ({"sv": "Samma text.", "en": "Samma text."}, "intro.en: is the same as the Swedish"),
        ({"sv": "ord " * 26, "en": "words"}, "intro.sv: a sentence of 26 words (ord ord ord ord …)"),
        ({"sv": "Förvaltningsmyndighetens handläggningsrutiner. " * 30, "en": "x"}, "the Swedish texts have LIX"),
    ],
)
def test_texts_that_may_become_clearer(tmp_path, intro, message):
    messages = found(tmp_path, page("one", question("box", "checkbox")), intro=intro)

    assert any(f": advice: {message.replace('klarspråk har', 'klarspråk has')}" in each for each in messages), messages


def test_a_text_without_words_may_be_the_same(tmp_path):
    assert found(tmp_path, page("one", question("box", "checkbox")), intro={"sv": "1–2", "en": "1–2"}) == []


def test_lix_is_that_of_bjornsson():
    # Two sentences, ten words, of which three have more than six letters: 10 / 2 + 100 * 3 / 10.
    assert lix("Kommunen svarar på din ansökan. Du får veta beslutet sedan.") == 35
    assert lix("") == 0


def test_paragraphs_and_items_of_lists_end_a_sentence():
    assert [
        len(each) for each in sentences("Ta med:\n\n- ritning\n- intyg, t.ex. från banken\n\nSedan är du klar")
    ] == [2, 1, 5, 4]


def test_words_are_whole_words():
    assert list(avoided_words("Samtal och erhållande i Samtliga fall, samtliga.")) == [("samtliga", "alla")]
