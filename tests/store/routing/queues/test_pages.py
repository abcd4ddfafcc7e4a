"""How many statements a page of the desk takes: as many with many cases, e-services and colleagues as with few."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import Engine, event

from services.routing.actions.assign import assign
from services.routing.actions.command import CaseCommand
from services.routing.actions.transfer import transfer
from services.routing.cases.models import Case
from services.routing.organisation import loader
from tests.browser.origin import beside_the_provider, serving
from tests.browser.routing_service import ESERVICES, MUNICIPALITIES, RoutingService, a_routing_service, building_permit
from tests.builders import a_submission
from tests.store.routing.casework import ANNA, EVA, Casework
from tests.store.routing.desk_client import sign_in, somebody_at

MOST_STATEMENTS = {
    "/desk/": 2,  # what is new for the officer, on every page
    "/desk/queues/bygglov": 9,  # its cases, how many, those on hold and to be decided, filters, figures, tags …
    "/desk/queues/bygglov?number=1&state=closed": 7,
    "/desk/mine": 3,
    "/desk/cases/{case}": 23,  # it, all that is known of it, what is planned, what is related, how long such take
}
FOR_THE_SESSION = 1  # with how many mails wait for a registrar, as Anna is


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> RoutingService:
    """A routing service with cases of two e-services in a queue, each with an officer of its own."""
    service = a_routing_service(tmp_path_factory.mktemp("routing"))
    alvdalen = loader.load(MUNICIPALITIES, ESERVICES)["2039"]
    now = {"sessions": service.store.sessions, "now": service.clock()}
    for number, eservice in enumerate(("bygglov", "rivningslov", "bygglov", "rivningslov")):
        case = service.receive(a_submission(eservice=eservice))
        if case.queue != "bygglov":
            transfer(CaseCommand(ANNA, case.id), "bygglov", "Hör hit.", alvdalen, **now)
        officer = replace(EVA, subject=f"officer-{number}", name=f"Handläggare {number}")
        Casework(service.store, service.receive, service.clock).knows(officer)
        assign(CaseCommand(ANNA, case.id), officer.subject, alvdalen, **now)
    return service


@pytest.fixture(scope="module")
def case(service: RoutingService) -> Case:
    """A case that waits."""
    return service.receive(building_permit())


@pytest.fixture(scope="module")
def browser(service: RoutingService) -> Iterator[httpx.Client]:
    """Anna Andersson at the desk."""
    with serving(lambda origin: beside_the_provider(service.app(origin))) as origin, somebody_at(origin) as browser:
        sign_in(browser)
        yield browser


@pytest.mark.parametrize(("page", "most"), MOST_STATEMENTS.items())
def test_a_page_takes_few_statements_however_much_it_shows(browser, case, page, most):
    with statements() as executed:
        response = browser.get(page.format(case=case.id))

    assert response.status_code == 200
    assert len(executed) <= most + FOR_THE_SESSION, "\n".join(executed)


@contextmanager
def statements() -> Iterator[list[str]]:
    """What this process executes on any store meanwhile."""
    executed: list[str] = []

    def record(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            executed.append(statement)

    event.listen(Engine, "before_cursor_execute", record)
    yield executed
    event.remove(Engine, "before_cursor_execute", record)
