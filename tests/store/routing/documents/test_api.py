"""Documents over HTTP: uploaded, sent by their ids, and opened by a signed link."""

from dataclasses import replace
from io import BytesIO
from uuid import UUID

import pytest

from services.routing.app import create_app
from shared.files.storage import Storage
from shared.links import document_address, sign
from tests.store.routing.casework import LINK_KEY, settings_of
from tests.system.submissions import PDF

API = "/routing/api/v1"


@pytest.fixture
def database_url(tmp_path):
    """What the API answers does not depend on the kind of store: one of them will do here."""
    return f"sqlite:///{tmp_path}/store.sqlite"


@pytest.fixture
def settings(store, provider):
    return settings_of(store, provider.issuer)


@pytest.fixture
def client(settings, clock, organisations):
    return create_app(settings, clock=clock).test_client()


@pytest.fixture
def anna(provider, clock):
    """The headers of Anna's calls."""
    return provider.bearer(now=clock(), sub="anna", name="Anna Andersson", roles=["officer"], boards=["BN", "TN"])


def uploaded(client, case, headers, name="ritning.pdf", content=PDF):
    part = {"file": (BytesIO(content), name)}
    return client.post(f"{API}/cases/{case.id}/documents", data=part, headers=headers)


def sent(client, case, headers):
    """The id of a file that was sent with a message."""
    document = uploaded(client, case, headers).json["id"]
    message = {"text": "Se filen.", "documents": [document]}
    answer = client.post(f"{API}/cases/{case.id}/messages", json=message, headers=headers)
    assert answer.status_code == 201
    return document


def test_an_uploaded_file_is_sent_by_its_id_and_the_case_has_its_address(client, claimed, anna):
    document = sent(client, claimed, anna)

    [shown] = client.get(f"{API}/cases/{claimed.id}", headers=anna).json["documents"]
    assert (shown["id"], shown["name"], shown["size"]) == (document, "ritning.pdf", len(PDF))
    opened = client.get(shown["url"].removeprefix("https://e.example.se"))
    assert (opened.status_code, opened.data) == (200, PDF)
    assert opened.headers["Content-Disposition"] == "attachment; filename=ritning.pdf"
    viewed = client.get(document_address("", LINK_KEY, document, view=True))
    assert viewed.headers["Content-Disposition"].startswith("inline")


def test_the_body_itself_may_be_the_file(client, claimed, anna):
    answer = client.post(
        f"{API}/cases/{claimed.id}/documents?name=brev.pdf",
        data=PDF,
        headers=anna | {"Content-Type": "application/octet-stream"},
    )

    assert (answer.status_code, answer.json["name"], answer.json["media_type"]) == (201, "brev.pdf", "application/pdf")


def test_a_file_that_is_not_received_is_an_error_that_names_it(client, claimed, anna):
    answer = uploaded(client, claimed, anna | {"Accept-Language": "sv"}, "virus.pdf", b"MZ")

    assert (answer.status_code, answer.json["type"].rsplit(":")[-1]) == (415, "file-rejected")
    assert "”virus.pdf” är inte en fil av rätt sort" in answer.json["detail"]


def test_who_has_sent_very_much_waits_until_there_is_room_again(store, provider, clock, organisations, claimed, anna):
    settings = replace(settings_of(store, provider.issuer), limit_officer_megabytes=2)
    client = create_app(settings, clock=clock).test_client()
    erik = provider.bearer(now=clock(), sub="erik", name="Erik Eriksson", roles=["officer"], boards=["BN", "TN"])
    large = PDF + b"\n%" + b"x" * 1_500_000
    sent(client, claimed, anna)
    uploaded(client, claimed, anna, content=large)
    clock.move(minutes=20)
    sent_later = uploaded(client, claimed, anna, content=large)

    rejected = uploaded(client, claimed, anna | {"Accept-Language": "sv"})

    assert sent_later.status_code == 201
    assert (rejected.status_code, rejected.json["type"].rsplit(":")[-1]) == (429, "upload-limit-reached")
    assert "Vänta en stund" in rejected.json["detail"]
    assert rejected.headers["Retry-After"] == str(40 * 60)
    assert uploaded(client, claimed, erik).status_code == 201
    clock.move(minutes=40)
    assert uploaded(client, claimed, anna).status_code == 201


def test_without_a_token_nothing_is_uploaded_and_without_a_signature_nothing_is_opened(client, claimed, anna):
    document, waiting = sent(client, claimed, anna), uploaded(client, claimed, anna).json["id"]

    assert uploaded(client, claimed, {}).status_code == 401
    for path, signature, status in (
        (document, "x", 403),
        (document, sign(LINK_KEY, waiting), 403),
        (waiting, sign(LINK_KEY, waiting), 404),
    ):
        assert client.get(f"{API}/documents/{path}?signature={signature}").status_code == status


def test_a_missing_file_has_a_page_that_explains_it(client, claimed, anna, settings):
    document = sent(client, claimed, anna)
    Storage(settings.documents).delete(UUID(document))

    address = document_address("", LINK_KEY, document, view=True)
    page = client.get(address, headers={"Accept": "text/html", "Accept-Language": "sv"})

    assert page.status_code == 410
    assert "Filen skickades, men den saknas nu." in page.text
    assert "Till köerna" not in page.text
