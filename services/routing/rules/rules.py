"""Routing rules: data, not code (docs/decisions/0005). The first rule whose conditions all hold decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from shared.conditions.condition import Condition, Group
from shared.events.intake import Deadline

Text = Mapping[str, str]


class Priority(IntEnum):
    """How urgent a case is: shown on its page and by the API, and part of its hand-out day (queues/claim_next.py)."""

    LOW = -1
    NORMAL = 0
    HIGH = 1
    URGENT = 2

    @property
    def code(self) -> str:
        """What files and the API call it."""
        return self.name.lower()


@dataclass(frozen=True)
class Rule:
    """When all members of `when` hold, the case goes to `queue`; `because` completes "since" in each language.

    The case gets the rule's priority and tags, and its deadline in place of the e-service's where it has one.
    """

    name: str
    because: Text
    when: Group
    queue: str
    priority: Priority = Priority.NORMAL
    tags: tuple[str, ...] = ()
    deadline: Deadline | None = None

    @property
    def eservices(self) -> frozenset[str] | None:
        """The only e-services that it can match, as its conditions require one of them; None: it may match any."""
        for member in self.when.members:
            if isinstance(member, Condition) and member.fact == "eservice" and member.operator in ("is", "one_of"):
                values = member.value if isinstance(member.value, tuple) else (member.value,)
                if all(isinstance(each, str) for each in values):
                    return frozenset(values)
        return None
