"""A protected case over the API: who is named in casework.yaml sees it, a registrar of every board does not."""

from pathlib import Path

import pytest

from services.routing.app import create_app
from services.routing.settings import Settings
from tests.builders import an_attachment
from tests.stores import a_folder

API = "/routing/api/v1"
NAMED = {"sub": "anna.andersson", "roles": ["officer"], "boards": ["TN"]}
REGISTRAR = {"sub": "rut.ros", "roles": ["officer", "registrar"], "boards": []}


@pytest.fixture
def call(store, organisations, clock, provider):
    """Calls the API as somebody; a path is enough to read."""
    settings = Settings(
        database_url=store.engine.url.render_as_string(hide_password=False),
        broker_url="memory://",
        event_keys=(),
        public_url="https://e.example.se",
        link_key="l" * 32,
        secret_key="s" * 32,
        oidc_issuer=provider.issuer,
        oidc_client_id="desk",
        oidc_client_secret="",
        documents=a_folder(),
        municipalities=Path("municipalities"),
    )
    client = create_app(settings, clock=clock).test_client()

    def call(claims, path, method="GET", **options):
        return client.open(API + path, method=method, headers=provider.bearer(now=clock(), **claims), **options)

    return call


@pytest.fixture
def protected(casework):
    """A secret case that no rule matches."""
    return casework.a_case(eservice="familjeradgivning", secrecy="26 kap. 1 § OSL", attachments=[an_attachment()])


def test_who_is_named_sees_it_its_files_and_how_its_queue_stands(call, protected):
    shown = call(NAMED, f"/cases/{protected.id}")
    queued = {each["code"]: each["queued"] for each in call(NAMED, "/queues").json["items"]}

    assert shown.status_code == 200
    assert shown.json["attachments"][0]["url"]
    assert (shown.json["priority"], shown.json["tags"], shown.json["explanation"]["winner"]) == ("normal", [], None)
    assert queued["skyddade"] == 1
    assert [each["number"] for each in call(NAMED, "/queues/skyddade/cases").json["items"]] == [protected.number]


def test_a_registrar_of_every_board_does_not(call, protected):
    at = f"/cases/{protected.id}"

    assert "skyddade" not in {each["code"] for each in call(REGISTRAR, "/queues").json["items"]}
    assert call(REGISTRAR, "/queues/skyddade/cases").status_code == 404
    assert call(REGISTRAR, "/queues/skyddade/claims", "POST").status_code == 404
    assert call(REGISTRAR, at).status_code == 404
    assert call(REGISTRAR, f"{at}/journal").status_code == 404
    assert call(REGISTRAR, f"{at}/notes", "POST", json={"text": "Hej"}).status_code == 404


def test_somebody_of_the_same_name_in_another_municipality_does_not(call, protected):
    elsewhere = NAMED | {"municipality": "2409"}

    assert call(elsewhere, f"/cases/{protected.id}").status_code == 404
