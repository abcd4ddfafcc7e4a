"""Which parts of a word the index is asked for: those that few documents have."""

import pytest

from services.routing.search.rare_parts import parts_of

COUNTS = {"dal": 60, "alg": 2, "lga": 90, "gat": 91, "ata": 80, "tan": 70, "bel": 12, "ely": 20, "lys": 12, "väg": 31}


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("dalgatan", ("alg",)),  # of its rare trigrams, the only one
        ("xydalgatanxy", ("xyda", "alg", "anxy")),  # what no document has is rare
        ("gatan", ()),  # all common: it excludes next to nothing
        ("belys", ("bel",)),  # none rare: the rarest that is useful
        ("väg", ()),
        ("4:4012", ("4012",)),
        ("ny", ()),
    ],
)
def test_the_parts_of_a_word_that_few_documents_have(word, parts):
    assert parts_of(word, COUNTS) == parts
