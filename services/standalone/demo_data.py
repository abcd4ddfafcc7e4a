"""The people and the submissions of the standalone installation; none of them exist."""

from dataclasses import dataclass
from typing import Any

AUDIENCE = "arende"
DESK_CLIENT = "arende-desk"
TOOLS_CLIENT = "arende-tools"


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in: `subject` is what they sign in as, the rest are claims of their token."""

    subject: str
    name: str
    municipality: str
    roles: tuple[str, ...]
    boards: tuple[str, ...]
    description: str

    @property
    def claims(self) -> dict[str, Any]:
        """The claims that the OpenID provider puts in their token."""
        return {
            "name": self.name,
            "municipality": self.municipality,
            "roles": list(self.roles),
            "boards": list(self.boards),
        }


PEOPLE = (
    Person(
        "anna.andersson",
        "Anna Andersson",
        "2039",
        ("officer", "registrar"),
        ("TN", "BN", "KS"),
        "handläggare och registrator, Älvdalen",
    ),
    Person("erik.eriksson", "Erik Eriksson", "2039", ("officer",), ("TN",), "handläggare, Älvdalen"),
    Person(
        "sara.svensson",
        "Sara Svensson",
        "2409",
        ("officer", "registrar"),
        ("TN", "BN", "KS"),
        "handläggare och registrator, Robertsfors",
    ),
)

SUBMISSIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "alvdalen",
        {
            "eservice": "felanmalan",
            "language": "sv",
            "answers": {
                "category": "street_light",
                "place": {"text": "Dalgatan 12, vid bron"},
                "description": "Tre lampor i rad är släckta sedan i måndags.",
                "wants_answer": True,
                "email": "karin.lund@example.se",
            },
        },
    ),
    (
        "alvdalen",
        {
            "eservice": "felanmalan",
            "language": "en",
            "answers": {
                "category": "road",
                "place": {"text": "Korsningen Skolvägen och Älvgatan"},
                "description": "A deep hole in the road, in the right-hand wheel track.",
            },
        },
    ),
    (
        "alvdalen",
        {
            "eservice": "medborgarforslag",
            "language": "sv",
            "answers": {
                "subject": "Belysning på stigen längs älven",
                "area": "traffic",
                "proposal": "Sätt upp lampor längs stigen mellan bron och skolan.",
                "reasons": "Barnen går där på vintern.",
                "name": "Elsa Berg",
                "address": {"street": "Skolvägen 3", "postal_code": "796 30", "city": "Älvdalen"},
                "email": "elsa.berg@example.se",
                "resident": True,
            },
        },
    ),
    (
        "robertsfors",
        {
            "eservice": "felanmalan",
            "language": "sv",
            "answers": {
                "category": "park",
                "place": {"text": "Lekplatsen vid Bruksparken"},
                "description": "En gunga har lossnat från sin krok.",
            },
        },
    ),
)
