"""Choosing and ordering at the desk, over real HTTP: what is nonsense, too much, or another's does nothing."""

import re
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from services.routing.bulk import order
from services.routing.bulk.models import BulkJob, BulkSelection
from services.routing.cases.models import Case
from tests.browser.origin import beside_the_provider, serving
from tests.browser.routing_service import RoutingService, a_routing_service, building_permit
from tests.store.routing.casework import everything
from tests.store.routing.desk_client import sign_in, somebody_at, token_of

QUEUE = "/desk/queues/bygglov"


@pytest.fixture(scope="module")
def service(tmp_path_factory) -> RoutingService:
    """A routing service whose jobs have two cases at most."""
    return a_routing_service(tmp_path_factory.mktemp("routing"))


@pytest.fixture(scope="module")
def origin(service: RoutingService) -> Iterator[str]:
    """Where its desk answers."""
    with serving(lambda origin: beside_the_provider(service.app(origin, bulk_most_cases=2))) as origin:
        yield origin


@pytest.fixture(scope="module")
def anna(origin: str) -> Iterator[httpx.Client]:
    """Anna Andersson at the desk."""
    with somebody_at(origin) as browser:
        sign_in(browser)
        yield browser


@pytest.fixture(scope="module")
def cases(service: RoutingService) -> list[Case]:
    """Three building permits that wait in their queue."""
    return [service.receive(building_permit()) for _ in range(3)]


def sent(browser: httpx.Client, path: str, **form) -> httpx.Response:
    """The page that follows when a form is sent."""
    token = token_of(browser.get(QUEUE))
    return browser.post(path, data={"csrf_token": token, **form})


@pytest.fixture
def selection(anna: httpx.Client, cases: list[Case]) -> str:
    """The path of the first two cases, chosen."""
    return sent(anna, f"{QUEUE}/selections", case=[str(each.id) for each in cases[:2]]).url.path


@pytest.mark.parametrize(
    ("path", "form", "status", "message"),
    [
        (f"{QUEUE}/selections", {}, 422, "Välj minst ett ärende."),
        (f"{QUEUE}/selections", {"case": "1"}, 422, "Välj minst ett ärende."),
        (f"{QUEUE}/selections", {"case": str(uuid4())}, 422, "Välj minst ett ärende."),
        (f"{QUEUE}/selections?state=decided", {"chosen": "all"}, 422, "Välj minst ett ärende."),
        (f"{QUEUE}/selections", {"chosen": "all"}, 422, "Högst 2 ärenden åt gången."),
        (f"{QUEUE}/selections?state=lost", {"chosen": "all"}, 422, ""),
        (f"{QUEUE}/selections", {"colour": "red"}, 422, ""),
        ("/desk/queues/finns-inte/selections", {"chosen": "all"}, 404, ""),
        ("/desk/search/00000000/selections", {"chosen": "all"}, 422, "Välj minst ett ärende."),
    ],
)
def test_what_is_no_choice_is_answered_with_a_page(anna, service, cases, path, form, status, message):
    before = len(everything(service.store, BulkSelection))

    page = sent(anna, path, **form)

    assert page.status_code == status
    assert message in page.text and "<h1>" in page.text
    assert len(everything(service.store, BulkSelection)) == before


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("notes", {"text": "", "step": "order"}, 422),
        ("notes", {"text": "Ringde.", "colour": "red", "step": "order"}, 422),
        ("assignments", {"officer_subject": "nobody", "step": "order"}, 422),
        ("reopenings", {"reason": "Fel.", "step": "order"}, 404),
        ("notes", {"text": "Ringde.", "step": "change"}, 200),
        ("notes", {"text": "Ringde."}, 200),
    ],
)
def test_nothing_is_ordered_but_what_can_be_and_was_looked_through(anna, service, selection, path, form, status):
    before = len(everything(service.store, BulkJob))

    page = sent(anna, f"{selection}/{path}", **form)

    assert page.status_code == status
    assert "<h1>" in page.text
    assert len(everything(service.store, BulkJob)) == before


def test_what_another_has_chosen_or_ordered_is_not_there(anna, origin, service, selection):
    job = sent(anna, f"{selection}/notes", text="Yttrande.", step="order").url.path

    with somebody_at(origin) as erik:
        sign_in(erik, "erik.eriksson")
        assert erik.get(selection).status_code == 404
        assert erik.get(job).status_code == 404
        token = token_of(erik.get("/desk/"))
        assert [
            erik.post(f"{job}/{change}", data={"csrf_token": token}).status_code for change in ("stops", "retries")
        ] == [404, 404]
    assert re.search(r"<dd>2</dd>", anna.get(job).text)


def test_the_same_order_is_one_job_and_another_one_more_until_there_are_too_many(anna, service, selection, monkeypatch):
    monkeypatch.setattr(order, "MOST_JOBS", len(everything(service.store, BulkJob)) + 2)
    first, again, other = (
        sent(anna, f"{selection}/notes", text=text, step="order") for text in ("Ett.", "Ett.", "Två.")
    )
    too_many = sent(anna, f"{selection}/notes", text="Tre.", step="order")

    assert first.url == again.url != other.url
    assert too_many.status_code == 409
    assert "Tre." in too_many.text
