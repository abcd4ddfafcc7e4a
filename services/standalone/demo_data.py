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
            "email": f"{self.subject}@example.se",
        }


PEOPLE = (
    Person(
        "anna.andersson",
        "Anna Andersson",
        "2039",
        ("officer", "registrar", "editor"),
        ("TN", "BN", "KS"),
        "handläggare och registrator, Älvdalen",
    ),
    Person("erik.eriksson", "Erik Eriksson", "2039", ("officer",), ("TN",), "handläggare, Älvdalen"),
    Person("karin.dahl", "Karin Dahl", "2039", ("officer",), ("SN",), "socialsekreterare, Älvdalen"),
    Person("johan.berg", "Johan Berg", "2039", ("officer",), ("BUN", "KFN", "MN"), "handläggare, Älvdalen"),
    Person(
        "sara.svensson",
        "Sara Svensson",
        "2409",
        ("officer", "registrar", "editor"),
        ("TN", "BN", "KS"),
        "handläggare och registrator, Robertsfors",
    ),
    Person("nils.lundgren", "Nils Lundgren", "2409", ("officer",), ("SN",), "socialsekreterare, Robertsfors"),
    Person("greta.moren", "Greta Morén", "2409", ("officer",), ("BUN", "KFN", "MN"), "handläggare, Robertsfors"),
    Person(
        "maria.nilsson",
        "Maria Nilsson",
        "2281",
        ("officer", "registrar", "editor"),
        ("TN", "BN", "MN", "KS"),
        "handläggare och registrator, Sundsvall",
    ),
    Person("olle.strom", "Olle Ström", "2281", ("officer",), ("SN", "VON"), "socialsekreterare, Sundsvall"),
    Person("ida.holm", "Ida Holm", "2281", ("officer",), ("BUN", "KFN"), "handläggare, Sundsvall"),
    Person(
        "lars.olsson",
        "Lars Olsson",
        "1780",
        ("officer", "registrar", "editor"),
        ("TN", "BN", "MN", "KS"),
        "handläggare och registrator, Karlstad",
    ),
    Person("mona.ek", "Mona Ek", "1780", ("officer",), ("SN", "VON"), "socialsekreterare, Karlstad"),
    Person("per.wiklund", "Per Wiklund", "1780", ("officer",), ("BUN", "KFN"), "handläggare, Karlstad"),
    Person(
        "eva.persson",
        "Eva Persson",
        "0880",
        ("officer", "registrar", "editor"),
        ("TN", "BN", "MN", "KS"),
        "handläggare och registrator, Kalmar",
    ),
    Person("hanna.lind", "Hanna Lind", "0880", ("officer",), ("SN", "OMN"), "socialsekreterare, Kalmar"),
    Person("tom.falk", "Tom Falk", "0880", ("officer",), ("BUN", "KFN"), "handläggare, Kalmar"),
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
    (
        "sundsvall",
        {
            "eservice": "felanmalan",
            "language": "sv",
            "answers": {
                "category": "traffic_signal",
                "place": {"text": "Korsningen Storgatan och Köpmangatan"},
                "description": "Signalen för gående lyser rött hela tiden.",
            },
        },
    ),
    (
        "karlstad",
        {
            "eservice": "synpunkt",
            "language": "sv",
            "answers": {
                "kind": "praise",
                "topic": "culture",
                "unit": "Stadsbiblioteket",
                "text": "Tack för att ni har öppet på söndagar!",
                "wants_answer": False,
            },
        },
    ),
    (
        "kalmar",
        {
            "eservice": "allman_handling",
            "language": "sv",
            "answers": {
                "what": "Protokollet från kommunstyrelsens senaste möte.",
                "held_by": "executive",
                "delivery": "email",
                "email": "nyfiken@example.se",
            },
        },
    ),
)

# By whom each is written, with the role editor.
MACROS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "anna.andersson",
        {
            "name": "Ta ärendet och meddela att vi har börjat",
            "eservice": "felanmalan",
            "steps": [
                {"action": "claim"},
                {
                    "action": "message",
                    "values": {
                        "text": {
                            "sv": "Tack för din anmälan {reference}. Vi har börjat med den.\n\n{officer}, {board}",
                            "en": "Thank you for your report {reference}. We have begun.\n\n{officer}, {board}",
                        }
                    },
                },
            ],
        },
    ),
    (
        "anna.andersson",
        {
            "name": "Åtgärdat: svara och avsluta",
            "eservice": "felanmalan",
            "steps": [
                {
                    "action": "decide",
                    "values": {
                        "outcome": "atgardat",
                        "reasons": {
                            "sv": "Felet som du anmälde {received} är åtgärdat. Tack för hjälpen!\n\n{officer}",
                            "en": "The fault that you reported on {received} is mended. Thank you!\n\n{officer}",
                        },
                    },
                },
                {"action": "close"},
            ],
        },
    ),
    (
        "anna.andersson",
        {
            "name": "Begär bild och vänta två veckor",
            "steps": [
                {
                    "action": "request_supplement",
                    "values": {
                        "text": {
                            "sv": "Skicka en bild, så att vi hittar rätt. Svara senast den {answer_by}.",
                            "en": "Send a picture, so that we find the place. Answer by {answer_by}.",
                        },
                        "answer_by": {"days": 14},
                    },
                },
                {
                    "action": "put_on_hold",
                    "values": {"until_day": {"days": 15}, "reason": {"sv": "Väntar på en bild."}},
                },
                {"action": "add_tag", "values": {"tag": "bild-saknas"}},
            ],
        },
    ),
)
