"""What is new, presence, saved filters and totals over the API."""

from dataclasses import replace

import pytest

from services.routing.actions.note import note
from services.routing.app import create_app
from tests.store.routing.casework import ANNA, command, settings_of

EVA = replace(ANNA, subject="eva", name="Eva Ek")
API = "/routing/api/v1"
CLAIMS = {"name": "Anna Andersson", "sub": "anna", "email": "anna@example.org"}


@pytest.fixture
def call(store, organisations, clock, provider):
    """Calls the API as Anna, or as somebody whose claims are given."""
    client = create_app(settings_of(store, provider.issuer), clock=clock).test_client()

    def send(method, path, json=None, headers=None, **claims):
        bearer = provider.bearer(now=clock(), **CLAIMS | claims)
        return client.open(f"{API}{path}", method=method, json=json, headers={**bearer, **(headers or {})})

    return send


def test_what_is_new_is_listed_and_seen(casework, claimed, call):
    written = note(command(claimed, EVA), "Ny.", **casework.store_and_time)

    [item] = call("GET", "/updates").json["items"]
    assert item["case"]["number"] == claimed.number
    assert [(each["action"], each["actor_name"]) for each in item["new"]] == [("note", "Eva Ek")]
    assert call("GET", "/updates", sub="eva").json == {"items": [], "is_all": True}
    path = f"/cases/{claimed.id}/seen"
    assert call("PUT", path, {"version": written.sequence}, boards=["TN"]).status_code == 404
    assert call("PUT", path, {"version": 2**40}).status_code == 422
    assert call("PUT", path, {"version": written.sequence}).status_code == 204
    assert call("GET", "/updates").json["items"] == []


def test_mail_is_chosen_at_the_address_of_the_token(call):
    assert call("GET", "/updates/mail").json == {"mail": "off"}
    assert call("PUT", "/updates/mail", {"mail": "daily"}, email=None).status_code == 422
    assert call("PUT", "/updates/mail", {"mail": "weekly"}).status_code == 422
    assert call("PUT", "/updates/mail", {"mail": "daily"}).status_code == 200
    assert call("GET", "/updates/mail").json == {"mail": "daily"}


def test_who_has_a_case_open_is_shown_to_who_may_see_it(casework, claimed, call):
    path, body = f"/cases/{claimed.id}/presence", {"version": casework.now(claimed).sequence}
    assert call("PUT", path, body).json == {**body, "colleagues": [], "entries": []}
    note(command(claimed), "Ny.", **casework.store_and_time)

    now = call("PUT", path, body, sub="eva", name="Eva Ek").json

    assert (now["colleagues"], [each["action"] for each in now["entries"]]) == (["Anna Andersson"], ["note"])
    assert "data" not in now["entries"][0]
    assert call("PUT", path, body, boards=["TN"]).status_code == 404


def test_filters_are_saved_renamed_and_removed_under_if_match(casework, call):
    casework.a_case()
    path = "/queues/bygglov/filters"
    saved = call("POST", path, {"name": " Nya ", "filter": {"sort": "newest", "limit": "25"}})
    assert (saved.status_code, saved.json["name"], saved.json["query"]) == (201, "Nya", "limit=25&sort=newest")
    for wrong in ({"sort": "size"}, {"cursor": "x"}, {"personnummer": "1"}):
        assert call("POST", path, {"name": "Fel", "filter": wrong}).status_code == 422
    assert call("POST", path, {"name": "  ", "filter": {}}).status_code == 422
    assert call("POST", path, {"name": "Min", "filter": {}, "private": True}, sub="eva").json["private"]
    assert [each["private"] for each in call("GET", path).json["items"]] == [False]

    one = f"{path}/{saved.json['id']}"
    assert call("PUT", one, {"name": "Nyast"}).status_code == 428
    assert call("PUT", one, {"name": "Nyast"}, {"If-Match": saved.headers["ETag"]}).json["name"] == "Nyast"
    assert call("DELETE", one, headers={"If-Match": saved.headers["ETag"]}).status_code == 412
    assert call("DELETE", one, headers={"If-Match": '"2"'}, boards=["TN"]).status_code == 404
    assert call("DELETE", one, headers={"If-Match": '"2"'}).status_code == 204
    assert call("GET", path).json == {"items": []}
    listed = call("GET", "/queues/bygglov/cases?sort=newest").json
    assert (listed["total"], listed["total_is_exact"]) == (1, True)
