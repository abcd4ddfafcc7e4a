"""References: read out on the telephone, written down wrong, and still found or rejected."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.submissions.reference import ALPHABET, CaseNumberGiven, InvalidReference, new, parse

drawn = st.builds(lambda _: new(), st.integers())


def test_a_reference_is_sixteen_symbols_in_groups_of_four():
    reference = new()

    assert [len(group) for group in reference.split("-")] == [4, 4, 4, 4]
    assert set(reference) <= set(ALPHABET + "-")


def test_a_thousand_references_are_a_thousand():
    assert len({new() for _ in range(1000)}) == 1000


@given(drawn)
def test_however_it_is_written_it_is_read(reference):
    text = reference.lower().replace("-", " ").replace("0", "o").replace("1", "l")

    assert parse(text) == reference


@given(drawn, st.integers(0, 15), st.sampled_from(ALPHABET))
def test_one_changed_symbol_is_found(reference, place, symbol):
    symbols = list(reference.replace("-", ""))
    if symbols[place] == symbol:
        return
    symbols[place] = symbol

    with pytest.raises(InvalidReference):
        parse("".join(symbols))


@pytest.mark.parametrize(
    "around",
    ["{}.", "\u00a0{}\u200b", "<{}>,", "\ufeff“{}”", "({})"],
)
@pytest.mark.parametrize("dash", ["‑", "–", "−", "\u00a0", ".", "_", "\u00ad", " - "])
def test_it_is_read_with_what_word_processors_put_in_it(around, dash):
    reference = new()

    assert parse(around.format(reference.replace("-", dash))) == reference


@pytest.mark.parametrize(
    "text",
    ["BN 2026-00012", "bn2026-12", "2026-00012", "2026-BN0001", "Dnr: BN 2026/12", "KS\u00a02026–00012.", "2026/12"],
)
def test_a_case_number_is_known_for_what_it_is(text):
    with pytest.raises(CaseNumberGiven):
        parse(text)


@pytest.mark.parametrize("text", ["7K3M", "12", "2026", "Anna 2026-1 och mer", "BN"])
def test_other_texts_are_no_case_numbers(text):
    with pytest.raises(InvalidReference) as error:
        parse(text)

    assert not isinstance(error.value, CaseNumberGiven)


@pytest.mark.parametrize("text", ["", "7K3M", "x" * 500, "U" * 16, "åäö" * 6, "7K3M-9QXT-2WVC-D4TA-7K3M", "\0" * 16])
def test_what_is_no_reference_is_rejected(text):
    with pytest.raises(InvalidReference):
        parse(text)
