"""Macros over the API: written by editors, possible with a case, looked through, and carried out."""

import pytest

from services.routing.app import create_app
from tests.store.routing.casework import EVA, settings_of

API = "/routing/api/v1"
STEPS = [
    {"action": "claim", "values": {}},
    {
        "action": "request_supplement",
        "values": {"text": {"sv": "Ritning till {case_number}, senast {answer_by}."}, "answer_by": {"days": 14}},
    },
    {"action": "add_tag", "values": {"tag": "ritning-saknas"}},
]
MACRO = {"name": "Begär ritning", "steps": STEPS, "queue": "bygglov"}


@pytest.fixture
def database_url(tmp_path):
    """What the API answers does not depend on the kind of store: one of them will do here."""
    return f"sqlite:///{tmp_path}/store.sqlite"


@pytest.fixture
def called_by(store, organisations, clock, provider):
    """Makes what sends requests as an officer of these roles and boards."""
    client = create_app(settings_of(store, provider.issuer), clock=clock).test_client()

    def officer(*roles, boards=()):
        bearer = provider.bearer(now=clock(), roles=["officer", *roles], boards=list(boards))

        def call(method, path, body=None, version=None, key=None):
            given = {"If-Match": f'"{version}"' if version else None, "Idempotency-Key": key}
            headers = bearer | {name: value for name, value in given.items() if value}
            return client.open(API + path, method=method, json=body, headers=headers)

        return call

    return officer


@pytest.fixture
def editor(called_by):
    """An officer of all boards, who edits."""
    return called_by("registrar", "editor")


@pytest.fixture
def anna(called_by):
    """An officer of all boards."""
    return called_by("registrar")


def test_macros_are_written_by_editors(editor, anna):
    assert anna("POST", "/macros", MACRO).status_code == 403

    made = editor("POST", "/macros", MACRO, key="k")
    assert editor("POST", "/macros", MACRO, key="k").json == made.json
    at = made.headers["Location"].removeprefix(API)
    changed = editor("PUT", at, MACRO | {"name": "Begär ritning och vänta"}, version=1)
    shown = anna("GET", at).json

    assert (made.status_code, changed.status_code, changed.headers["ETag"]) == (201, 200, '"2"')
    assert shown["steps"] == STEPS
    assert [each["content"]["name"] for each in shown["versions"]] == ["Begär ritning och vänta", "Begär ritning"]
    assert [each["name"] for each in anna("GET", "/macros").json["items"]] == ["Begär ritning och vänta"]
    assert editor("PUT", at, MACRO).status_code == 428
    assert editor("PUT", at, MACRO, version=1).status_code == 412
    assert anna("DELETE", at, version=2).status_code == 403
    assert editor("DELETE", at, version=2).status_code == 204
    assert anna("GET", at).status_code == 404


def test_what_no_case_could_take_is_named_by_step_and_field(editor):
    steps = [{"action": "message", "values": {"text": {"sv": "Hej {namn}"}}}, {"action": "claim"}, {"action": "link"}]
    unknown = editor("POST", "/macros", MACRO | {"steps": steps})
    wrong = editor("POST", "/macros", MACRO | {"steps": steps[:2]})
    none = editor("POST", "/macros", MACRO | {"steps": []})

    assert [each["pointer"] for each in unknown.json["errors"]] == ["/steps/2/action"]
    assert {each["pointer"] for each in wrong.json["errors"]} == {"/steps/0/values/text/sv", "/steps/1/action"}
    assert [each["pointer"] for each in none.json["errors"]] == ["/steps"]


def test_a_macro_is_possible_with_a_case_looked_through_and_carried_out(casework, editor, anna):
    case = casework.a_case()
    macro = editor("POST", "/macros", MACRO).json
    at = f"/cases/{case.id}"
    [possible] = anna("GET", f"{at}/macros").json["items"]
    seen = anna("GET", f"{at}/macros/{macro['id']}").json
    body = {"macro": macro["id"], "macro_version": 1, "steps": [each["request"] for each in seen["steps"]]}

    assert anna("POST", f"{at}/macro-runs", body).status_code == 428
    ran = anna("POST", f"{at}/macro-runs", body, version=2, key="k")
    again = anna("POST", f"{at}/macro-runs", body, version=2, key="k")

    assert possible["actions"] == ["claim", "request_supplement", "add_tag"]
    assert seen["rejected"] is None
    assert seen["steps"][1]["request"] == {
        "text": f"Ritning till {case.number}, senast 7 december 2026.",
        "answer_by": "2026-12-07",
    }
    assert [each["notified"] for each in seen["steps"]] == ["by_eservice", "always", "never"]
    assert (ran.status_code, ran.json["version"], ran.headers["ETag"]) == (201, 5, '"5"')
    assert again.json == ran.json
    assert anna("GET", f"{at}/macros").json["items"] == []


def test_a_step_that_is_refused_is_named_with_its_reason(casework, editor, anna):
    case = casework.a_case()
    macro = editor("POST", "/macros", MACRO).json["id"]
    closing = editor("POST", "/macros", {"name": "Avsluta", "steps": [STEPS[2], {"action": "close"}]}).json["id"]
    at = f"/cases/{case.id}"
    anna("POST", f"{at}/tags", {"tag": "ritning-saknas"})

    foreseen = anna("GET", f"{at}/macros/{macro}").json["rejected"]
    tagged = anna("POST", f"{at}/macro-runs", {"macro": macro}, version=3)
    closed = anna("POST", f"{at}/macro-runs", {"macro": closing, "steps": [{"tag": "annan"}, {}]}, version=3)
    short = anna("POST", f"{at}/macro-runs", {"macro": macro, "steps": [{}]}, version=3)

    assert (foreseen["step"], foreseen["action"], foreseen["reason"]) == (3, "add_tag", "invalid")
    assert list(foreseen["errors"]) == ["tag"]
    assert (tagged.status_code, tagged.json["step"], tagged.json["action"]) == (422, 3, "add_tag")
    assert [each["pointer"] for each in tagged.json["errors"]] == ["/steps/2/tag"]
    assert (closed.status_code, closed.json["step"], closed.json["state"]) == (409, 2, "queued")
    assert short.status_code == 422
    assert casework.now(case).sequence == 3


def test_a_stale_case_and_a_changed_macro_are_left(casework, editor, anna):
    case = casework.a_case()
    macro = editor("POST", "/macros", MACRO).json["id"]
    editor("PUT", f"/macros/{macro}", MACRO, version=1)
    at = f"/cases/{case.id}/macro-runs"

    assert anna("POST", at, {"macro": macro}, version=1).status_code == 412
    changed = anna("POST", at, {"macro": macro, "macro_version": 1}, version=2)
    assert changed.status_code == 412
    assert changed.json["detail"] == "Makrot har ändrats sedan du läste det. Läs det igen."
    assert casework.now(case).sequence == 2


def test_an_officer_of_another_board_finds_neither_case_nor_macro(casework, editor, called_by):
    case = casework.a_case()
    macro = editor("POST", "/macros", MACRO).json["id"]
    erik, eva = called_by("editor", boards=["TN"]), called_by(boards=sorted(EVA.boards))

    assert erik("GET", f"/macros/{macro}").status_code == 404
    assert erik("PUT", f"/macros/{macro}", MACRO | {"queue": None}, version=1).status_code == 404
    assert erik("GET", f"/cases/{case.id}/macros/{macro}").status_code == 404
    assert erik("POST", f"/cases/{case.id}/macro-runs", {"macro": macro}, version=2).status_code == 404
    assert eva("POST", f"/cases/{case.id}/macro-runs", {"macro": macro}, version=2).status_code == 201
