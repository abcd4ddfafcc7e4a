"""What holds for every state of every page on a walk, and a picture of it."""

import re
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, Request, Response

from tests.browser.checks import assert_accessible

JPEG_QUALITY = 75  # in half the time of a PNG, and with letters as sharp
UNPROCESSABLE = 422  # the status of a page with errors
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
# What differs between two walks, and is nothing to axe: values of inputs, ids of drafts and files, references.
_OWN = re.compile(r'\bvalue="[^"]*"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b')
_CHOSEN = "document.querySelector(':checked') !== null"
_good_trees: set[int] = set()  # those that axe has nothing against, at their widths
_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


class Watch:
    """Looks at a page, state by state: accessible, not too wide, and nothing failed on the way there.

    `folder` is where the pictures go; None: there are none. `twin` is a page where scripts run, for axe, which is one,
    if none run on the page itself: it is shown the same. What axe has seen at the same width is not shown to it again.
    """

    def __init__(self, page: Page, folder: Path | None, twin: Page | None) -> None:
        self._page, self._folder, self._twin, self._pictures = page, folder, twin, 0
        self._problems: list[str] = []
        self.expects_errors = False  # the next page may be one with errors
        if twin:
            twin.goto("/")  # for only pages of the same origin get its style sheets
        page.on("console", self._add_message)
        page.on("pageerror", lambda error: self._problems.append(f"script: {error}"))
        page.on("requestfailed", self._add_failed)
        page.on("response", self._add_response)

    def look(self, state: str) -> None:
        """Check the page as it stands, and take its picture. Where none are taken axe sees only pages with errors."""
        self._page.wait_for_load_state()
        self._take_picture(state)
        assert not self._problems, f"{self._page.url}: {self._problems}"
        assert not self._page.evaluate(_TOO_WIDE), f"{self._page.url} ({state}) has to be scrolled sideways"
        if self._folder or self.expects_errors:
            self._run_axe()

    def _run_axe(self) -> None:
        content = _SCRIPT.sub("", self._page.content())
        tree = hash((_OWN.sub("", content), self._page.evaluate(_CHOSEN), str(self._page.viewport_size)))
        if tree in _good_trees:
            return
        if self._twin is None:
            assert_accessible(self._page)
            self._page.emulate_media(color_scheme="light")
        else:
            self._twin.set_content(content, wait_until="load")
            assert_accessible(self._twin)
        _good_trees.add(tree)

    def _take_picture(self, state: str) -> None:
        self._pictures += 1
        if self._folder:
            path = self._folder / f"{self._pictures:02}-{state}.jpg"
            self._page.screenshot(
                path=path, full_page=True, scale="css", animations="disabled", type="jpeg", quality=JPEG_QUALITY
            )

    def _add_message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not (self.expects_errors and str(UNPROCESSABLE) in message.text):
            self._problems.append(f"console: {message.text}")

    def _add_failed(self, request: Request) -> None:
        self._problems.append(f"{request.url}: {request.failure}")

    def _add_response(self, response: Response) -> None:
        if response.status >= 400 and not (self.expects_errors and response.status == UNPROCESSABLE):
            self._problems.append(f"{response.url}: {response.status}")
