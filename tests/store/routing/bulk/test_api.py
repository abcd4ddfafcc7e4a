"""Many cases at once over the API: what would happen, ordering it, and how it goes."""

from dataclasses import replace
from uuid import uuid4

import pytest

from services.routing.actions.claim import claim
from services.routing.app import create_app
from services.routing.bulk.offer import IN_BULK
from services.routing.directory.absences import AbsenceRequest, enter_absence
from tests.builders import NOON
from tests.store.routing.casework import ANNA, ERIK, EVA, command, settings_of

API = "/routing/api/v1"


@pytest.fixture
def database_url(tmp_path):
    """What the API answers does not depend on the kind of store: one of them will do here."""
    return f"sqlite:///{tmp_path}/store.sqlite"


@pytest.fixture
def anna(store, organisations, clock, provider):
    """Sends requests as Anna, who sees all boards."""
    client = create_app(settings_of(store, provider.issuer), clock=clock).test_client()
    bearer = provider.bearer(now=clock(), roles=["officer", "registrar"], boards=[])

    def call(method, path, body=None, key=None, **query):
        headers = bearer | ({"Idempotency-Key": key} if key else {})
        return client.open(API + path, method=method, json=body, headers=headers, query_string=query)

    return call


def selected(*cases):
    """These cases, chosen."""
    return {"cases": [{"id": str(case.id)} for case in cases]}


def test_the_reference_lists_the_actions_that_may_be_requested(anna):
    described = anna("GET", "/openapi.json").json["components"]["schemas"]["BulkRequest"]["properties"]["action"]

    assert described["enum"] == [str(action) for action in IN_BULK]


def test_an_action_is_previewed_ordered_and_followed(casework, anna, perform):
    first, second = casework.a_case(), casework.a_case(email=None)
    body = {"selection": {"queue": {"code": "bygglov", "state": "queued"}}, "action": "claim"}

    foreseen = anna("POST", "/bulk-previews", body).json
    answer = anna("POST", "/bulk-jobs", body, key="k")
    perform()
    again = anna("POST", "/bulk-jobs", body, key="k")

    assert (foreseen["cases"], foreseen["possible"], foreseen["failures"]) == (2, 2, [])
    assert "claim" in foreseen["offered"]
    assert foreseen["notified"] == "by_eservice"
    assert foreseen["recipients"] == {"by_mail": 1, "secret": 0, "on_page": 0, "anonymous": 1}
    assert (answer.status_code, answer.json["waiting"]) == (201, 2)
    assert answer.headers["Location"] == f"{API}/bulk-jobs/{answer.json['id']}"
    assert (again.json["id"], again.json["performed"], again.json["waiting"]) == (answer.json["id"], 2, 0)
    assert anna("GET", "/bulk-jobs").json["items"] == [again.json]
    assert {casework.now(each).officer_subject for each in (first, second)} == {"anna.andersson"}


def test_the_preview_names_the_absence_of_whom_the_cases_are_for(casework, anna):
    case = casework.a_case()
    _, eva_id = casework.knows(ERIK, EVA)
    body = {"selection": selected(case), "action": "assign", "data": {"officer_subject": "eva"}}
    here = anna("POST", "/bulk-previews", body).json["assignee"]
    enter_absence(replace(ANNA, leads=True), eva_id, AbsenceRequest(NOON.date(), None, None), **casework.store_and_time)

    away = anna("POST", "/bulk-previews", body).json["assignee"]

    assert here == {"id": str(eva_id), "name": "Eva Ek", "absence": None, "deputy": None}
    assert away["absence"]["first_day"] == NOON.date().isoformat()
    assert anna("POST", "/bulk-previews", {"selection": selected(case), "action": "claim"}).json["assignee"] is None


def test_the_preview_does_not_name_an_officer_of_another_board_who_can_have_none_of_the_cases(casework, anna):
    case = casework.a_case()
    casework.knows(ERIK, EVA)
    body = {"selection": selected(case), "action": "assign", "data": {"officer_subject": "erik"}}

    foreseen = anna("POST", "/bulk-previews", body).json

    assert (foreseen["possible"], foreseen["assignee"]) == (0, None)


def test_what_failed_is_named_and_tried_again(casework, anna, perform):
    waiting, in_hand = casework.a_case(), casework.a_case()
    claim(command(in_hand), **casework.store_and_time)
    selection = {"cases": [{"id": str(waiting.id)}, {"id": str(in_hand.id), "version": 2}]}
    body = {"selection": selection, "action": "transfer", "data": {"queue": "bygglov", "reason": "Fel kö."}}
    job = anna("POST", "/bulk-jobs", body).json["id"]
    perform()

    page = anna("GET", f"/bulk-jobs/{job}/failures", limit=1).json
    rest = anna("GET", f"/bulk-jobs/{job}/failures", cursor=page["next"]).json

    [invalid], [changed] = page["items"], rest["items"]
    assert (invalid["case"]["number"], invalid["reason"]) == (waiting.number, "invalid")
    assert invalid["errors"] == {"queue": "Ärendet ligger redan i den kön."}
    assert (changed["case_id"], changed["reason"], rest["next"]) == (str(in_hand.id), "changed", None)
    assert anna("POST", f"/bulk-jobs/{job}/retries").json["waiting"] == 2
    assert anna("POST", f"/bulk-jobs/{job}/stops").json["stopped"] == 2


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"selection": {}}, 422, "/selection/cases"),
        ({"selection": {"q": "x", "cases": [{"id": str(uuid4())}]}}, 422, "/selection/cases"),
        ({"selection": {"cases": [{"id": str(uuid4())}]}}, 422, "/cases"),
        ({"selection": {"queue": {"code": "bygglov", "colour": "red"}}}, 422, "/selection/queue/colour"),
        ({"selection": {"queue": {"code": "finns-inte"}}}, 404, None),
        ({"action": "reopen"}, 422, "/action"),
        ({"data": {}}, 422, "/data/text"),
        ({"data": {"text": "Ringde.", "colour": "red"}}, 422, "/data/colour"),
    ],
)
def test_nonsense_is_rejected_where_it_stands(casework, anna, changes, status, pointer):
    body = {"selection": selected(casework.a_case()), "action": "note", "data": {"text": "Ringde."}}

    for path in ("/bulk-previews", "/bulk-jobs"):
        answer = anna("POST", path, body | changes)
        assert answer.status_code == status
        assert [each["pointer"] for each in answer.json.get("errors", [])] == ([pointer] if pointer else [])


def test_more_cases_or_jobs_than_there_may_be_are_a_problem_with_how_many_may(casework, anna, monkeypatch):
    monkeypatch.setattr("services.routing.bulk.order.MOST_JOBS", 1)
    body = {"selection": selected(casework.a_case()), "action": "note", "data": {"text": "Ringde."}}
    many = {"cases": [{"id": str(uuid4())} for _ in range(3)]}

    anna("POST", "/bulk-jobs", body)
    too_many_jobs = anna("POST", "/bulk-jobs", body)
    unknown = anna("POST", "/bulk-jobs", body | {"selection": many})

    assert (too_many_jobs.status_code, too_many_jobs.json["type"]) == (409, "urn:arende:problem:too-many-bulk-jobs")
    assert unknown.status_code == 422
    assert anna("GET", f"/bulk-jobs/{uuid4()}").status_code == 404
    assert anna("GET", "/bulk-jobs", cursor="x").status_code == 400
