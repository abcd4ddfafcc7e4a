"""Real pages in a real browser: Chromium by Playwright, the apps as production makes them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

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

NOTHING_STORED: StorageState = {"cookies": [], "origins": []}

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for all tests."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield launched
        launched.close()


class _Profiles:
    """The browser's contexts, lent to one visitor after the other: in a new one all scripts are compiled anew."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[BrowserContext]] = {}

    @contextmanager
    def lent(self, state: StorageState, **options: Any) -> Iterator[BrowserContext]:
        """One that has seen nothing but what is given. Its first page, which nobody sees, keeps its process alive."""
        free = self._free.setdefault(repr(options), [])
        context = free.pop() if free else self._browser.new_context(**options)
        if not context.pages:
            context.new_page()
        context.set_storage_state(state)
        yield context
        for page in context.pages[1:]:
            page.close()
        protocol = context.new_cdp_session(context.pages[0])
        protocol.send("Network.clearBrowserCache")
        protocol.detach()
        free.append(context)

    def close(self) -> None:
        """Close all, none of which is lent."""
        for context in chain.from_iterable(self._free.values()):
            context.close()


@pytest.fixture(scope="module")
def profiles(browser: Browser) -> Iterator[_Profiles]:
    """The contexts that a module's tests share."""
    with closing(_Profiles(browser)) as kept:
        yield kept


@pytest.fixture
def visit(browser: Browser, profiles: _Profiles) -> Iterator[Visit]:
    """Opens a page as somebody new: `visit(origin, language="en", scripts=False)`.

    With `own_clock`, the test may move its time.
    """
    with ExitStack() as ending:

        def new(
            origin: str,
            *,
            language: str = "sv",
            scripts: bool = True,
            own_clock: bool = False,
            storage_state: StorageState = NOTHING_STORED,
            **options: Any,
        ) -> Page:
            kept = ending.enter_context(closing(_Profiles(browser))) if own_clock else profiles
            context = ending.enter_context(
                kept.lent(
                    storage_state,
                    base_url=origin,
                    locale=language,
                    java_script_enabled=scripts,
                    reduced_motion="reduce",
                    **{"viewport": WIDE, **options},
                )
            )
            if own_clock:
                context.clock.install()  # which cannot be taken back
            context.set_default_timeout(10_000)
            return context.new_page()

        yield new


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
