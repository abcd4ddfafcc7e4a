"""How a municipality organises its casework: boards, handling queues and routing rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from services.routing.rules.explanation import Explanation, result_of, winning
from services.routing.rules.index import NEAREST_MISSES, RuleIndex
from services.routing.rules.rules import Rule, Text
from shared.conditions.areas import Area
from shared.conditions.condition import Facts
from shared.conditions.operators import Surroundings
from shared.events.routing import Authority
from shared.swedish.law import LegalRegime

NOT_ADOPTED = 0

# No municipality's own queue can have this code: theirs have no underscore.
UNNAMED_PROTECTED_QUEUE = "protected_registrar"

AUTHORITIES: Mapping[str, Authority] = {
    "forvaltningsratten": Authority(
        {"sv": "förvaltningsrätten", "en": "the Administrative Court (förvaltningsrätten)"}
    ),
    "kammarratten": Authority(
        {"sv": "kammarrätten", "en": "the Administrative Court of Appeal (kammarrätten)"}  # refused documents, OSL 6:8
    ),
    "lansstyrelsen": Authority({"sv": "länsstyrelsen", "en": "the County Administrative Board (länsstyrelsen)"}),
}


@dataclass(frozen=True)
class Board:
    """An authority of the municipality, with a register of its own. `number_pattern` makes its case numbers."""

    code: str
    name: Text
    number_pattern: str


@dataclass(frozen=True)
class Queue:
    """Where a board's cases wait for officers.

    `publish`: another system may work it over the bus too. `protected`: only the officers that the municipality names
    see the cases in it, whatever boards others have.
    """

    code: str
    name: Text
    board: str
    publish: bool = False
    protected: bool = False


@dataclass(frozen=True)
class NamedOfficer:
    """An officer whom the municipality's file names, so that they can be given cases before they have signed in.

    `subject` is as their tokens have it, `boards` are those whose cases they handle.
    """

    subject: str
    name: str
    boards: tuple[str, ...]


@dataclass(frozen=True)
class System:
    """Another system that works handling queues over the bus: the broker's user that it signs in as, its name."""

    user: str
    name: str
    queues: tuple[str, ...]


@dataclass(frozen=True)
class OfferedEservice:
    """An e-service that the municipality offers: its title, its board, its outcomes by code, and its law."""

    title: Text
    board: str
    outcomes: Mapping[str, Text] = field(default_factory=dict)
    regime: LegalRegime | None = None


@dataclass(frozen=True)
class Routing:
    """Where a submission's case goes, by which rule if any, and why; and the names of rules that could not be tried."""

    queue: Queue
    rule: Rule | None
    explanation: Explanation
    rules_with_errors: list[str]


@dataclass(frozen=True)
class Organisation:
    """One municipality's casework, as of a `version` of its rule set (NOT_ADOPTED when only read from file).

    `protected_officers` are the subjects of the officers who see what is in a protected queue. `appeals` are the
    authorities that its decisions are appealed to, by their kind in e-services. `areas` are those that rules name.
    `officers`, `eservices` and `systems` route nothing: no version of the rules keeps them.
    """

    municipality: str
    boards: Mapping[str, Board]
    queues: Mapping[str, Queue]
    registrar_queue: str
    rules: tuple[Rule, ...]
    protected_officers: tuple[str, ...] = ()
    appeals: Mapping[str, Authority] = field(default_factory=dict)
    areas: Mapping[str, Area] = field(default_factory=dict)
    officers: tuple[NamedOfficer, ...] = ()
    eservices: Mapping[str, OfferedEservice] = field(default_factory=dict)
    systems: tuple[System, ...] = ()
    version: int = NOT_ADOPTED

    @cached_property
    def protected_queue(self) -> Queue:
        """Where a secret case goes that no board or rule takes; where none is named, a queue that nobody sees."""
        named = next((queue for queue in self.queues.values() if queue.protected), None)
        return named or Queue(
            UNNAMED_PROTECTED_QUEUE,
            {"sv": "Skyddade ärenden", "en": "Protected cases"},
            board=self.queues[self.registrar_queue].board,
            protected=True,
        )

    @property
    def eservice_titles(self) -> dict[str, Text]:
        """The titles of the e-services that the municipality offers, by code."""
        return {code: each.title for code, each in self.eservices.items()}

    def regime_of(self, eservice: str | None) -> LegalRegime | None:
        """The law that the cases of the e-service are handled under; None where that is not known."""
        offered = self.eservices.get(eservice or "")
        return offered.regime if offered else None

    def outcomes_of(self, eservice: str | None) -> dict[str, Text]:
        """The outcomes of the e-service, or of all of them for None: each code once, as the first calls it."""
        chosen = [each for code, each in self.eservices.items() if eservice in (None, code)]
        return {code: label for each in reversed(chosen) for code, label in each.outcomes.items()}

    def outcome(self, code: str, eservice: str | None) -> Text:
        """What the outcome is called, by the e-service or else by another; one that none has is known by its code."""
        return self.outcomes_of(eservice).get(code) or self.outcomes_of(None).get(code) or {"sv": code}

    def route(self, facts: Facts, *, board: str, secret: bool, today: date) -> Routing:
        """The first rule that matches decides; what none matches goes to the registrar's queue.

        A secret case fails closed: where no rule matches it or `board`, its e-service's, is none of the
        municipality's, it goes to the protected queue. `today` is the day in Sweden that it was received.
        """
        surroundings = Surroundings(today, self.areas)
        choice = self._index.choose(facts, surroundings)
        missing_board = board if secret and board not in self.boards else None
        rule = None if missing_board else choice.winner
        passed_over = [choice.winner] if choice.winner and not rule else []
        misses = [*passed_over, *choice.nearest_misses][:NEAREST_MISSES]
        queue = self._queue_for(rule, secret)
        explanation = Explanation(
            version=self.version,
            queue=queue.code,
            queue_name=dict(queue.name),
            winner=winning(rule, facts, surroundings) if rule else None,
            nearest_misses=[result_of(each, facts, surroundings) for each in misses],
            missing_board=missing_board,
        )
        return Routing(queue, rule, explanation, [each.name for each in choice.with_errors])

    def queue(self, code: str) -> Queue:
        """The queue of this code; one that the municipality no longer has is known by its code alone."""
        if code == self.protected_queue.code:
            return self.protected_queue
        return self.queues.get(code) or Queue(code, {"sv": code}, board="")

    def system(self, user: str | None) -> System | None:
        """The system that signs in to the broker as this user."""
        return next((each for each in self.systems if each.user == user), None)

    def authority(self, kind: str) -> Authority:
        """The municipality's authority of this kind, else by its general name; a kind unknown here keeps its code."""
        return self.appeals.get(kind) or AUTHORITIES.get(kind) or Authority({"sv": kind})

    def published_keys(self) -> tuple[str, ...]:
        """The routing keys on `arende.handling` of the queues that are published."""
        return tuple(handling_key(queue.code, self.municipality) for queue in self.queues.values() if queue.publish)

    @cached_property
    def _index(self) -> RuleIndex:
        return RuleIndex(self.rules)

    def _queue_for(self, rule: Rule | None, secret: bool) -> Queue:
        if rule:
            return self.queues[rule.queue]
        return self.protected_queue if secret else self.queues[self.registrar_queue]


def handling_key(queue: str, municipality: str) -> str:
    """A handling queue's routing key on the bus: `gata.2039`."""
    return f"{queue}.{municipality}"
