"""The catalogue: what a municipality offers, by topic, narrowed down by topic, life situation and search."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.intake.eservices.definition import EService
from services.intake.eservices.offer import Offer
from services.intake.eservices.vocabulary import Vocabulary
from services.intake.forms.fields.field import LANGUAGES, Text


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for: a search, the code of a topic, that of a life situation. Each may be empty."""

    query: str = ""
    topic: str = ""
    life_situation: str = ""


@dataclass(frozen=True)
class Catalogue:
    """The e-services found, the most fitting first where there was a search, and the terms that lead to any.

    `topics` and `life_situations` have the label of each term of the municipality's e-services, by code.
    """

    found: list[EService]
    topics: Mapping[str, Text]
    life_situations: Mapping[str, Text]

    def by_topic(self) -> list[tuple[Text | None, list[EService]]]:
        """The e-services found under the topic that fits each best; at the end, without a label, those of none."""
        groups: dict[str | None, list[EService]] = {code: [] for code in (*self.topics, None)}
        for eservice in self.found:
            groups[next((code for code in eservice.topics if code in self.topics), None)].append(eservice)
        return [(self.topics.get(code or ""), each) for code, each in groups.items() if each]


def catalogue(offer: Offer, slug: str, language: str, wanted: Wanted) -> Catalogue:
    """What is found of the municipality's e-services; where it is nothing, the search is tried in other languages."""
    every, vocabulary = offer.eservices(slug), offer.vocabulary
    searches = (offer.index(slug, each).find(wanted.query) for each in (language, *LANGUAGES))
    found = next((found for found in searches if found), [])
    return Catalogue(
        [each for each in found if _fits(each, wanted, vocabulary)],
        _used(vocabulary.topics, (each.topics for each in every)),
        _used(vocabulary.life_situations, (each.life_situations for each in every)),
    )


def _fits(eservice: EService, wanted: Wanted, vocabulary: Vocabulary) -> bool:
    """A term that is no more leaves nothing out: an address that was sent to somebody still leads somewhere."""
    return _has(wanted.topic, eservice.topics, vocabulary.topics) and _has(
        wanted.life_situation, eservice.life_situations, vocabulary.life_situations
    )


def _has(code: str, codes: Iterable[str], known: Mapping[str, Text]) -> bool:
    return code not in known or code in codes


def _used(terms: Mapping[str, Text], uses: Iterable[Iterable[str]]) -> dict[str, Text]:
    used = {code for codes in uses for code in codes}
    return {code: label for code, label in terms.items() if code in used}
