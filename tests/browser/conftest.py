"""Real pages in a real browser: Chromium by Playwright, the apps as production makes them."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from bench.installation import Installation, standalone
from tests.browser.checks import WIDE
from tests.browser.origin import beside_the_provider, serving
from tests.browser.routing_service import RoutingService, a_routing_service, building_permit, fault_report

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--in-process-gpu",  # a process less to pass every picture to
    "--process-per-site",  # the process that a page begins in shows the first address too
    "--renderer-process-limit=1",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for all tests."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Opens a page as somebody new: `visit(origin, language="en", scripts=False)`."""
    contexts = []

    def new(origin: str, *, language: str = "sv", scripts: bool = True, **options: Any) -> Page:
        context = browser.new_context(
            base_url=origin,
            locale=language,
            java_script_enabled=scripts,
            reduced_motion="reduce",
            **{"viewport": WIDE, **options},
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context.new_page()

    yield new
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def embedded_default(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The whole embedded default, as `make run` starts it."""
    with standalone(tmp_path_factory.mktemp("standalone")) as running:
        yield running


@pytest.fixture(scope="session")
def installation(embedded_default: Installation) -> str:
    """The origin of the embedded default."""
    return embedded_default.url("/").rstrip("/")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> RoutingService:
    """A routing service with some sixty cases of different age in its queues."""
    made: RoutingService = a_routing_service(Path(tmp_path_factory.mktemp("routing")))
    made.receive_all([*(fault_report(number) for number in reversed(range(60))), building_permit()])
    return made


@pytest.fixture(scope="module")
def desk(service: RoutingService) -> Iterator[str]:
    """The origin where its desk answers, beside an OpenID provider of demo people."""
    with serving(lambda origin: beside_the_provider(service.app(origin))) as origin:
        yield origin


@pytest.fixture(scope="module")
def sign_in(browser: Browser, desk: str) -> Callable[[str], Any]:
    """Signs one of the demo people in, once; what the browser then holds."""

    @cache
    def storage_of(person: str) -> Any:
        with browser.new_context(base_url=desk) as context:
            page = context.new_page()
            page.goto("/desk/")
            page.get_by_role("button", name=person).click()
            page.wait_for_url("**/desk/")
            return context.storage_state()

    return storage_of


@pytest.fixture
def signed_in(visit: Visit, desk: str, sign_in: Callable[[str], Any]) -> Visit:
    """Opens the desk's queues as one of the demo people, Anna Andersson unless another is named."""

    def enter(person: str = "Anna Andersson", **options: Any) -> Page:
        page = visit(desk, storage_state=sign_in(person), **options)
        page.goto("/desk/")
        return page

    return enter
