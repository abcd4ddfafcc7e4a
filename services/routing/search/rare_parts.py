"""The parts of words by which PostgreSQL's index finds them soonest.

The index keeps one list of documents for each trigram, and reads the lists of all that it is asked for: among a million
cases those of *väg* and *202* take nearly all of the time, and exclude next to nothing. So it is asked for the trigrams
that few documents have, and what it finds is looked through for the words.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

SAMPLE = 100  # documents, of all ages
RARE = 10  # of these at most have a trigram that is rare
USEFUL = 30  # and one that excludes enough others to be asked for where its word has none that is rare

# Spread by the golden ratio over all documents, and ever the same, so that they are in the database's memory.
AGES = [number * 0.6180339887 % 1 for number in range(SAMPLE)]
_TRIGRAM = re.compile(r"(?=([^\W_]{3}))")
_COUNTED = text("""
WITH sample AS MATERIALIZED (
  SELECT head || '' AS head, whole || '' AS whole FROM search_documents
  WHERE municipality = :municipality AND id = ANY(ARRAY(
    SELECT ceil(share * newest)::bigint
    FROM (SELECT max(id) AS newest FROM search_documents) AS ids, unnest(CAST(:shares AS float8[])) AS share
  ))
)
SELECT trigram, count(*) FILTER (WHERE strpos(head, trigram) > 0), count(*) FILTER (WHERE strpos(whole, trigram) > 0)
FROM unnest(CAST(:trigrams AS text[])) AS trigram CROSS JOIN sample GROUP BY trigram
UNION ALL
SELECT NULL, NULL, count(*) FROM sample
WHERE (SELECT bool_and(strpos(whole, word) > 0) FROM unnest(CAST(:words AS text[])) AS word)
""")


class IndexedParts(NamedTuple):
    """What the index of each column is asked for; `are_common`: some in a hundred documents have all of the words."""

    head: Sequence[str]
    whole: Sequence[str]
    are_common: bool


def rare_parts(session: Session, municipality: str, words: Sequence[str]) -> IndexedParts:
    """The rare parts of the words in each column, by some documents of all ages. Where all is common, the words."""
    trigrams = sorted(set(chain.from_iterable(map(_TRIGRAM.findall, words))))
    given = {"municipality": municipality, "shares": AGES, "trigrams": trigrams, "words": list(words)}
    counted = session.execute(_COUNTED, given).all()
    in_head = {trigram: count for trigram, count, _ in counted if trigram}
    in_whole = {trigram: count for trigram, _, count in counted if trigram}
    have_all = next(count for trigram, _, count in counted if trigram is None)
    return IndexedParts(_parts(words, in_head), _parts(words, in_whole), have_all > 0)


def _parts(words: Sequence[str], counts: Mapping[str, int]) -> Sequence[str]:
    return tuple(dict.fromkeys(part for word in words for part in parts_of(word, counts))) or words


def parts_of(word: str, counts: Mapping[str, int]) -> Sequence[str]:
    """The longest parts whose every trigram is rare, or else the one useful trigram that is rarest."""
    trigrams = [(found.start(), found[1]) for found in _TRIGRAM.finditer(word)]
    rare = [place for place, trigram in trigrams if counts.get(trigram, 0) <= RARE]
    if rare:
        return tuple(word[first : last + 3] for first, last in _runs(rare))
    useful = [trigram for _, trigram in trigrams if counts[trigram] <= USEFUL]
    return (min(useful, key=counts.__getitem__),) if useful else ()


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """The first and last of each run of numbers, which ascend."""
    firsts = [place for place in places if place - 1 not in places]
    lasts = [place for place in places if place + 1 not in places]
    return list(zip(firsts, lasts, strict=True))
