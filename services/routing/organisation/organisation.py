"""How a municipality organises its casework: boards, handling queues and routing rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.routing.rules.rules import Explanation, Facts, Rule, Text, try_all
from shared.events.routing import Authority

NOT_ADOPTED = 0

AUTHORITIES: Mapping[str, Authority] = {
    "forvaltningsratten": Authority(
        {"sv": "förvaltningsrätten", "en": "the Administrative Court (förvaltningsrätten)"}
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
    """Where a board's cases wait for officers. `publish`: another system may work it over the bus too."""

    code: str
    name: Text
    board: str
    publish: bool = False


@dataclass(frozen=True)
class Organisation:
    """One municipality's casework, as of a `version` of its rule set (NOT_ADOPTED when only read from file).

    `appeals` are the authorities that its decisions are appealed to, by their kind in e-services.
    """

    municipality: str
    boards: Mapping[str, Board]
    queues: Mapping[str, Queue]
    registrar_queue: str
    rules: tuple[Rule, ...]
    appeals: Mapping[str, Authority] = field(default_factory=dict)
    version: int = NOT_ADOPTED

    def route(self, facts: Facts) -> Explanation:
        """Try the rules in order: the first that matches decides; what none matches goes to the registrar's queue."""
        tried = try_all(self.rules, facts)
        winner = next((rule for rule, each in zip(self.rules, tried, strict=True) if each.matched), None)
        queue = self.queues[winner.queue if winner else self.registrar_queue]
        return Explanation(
            version=self.version,
            queue=queue.code,
            queue_name=dict(queue.name),
            winner=winner.name if winner else None,
            because=dict(winner.because) if winner else None,
            rules=tried,
        )

    def queue(self, code: str) -> Queue:
        """The queue of this code; one that the municipality no longer has is known by its code alone."""
        return self.queues.get(code) or Queue(code, {"sv": code}, board="")

    def authority(self, kind: str) -> Authority:
        """The municipality's authority of this kind, else by its general name; a kind unknown here is told as it is."""
        return self.appeals.get(kind) or AUTHORITIES.get(kind) or Authority({"sv": kind})

    def published_keys(self) -> tuple[str, ...]:
        """The routing keys on `arende.handling` of the queues that are published."""
        return tuple(handling_key(queue.code, self.municipality) for queue in self.queues.values() if queue.publish)


def handling_key(queue: str, municipality: str) -> str:
    """A handling queue's routing key on the bus: `gata.2039`."""
    return f"{queue}.{municipality}"
