"""How somebody uses a page: with a pointer, or with nothing but the keyboard."""

from collections.abc import Callable
from typing import Protocol

from playwright.sync_api import FilePayload, Locator, Page

MOST_STOPS = 500  # presses of the Tab key on the largest page
MOST_OPTIONS = 400
_HAS_FOCUS = "all => all.includes(document.activeElement)"
_DAY_ORDERS = ((0, 1, 2), (1, 2, 0), (2, 1, 0))  # the browser's own language decides in which one a day is typed


class Hands(Protocol):
    """Whatever is used with."""

    def write(self, box: Locator, text: str) -> None:
        """Put the text in a box."""

    def choose(self, choice: Locator, code: str) -> None:
        """Choose from a list that opens."""

    def search(self, box: Locator, label: str) -> None:
        """Choose in a list that is searched."""

    def tick(self, boxes: Locator, wanted: Locator) -> None:
        """Tick a box, or one of those that belong together."""

    def attach(self, box: Locator, files: list[FilePayload]) -> None:
        """Choose files."""

    def press(self, control: Locator) -> None:
        """Press a button, or follow a link."""

    def point_out(self, drawing: Locator) -> None:
        """Put the pin on a map."""


class Pointer:
    """With a mouse or a finger."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def write(self, box: Locator, text: str) -> None:
        """Click into it, and type."""
        box.fill(text)

    def choose(self, choice: Locator, code: str) -> None:
        """Open it and click."""
        choice.select_option(code)

    def search(self, box: Locator, label: str) -> None:
        """Type, and click on the hit."""
        box.fill(label)
        self._page.locator(".combobox [role=option]:visible").get_by_text(label, exact=True).click()

    def tick(self, boxes: Locator, wanted: Locator) -> None:
        """Click."""
        wanted.check()

    def attach(self, box: Locator, files: list[FilePayload]) -> None:
        """In the dialogue of the browser."""
        box.set_input_files(files)

    def press(self, control: Locator) -> None:
        """Click."""
        control.click()

    def point_out(self, drawing: Locator) -> None:
        """Click on the first of the places that it names."""
        dot = drawing.locator("circle").first
        dot.scroll_into_view_if_needed()
        box = dot.bounding_box()
        assert box
        self._page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


class Keyboard:
    """With Tab, Space, Enter, the arrow keys and characters, and nothing else."""

    def __init__(self, page: Page) -> None:
        self._page, self._keys = page, page.keyboard
        # While somebody listens no dialogue opens: without this one, the next may be asked for before that is so again.
        page.on("filechooser", lambda _: None)

    def write(self, box: Locator, text: str) -> None:
        """Tab to it, which selects what it has, and type."""
        self._reach(box)
        if box.get_attribute("type") == "date":
            self._write_day(box, text)
            return
        self._keys.press("Control+a")
        self._keys.type(text)

    def choose(self, choice: Locator, code: str) -> None:
        """Tab to it, and down to the option."""
        self._reach(choice)
        self._keys.press("Home")
        self._until(lambda: choice.input_value() == code, "ArrowDown")

    def search(self, box: Locator, label: str) -> None:
        """Type, down to the hit, Enter."""
        self._reach(box)
        self._keys.press("Control+a")
        self._keys.type(label)
        active = self._page.locator(".combobox [role=option][aria-selected=true]:visible")
        self._until(lambda: active.count() > 0 and active.inner_text() == label, "ArrowDown")
        self._keys.press("Enter")

    def tick(self, boxes: Locator, wanted: Locator) -> None:
        """Tab to it, or to one of its kind and on with the arrow keys; then Space."""
        self._reach(boxes)
        self._until(lambda: wanted.evaluate_all(_HAS_FOCUS), "ArrowDown")
        if not wanted.is_checked():
            self._keys.press("Space")
        assert wanted.is_checked()

    def attach(self, box: Locator, files: list[FilePayload]) -> None:
        """Space opens the dialogue of the browser."""
        self._reach(box)
        with self._page.expect_file_chooser() as chooser:
            self._keys.press("Space")
        chooser.value.set_files(files)

    def press(self, control: Locator) -> None:
        """Tab to it; Enter."""
        self._reach(control)
        self._keys.press("Enter")

    def point_out(self, drawing: Locator) -> None:
        """The arrow keys move the pin there and back."""
        self._reach(drawing)
        self._keys.press("ArrowUp")
        self._keys.press("ArrowDown")

    def _reach(self, wanted: Locator) -> None:
        assert wanted.count(), f"{self._page.url} has no {wanted}"
        self._until(lambda: wanted.evaluate_all(_HAS_FOCUS), "Tab", MOST_STOPS)

    def _until(self, arrived: Callable[[], bool], key: str, most: int = MOST_OPTIONS) -> None:
        for _ in range(most):
            if arrived():
                return
            self._keys.press(key)
        raise AssertionError(f"{self._page.url}: {key} does not lead there")

    def _write_day(self, box: Locator, text: str) -> None:
        parts = text.split("-")
        for order in _DAY_ORDERS:
            self._keys.type("".join(parts[each] for each in order))
            if box.input_value() == text:
                return
            for _ in parts:
                self._keys.press("ArrowLeft")
        raise AssertionError(f"{text} cannot be typed")
