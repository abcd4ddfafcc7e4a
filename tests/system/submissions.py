"""Submissions as citizens fill them in. Nobody in them exists."""

from typing import Any


def a_fault_report(**answers: Any) -> dict[str, Any]:
    """A felanmälan from somebody who wants an answer."""
    return {
        "eservice": "felanmalan",
        "language": "sv",
        "answers": {
            "category": "street_light",
            "place": {"text": "Dalgatan 12, vid bron"},
            "description": "Tre lampor i rad är släckta.",
            "noticed_on": "2026-11-20",
            "wants_answer": True,
            "email": "karin.lund@example.se",
            **answers,
        },
    }


def an_anonymous_fault_report(**answers: Any) -> dict[str, Any]:
    """A felanmälan from somebody who gives no name or address."""
    report = a_fault_report(wants_answer=False, **answers)
    del report["answers"]["email"]
    return report


def a_building_permit_application(**attachments: list[str]) -> dict[str, Any]:
    """An ansökan om bygglov; the personal number is from Skatteverket's list of test numbers."""
    return {
        "eservice": "bygglov",
        "language": "en",
        "answers": {
            "applicant_name": "Nils Öberg",
            "applicant_number": "19861209-2380",
            "email": "nils.oberg@example.se",
            "property": "Kyrkbyn 12:4",
            "measure": "outbuilding",
            "description": "Garage i trä, rött med vita knutar.",
            "area": 32.5,
            "detailed_plan": "inside",
            "invoice_address": {"street": "Dalgatan 12", "postal_code": "796 31", "city": "Älvdalen"},
        },
        "attachments": attachments,
    }


def a_proposal() -> dict[str, Any]:
    """A medborgarförslag."""
    return {
        "eservice": "medborgarforslag",
        "language": "sv",
        "answers": {
            "subject": "Belysning på stigen längs Österdalälven",
            "area": "traffic",
            "proposal": "Sätt upp lampor mellan bron och skolan.",
            "reasons": "Barnen går där på vintern.",
            "name": "Elsa Berg",
            "address": {"street": "Skolvägen 3", "postal_code": "796 30", "city": "Älvdalen"},
            "email": "elsa.berg@example.se",
            "resident": True,
        },
    }


# The smallest PDF that tools recognise as one.
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"

# A picture of one point.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c636060f8ff1f0003020180a5d4e0b70000000049454e44ae426082"
)
