"""The directory over the API: what it answers, and what it refuses at which field."""

from uuid import uuid4

import pytest

from services.routing.actions.assign import assign
from services.routing.app import create_app
from services.routing.directory.models import Absence
from tests.store.routing.casework import ERIK, EVA, command, everything, settings_of

API = "/routing/api/v1"


@pytest.fixture
def database_url(tmp_path):
    """What the API answers does not depend on the kind of store: one of them will do here."""
    return f"sqlite:///{tmp_path}/store.sqlite"


@pytest.fixture
def client(store, organisations, clock, provider):
    """A client of routing's web app on the store."""
    return create_app(settings_of(store, provider.issuer), clock=clock).test_client()


@pytest.fixture
def anna(client, provider, clock):
    """Sends a request as Anna, registrar, who is in the directory from her first one on."""

    def send(method, path, body=None, key=None, **claims):
        bearer = provider.bearer(now=clock(), **{"roles": ["officer", "registrar"], "boards": [], **claims})
        headers = bearer | ({"Idempotency-Key": key} if key else {})
        return client.open(API + path, method=method, json=body, headers=headers)

    return send


def test_officers_are_listed_shown_and_kept(casework, anna):
    eva, _ = casework.knows(EVA, ERIK)

    first = anna("GET", "/officers?limit=1").json
    rest = anna("GET", f"/officers?cursor={first['next']}").json
    found = anna("GET", "/officers?name=EK&board=BN").json["items"]
    assert [each["name"] for each in (*first["items"], *rest["items"])] == [
        "Anna Andersson",
        "Erik Eriksson",
        "Eva Ek",
    ]
    assert [(each["id"], each["subject"], each["boards"]) for each in found] == [(str(eva), "eva", ["BN"])]

    away = {"first_day": "2026-11-23", "last_day": "2026-11-27", "deputy": None}
    made, again = (anna("POST", f"/officers/{eva}/absences", away, key="k1") for _ in range(2))
    assert (made.status_code, made.json) == (201, again.json)
    takes = {"queues": ["bygglov"], "eservices": None}
    shown = anna("PUT", f"/officers/{eva}/competence", takes).json
    assert (shown["competence"], shown["absence"]["id"]) == (takes, made.json["id"])
    assert anna("DELETE", f"/officers/{eva}/absences/{made.json['id']}").status_code == 204
    assert anna("GET", f"/officers/{eva}").json["absences"] == []
    taken = anna("POST", "/queues/gata/claims", sub="eva", roles=["officer"], boards=["TN", "BN"])
    assert (taken.status_code, taken.json["type"]) == (409, "urn:arende:problem:queue-not-taken")


def test_what_an_officer_has_is_previewed_and_handed_over(casework, alvdalen, anna):
    [eva] = casework.knows(EVA)
    case = casework.a_case()
    assign(command(case), "eva", alvdalen, **casework.store_and_time)
    me = anna("GET", "/officers?name=Anna").json["items"][0]["id"]

    foretold = anna("GET", f"/officers/{eva}/hand-over-preview?to={me}&queues=bygglov")
    begun = anna("POST", f"/officers/{eva}/hand-overs", {"to": me})

    assert foretold.json == {
        "total": 1,
        "not_taken": 0,
        "subtasks": 0,
        "subtasks_not_taken": 0,
        "others_may_remain": False,
        "queues": [{"queue": "bygglov", "cases": 1}],
    }
    assert (begun.status_code, begun.json["handed"], begun.json["failures"]) == (201, 1, [])
    assert anna("GET", begun.headers["Location"].removeprefix(API)).json == begun.json
    assert casework.now(case).officer_subject == "anna.andersson"


def test_a_conflict_of_interest_is_declared_once_and_then_nothing_is_handled(casework, anna):
    case = casework.a_case()
    anna("POST", f"/cases/{case.id}/claims")

    declared = anna("POST", f"/cases/{case.id}/conflicts-of-interest", {"reason": "Min bror söker."})
    refused = anna("POST", f"/cases/{case.id}/claims")

    assert (declared.status_code, declared.json["state"]) == (201, "queued")
    assert (refused.status_code, refused.json["type"]) == (403, "urn:arende:problem:conflict-of-interest")
    assert anna("POST", "/queues/bygglov/claims").status_code == 204


@pytest.mark.parametrize(
    ("method", "path", "body", "pointers"),
    [
        ("POST", "absences", {}, ["/first_day"]),
        ("POST", "absences", {"first_day": "i dag"}, ["/first_day"]),
        ("POST", "absences", {"first_day": "2026-11-23", "last_day": "2026-11-20"}, ["/last_day"]),
        ("POST", "absences", {"first_day": "2026-11-23", "deputy": str(uuid4())}, ["/deputy"]),
        ("POST", "absences", {"first_day": "2026-11-23", "reason": "Sjuk"}, ["/reason"]),
        ("PUT", "competence", {"queues": ["ingen"], "eservices": None}, ["/queues"]),
        ("PUT", "competence", {"queues": None, "eservices": ["ingen"]}, ["/eservices"]),
        ("PUT", "competence", {}, ["/eservices", "/queues"]),
        ("POST", "hand-overs", {}, ["/to"]),
        ("POST", "hand-overs", {"to": str(uuid4())}, ["/to"]),
    ],
)
def test_wrong_values_are_errors_at_their_place(casework, anna, method, path, body, pointers):
    [eva] = casework.knows(EVA)

    answer = anna(method, f"/officers/{eva}/{path}", body)

    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert sorted(error["pointer"] for error in answer.json["errors"]) == pointers
    assert everything(casework.store, Absence) == []


def test_what_is_not_there_is_not_found_and_what_is_not_theirs_refused(casework, anna):
    eva, erik = casework.knows(EVA, ERIK)
    as_erik = {"sub": "erik", "name": "Erik Eriksson", "roles": ["officer"], "boards": ["TN"]}
    away = {"first_day": "2026-11-23"}

    assert anna("GET", f"/officers/{uuid4()}").status_code == 404
    assert anna("GET", f"/officers/{eva}", **as_erik).status_code == 404
    assert anna("DELETE", f"/officers/{eva}/absences/{uuid4()}").status_code == 404
    assert anna("GET", f"/hand-overs/{uuid4()}").status_code == 404
    assert anna("POST", f"/officers/{erik}/absences", away, **as_erik).status_code == 201
    as_colleague = {**as_erik, "sub": "per", "name": "Per Ek"}
    for refused in (
        anna("POST", f"/officers/{erik}/absences", away, **as_colleague),
        anna("PUT", f"/officers/{erik}/competence", {"queues": None, "eservices": None}, **as_erik),
        anna("POST", f"/officers/{erik}/hand-overs", {"to": None}, **as_colleague),
    ):
        assert (refused.status_code, refused.json["type"]) == (403, "urn:arende:problem:not-yours")
        by_oneself = "handläggaren själv" in refused.json["detail"]
        assert by_oneself is (refused.request.path.rpartition("/")[2] != "competence")
    assert anna("GET", "/officers?cursor=x").status_code == 400
    assert anna("GET", "/officers?whose=x").status_code == 422
