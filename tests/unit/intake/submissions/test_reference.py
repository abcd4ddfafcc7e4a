"""References: read out on the telephone, written down wrong, and still found or rejected."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.submissions.reference import ALPHABET, InvalidReference, new, parse

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


@pytest.mark.parametrize("text", ["", "7K3M", "x" * 500, "U" * 16, "åäö" * 6, "7K3M-9QXT-2WVC-D4TA-7K3M", "\0" * 16])
def test_what_is_no_reference_is_rejected(text):
    with pytest.raises(InvalidReference):
        parse(text)
