"""The forms that are sent in: every second a felanmälan, every second a medborgarförslag, of about 2 kB each."""

import json
from uuid import uuid4

from bench.load import request

TENANT = "alvdalen"
PATH = f"/intake/api/v1/municipalities/{TENANT}/submissions"

_SENTENCE = (
    "Lyktstolpen vid övergångsstället lutar ut över vägen och lampan har varit släckt sedan i början av november. "
)


def submission(origin: str, number: int) -> bytes:
    """The whole request that sends in form `number`, from a submitter of its own; as careful clients do, with a key."""
    eservice, answers = (_fault, _proposal)[number % 2](f"boende.{number}@example.se")
    body = {"eservice": eservice, "language": "sv", "answers": answers}
    return request(
        "POST",
        origin + PATH,
        json.dumps(body, ensure_ascii=False).encode(),
        Content_Type="application/json",
        Idempotency_Key=str(uuid4()),
    )


def _fault(email: str) -> tuple[str, dict[str, object]]:
    return "felanmalan", {
        "category": "street_light",
        "place": {"text": "Dalgatan 31, stolpe 4711", "latitude": 61.2275, "longitude": 14.0392},
        "description": _SENTENCE * 14,
        "noticed_on": "2026-11-02",
        "wants_answer": True,
        "email": email,
    }


def _proposal(email: str) -> tuple[str, dict[str, object]]:
    return "medborgarforslag", {
        "subject": "Belysning längs gångvägen till skolan",
        "area": "traffic",
        "proposal": _SENTENCE * 7,
        "reasons": _SENTENCE * 5,
        "name": "Kim Karlsson",
        "address": {"street": "Dalgatan 31", "postal_code": "796 31", "city": "Älvdalen"},
        "email": email,
        "phone": "070-123 45 67",
        "resident": True,
    }
