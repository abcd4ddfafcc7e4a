"""The search of the catalogue, in memory: an index of words for a municipality and a language.

A word of a query is found as it stands, as the beginning or another part of a word, and the other way round, as
Swedish puts words together (`lampa`, `gatlampa`); and with a slip of the finger. Only where no word begins so are å, ä
and ö taken for a and o. The work is bounded by the length of what is asked, which is looked at first.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from services.intake.eservices.definition import EService
from shared.i18n.formats import localized
from shared.text import TextTooLong, TooManyMarks, normalized

LONGEST_QUERY = 200  # characters
MOST_WORDS = 8  # of a query; the rest is not looked for
LONGEST_WORD = 40  # of a query: the rest of a longer one is not looked at

# How much a word counts for by where it stands.
TITLE, SEARCH_WORDS, SUMMARY, INTRO = 8.0, 6.0, 3.0, 1.0

# How much of that is left by how it is found.
BEGINNING, PART, SLIP = 0.8, 0.6, 0.4

SHORTEST_PART = 4  # characters: the parts that shorter ones are of have nothing to do with them
LIKENESS = 0.8  # of two words, from 0 to 1, for one to be the other with a slip
MOST_COMPARED = 50  # words that a word is compared with, character by character

_WORD = re.compile(r"[^\W_]+")
_STOP_WORDS = re.compile(
    "att|av|de|den|det|en|ett|för|har|hur|i|jag|kan|med|mig|min|mitt|mina|om|och|på|till|vad|var|vill|"
    "a|an|and|can|do|for|how|in|is|my|of|on|or|the|to|want|what"
)

Postings = Mapping[int, float]


class Index:
    """The words of some e-services in a language, Swedish where a text lacks it, and of each how much it counts."""

    def __init__(self, eservices: Sequence[EService], language: str) -> None:
        self._eservices = eservices
        weighed: dict[str, dict[int, float]] = {}
        for number, eservice in enumerate(eservices):
            for word, weight in _words_of(eservice, language):
                counted = weighed.setdefault(word, {})
                counted[number] = max(weight, counted.get(number, 0))
        self._plain = _Words(weighed)
        self._folded = _Words(_folded_together(weighed))

    def find(self, query: str) -> list[EService]:
        """The e-services that have most words of the query, the most fitting first. All where it has no word."""
        words = _words_of_query(query)
        if not words:
            return list(self._eservices)
        scores: defaultdict[int, float] = defaultdict(float)
        times: Counter[int] = Counter()
        for word in words:
            for number, score in self._scores(word).items():
                scores[number] += score
                times[number] += 1
        most = max(times.values(), default=0)
        best = sorted((each for each in scores if times[each] == most), key=lambda each: (-scores[each], each))
        return [self._eservices[number] for number in best]

    def _scores(self, word: str) -> dict[int, float]:
        """How much the word counts for of each e-service; å, ä and ö are kept apart where that finds a beginning."""
        scores, quality = self._plain.find(word)
        if quality < BEGINNING:
            for number, score in self._folded.find(folded(word))[0].items():
                scores[number] = max(score, scores.get(number, 0))
        return scores


class _Words:
    """Words, with the e-services that have them and how much each counts."""

    def __init__(self, weighed: Mapping[str, Postings]) -> None:
        self._postings = weighed
        # Texts are long, and their words are of everything: they count only as they stand.
        self._distinctive = [word for word, of in weighed.items() if max(of.values()) > INTRO and len(word) > 1]
        self._by_trigram: dict[str, list[str]] = {}
        for word in self._distinctive:
            for trigram in _trigrams(word):
                self._by_trigram.setdefault(trigram, []).append(word)

    def find(self, word: str) -> tuple[dict[int, float], float]:
        """How much the word counts for of each e-service that has it, or one like it; and how like the likest is."""
        found: dict[int, float] = {}
        likest = 0.0
        for known, quality in self._alike(word):
            likest = max(likest, quality)
            for number, weight in self._postings[known].items():
                if quality == 1 or weight > INTRO:
                    found[number] = max(found.get(number, 0), quality * weight)
        return found, likest

    def _alike(self, word: str) -> Iterator[tuple[str, float]]:
        if word in self._postings:
            yield word, 1
        for known in self._distinctive:
            if known.startswith(word):
                yield known, BEGINNING
            elif len(word) >= SHORTEST_PART and word in known:
                yield known, PART
            elif len(known) >= SHORTEST_PART and known in word:
                yield known, BEGINNING if word.startswith(known) else PART
        if len(word) >= SHORTEST_PART:
            yield from ((known, SLIP) for known in self._with_a_slip(word))

    def _with_a_slip(self, word: str) -> Iterator[str]:
        shared = Counter(known for trigram in _trigrams(word) for known in self._by_trigram.get(trigram, ()))
        matcher = SequenceMatcher(None, b=word, autojunk=False)
        for known, _ in shared.most_common(MOST_COMPARED):
            matcher.set_seq1(known)
            if matcher.quick_ratio() >= LIKENESS and matcher.ratio() >= LIKENESS:
                yield known


def folded(word: str) -> str:
    """The word without its diacritics: `for` for `för`."""
    return "".join(each for each in unicodedata.normalize("NFD", word) if not unicodedata.combining(each))


def _words_of(eservice: EService, language: str) -> Iterator[tuple[str, float]]:
    own = eservice.search_words
    for weight, text in (
        (TITLE, localized(eservice.title, language)),
        (SEARCH_WORDS, " ".join(own.get(language, ()))),
        (SUMMARY, localized(eservice.summary, language)),
        (INTRO, localized(eservice.intro, language)),
    ):
        for word in _words(unicodedata.normalize("NFC", text)):
            yield word, weight


def _words_of_query(query: str) -> list[str]:
    """The words to look for, each once. Of a query that is too long, or no text at all, only what is bounded."""
    try:
        text = normalized(query, LONGEST_QUERY)[:LONGEST_QUERY]
    except TextTooLong:
        return _words_of_query(query[:LONGEST_QUERY])
    except TooManyMarks:
        return []
    words = list(dict.fromkeys(word[:LONGEST_WORD] for word in _words(text)))
    return ([word for word in words if not _STOP_WORDS.fullmatch(word)] or words)[:MOST_WORDS]


def _words(text: str) -> Iterable[str]:
    return _WORD.findall(text.casefold())


def _trigrams(word: str) -> set[str]:
    padded = f" {word} "
    return {padded[start : start + 3] for start in range(len(padded) - 2)}


def _folded_together(weighed: Mapping[str, Postings]) -> dict[str, dict[int, float]]:
    together: dict[str, dict[int, float]] = {}
    for word, postings in weighed.items():
        counted = together.setdefault(folded(word), {})
        for number, weight in postings.items():
            counted[number] = max(weight, counted.get(number, 0))
    return together
