"""A register of made-up properties, which forms are prefilled from in the embedded default (docs/registers.md)."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, request
from flask.typing import ResponseReturnValue

from shared.clock import utc_now
from shared.swedish.time import local_date

PATH = "/demo-register/"
REGISTER = "property"

Facts = Mapping[str, Any]

PROPERTIES: Mapping[tuple[str, str], Facts] = {
    ("2039", "kyrkbyn 12:4"): {
        "address": {"street": "Dalgatan 12", "postal_code": "796 31", "city": "Älvdalen"},
        "area": 1240,
        "detailed_plan": "inside",
    },
    ("2039", "åsen 3:14"): {
        "address": {"street": "Åsen Nybodavägen 3", "postal_code": "796 90", "city": "Älvdalen"},
        "area": 5630,
        "detailed_plan": "outside",
    },
    ("2409", "ånäset 4:22"): {
        "address": {"street": "Kungsvägen 40", "postal_code": "915 34", "city": "Ånäset"},
        "area": 987.5,
        "detailed_plan": "inside",
    },
}


def register() -> Flask:
    """The register as a WSGI application; its address is `PATH` at the origin."""
    app = Flask(__name__)

    @app.post(f"{PATH}look-ups")
    def look_up() -> ResponseReturnValue:
        asked = request.get_json()
        if asked.get("register") != REGISTER:
            return {"title": "There is no such register."}, 404
        facts = PROPERTIES.get((str(asked.get("municipality")), str(asked.get("key")).casefold()), {})
        return {"facts": facts, "as_of": local_date(utc_now()).isoformat()}

    return app
