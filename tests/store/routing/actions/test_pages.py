"""Nonsense sent to the desk's pages is answered with a page, and nothing is done."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import httpx
import pytest

from services.routing.cases.models import Case
from tests.browser.origin import beside_the_provider, serving
from tests.browser.routing_service import RoutingService, a_routing_service, building_permit
from tests.store.routing.desk_client import sign_in, somebody_at, token_of

QUERIES = [
    "limit=0",
    "limit=201",
    "limit=many",
    "state=lost",
    "officer=somebody",
    "sort=colour",
    "cursor=abc",
    "cursor=WyIyMDI2LTExLTIzIiwgIjIwMjYtMTEtMjMiLCAieCJd",
    f"number={'9' * 81}",
    "endpoint=desk.mine",
    "_external=1",
]
HARMLESS = ["number=%25", "number='--", "eservice=finns-inte", "lang=xx", "state="]


@pytest.fixture(scope="module")
def service(tmp_path_factory) -> RoutingService:
    """A routing service."""
    return a_routing_service(tmp_path_factory.mktemp("routing"))


@pytest.fixture(scope="module")
def browser(service: RoutingService) -> Iterator[httpx.Client]:
    """Anna Andersson at the desk."""
    with serving(lambda origin: beside_the_provider(service.app(origin))) as origin, somebody_at(origin) as browser:
        sign_in(browser)
        yield browser


@pytest.fixture
def case(service: RoutingService) -> Case:
    """A building permit that waits in its queue."""
    return service.receive(building_permit())


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_is_nonsense(browser, case, query):
    page = browser.get(f"/desk/queues/bygglov?{query}")

    assert page.status_code in (400, 422)
    assert "<h1>" in page.text


@pytest.mark.parametrize("query", HARMLESS)
def test_a_query_is_harmless(browser, case, query):
    assert browser.get(f"/desk/queues/bygglov?{query}").status_code == 200


@pytest.mark.parametrize("path", ["cases/1", f"cases/{UUID(int=7)}", "queues/finns-inte", "queues/%00", "finns-inte"])
def test_a_page_that_there_is_not(browser, path):
    assert browser.get(f"/desk/{path}").status_code in (400, 404)


@pytest.mark.parametrize(
    ("path", "typed", "status"),
    [
        ("claims", {"version": "one"}, 400),
        ("claims", {"version": ""}, 400),
        ("claims", {"version": "9" * 5000}, 400),
        ("assignments", {"version": "7", "officer_subject": "anna.andersson"}, 412),
        ("claims", {"key": "mine"}, 400),
        ("claims", {"key": ""}, 400),
        ("notes", {"text": " \r\n "}, 422),
        ("notes", {"text": "x" * 20_001}, 422),
        ("notes", {}, 422),
        ("notes", {"text": "\0"}, 400),
        ("assignments", {"officer_subject": "nobody"}, 422),
        ("transfers", {"queue": "finns-inte", "reason": "Fel kö."}, 422),
        ("transfers", {"queue": "bygglov", "reason": "Fel kö."}, 422),
        ("transfers", {"queue": "gata", "reason": "Till {board}."}, 422),
        ("supplements", {"text": "Ritning", "received_on": "i går"}, 422),
        ("supplements", {"text": "Ritning", "received_on": "2099-01-01"}, 422),
        ("decisions", {"outcome": "bifall", "reasons": "Skäl."}, 409),
        ("decisions", {"outcome": "bifall", "reasons": "Skäl.", "step": "decide"}, 409),
        ("decisions", {"outcome": "bifall", "reasons": "Skäl.", "step": "nonsense"}, 409),
        ("nonsense", {}, 404),
    ],
)
def test_a_form_holds_nonsense(browser, service, case, path, typed, status):
    page = browser.get(f"/desk/cases/{case.id}")
    form = {"csrf_token": token_of(page), "version": str(case.sequence), "key": uuid4().hex}

    answer = browser.post(f"/desk/cases/{case.id}/{path}", data=form | typed)

    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert [each.sequence for each in service.cases(id=case.id)] == [case.sequence]


@pytest.mark.parametrize(
    ("path", "besides"),
    [
        ("notes", {"version": "2", "key": "0" * 32}),
        ("messages", {"version": "2", "key": "0" * 32}),
        ("reminders", {"due_on": "2099-01-01"}),
        ("subtasks", {"assignee_subject": "anna.andersson"}),
    ],
)
def test_what_was_written_is_not_lost_where_the_case_can_no_longer_be_seen(browser, case, path, besides):
    page = browser.get(f"/desk/cases/{case.id}")
    form = {"csrf_token": token_of(page), "text": "Ring <Kim>.", **besides}

    answer = browser.post(f"/desk/cases/{uuid4()}/{path}", data=form)

    assert answer.status_code == 404
    assert "Det du skrev, inte skickat" in answer.text
    assert "Ring &lt;Kim&gt;." in answer.text


def test_everything_that_is_wrong_with_a_form_is_shown_at_once(browser, case):
    page = browser.get(f"/desk/cases/{case.id}")
    form = {"csrf_token": token_of(page), "version": str(case.sequence), "key": uuid4().hex}

    answer = browser.post(f"/desk/cases/{case.id}/supplements", data=form | {"text": "", "received_on": "2099-01-01"})

    assert "Skriv texten." in answer.text
    assert "Dagen då det kom in kan inte vara efter i dag." in answer.text


def test_what_was_typed_is_shown_as_text_and_nothing_else(browser, case):
    page = browser.get(f"/desk/cases/{case.id}")
    form = {"csrf_token": token_of(page), "version": "1", "key": uuid4().hex}

    typed = {"queue": "gata", "reason": "</textarea><script>alert(1)</script>"}
    answer = browser.post(f"/desk/cases/{case.id}/transfers", data=form | typed)

    assert answer.status_code == 412
    assert "<script>alert" not in answer.text
