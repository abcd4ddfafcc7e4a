"""Somebody who goes through an e-service's form as its definition has it, from the catalogue to the receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict
from urllib.parse import urlsplit

from playwright.sync_api import FilePayload, Locator, Page, expect

from services.intake.eservices import definition
from services.intake.forms.fields.file import FileField
from services.intake.forms.fields.place import PlaceField
from services.intake.forms.fields.text import TextField
from services.intake.forms.fields.textarea import TextAreaField
from shared.i18n.formats import localized
from tests.browser.forms import PICTURE
from tests.browser.walks.cells import DESKTOP, Cell
from tests.browser.walks.hands import Hands
from tests.browser.walks.plans import Plan
from tests.browser.walks.watch import Watch
from tests.system.submissions import PDF

MOST_CONTINUES = 6  # without scripts a page is shown again for each condition that depends on another
OTHERWISE = "Det var inte så, det är så här."
# The questions that can be answered on the page, in its order. A list that a script searches stands for its box.
_SHOWN = """() => [...document.querySelectorAll("#fill-in :is(input:not([type=hidden], [role]), select, textarea)")]
  .map(one => ({ name: one.name, kind: one.type, searched: Boolean(one.hidden && one.id.endsWith("-select")), one }))
  .filter(({ searched, one }) => (searched ? one.nextElementSibling : one).checkVisibility())
  .map(({ name, kind, searched }) => ({ name, kind: searched ? "search" : kind }))"""
_FOCUSED = "document.activeElement.id"


class Shown(TypedDict):
    """An input that is shown: its name, and its type as HTML has it, or `search`."""

    name: str
    kind: str


@dataclass
class Walk:
    """One way through one form, in one of the ways of using it."""

    page: Page
    cell: Cell
    plan: Plan
    hands: Hands
    watch: Watch

    def from_catalogue_to_receipt(self) -> str:
        """The reference of what was sent."""
        self._find_in_catalogue()
        self._fill_in_pages(self.plan.pages)
        self._check_and_change()
        return self._send()

    def to_exit(self) -> None:
        """To the page that turns away, and back again."""
        *before, turned_away = self.plan.pages
        self.page.goto(f"/{self.plan.slug}/e-tjanster/{self.plan.eservice.code}")
        self._fill_in_pages(before)
        self._expect_page(turned_away)
        self.watch.look(turned_away.code)
        self._go(self.page.locator("main a.back-link"))
        self._expect_page(before[-1])

    def _find_in_catalogue(self) -> None:
        """Search for it by a word that its title need not have."""
        eservice, language = self.plan.eservice, self.cell.language
        title = localized(eservice.title, language)
        self.page.goto(f"/{self.plan.slug}/")
        self.watch.look("catalogue")
        self.hands.write(self.page.locator("#q"), next(iter(eservice.search_words.get(language, ())), title))
        self._go(self.page.locator("form[role=search] button"))
        self.watch.look("found")
        self._go(self.page.get_by_role("link", name=title, exact=True))
        expect(self.page.locator("h1")).to_have_text(title)

    def _fill_in_pages(self, pages: Sequence[definition.Page]) -> None:
        has_seen_errors = False
        for number, each in enumerate(pages):
            if number:
                self._expect_page(each)
            self.watch.look(each.code)
            if not has_seen_errors and _asks_at_once(each):
                self._continue_with_nothing(each)
                has_seen_errors = True
            self._fill_in(each)
            self.watch.look(f"{each.code}-filled-in")
            self._continue(each)

    def _continue_with_nothing(self, each: definition.Page) -> None:
        """Each error is in the summary, which has the focus, and leads to its question."""
        self.watch.is_refused = True
        self._go(self._continue_button)
        summary = self.page.locator(".error-summary")
        expect(summary).to_be_focused()
        self.watch.look(f"{each.code}-errors")
        self.watch.is_refused = False
        for link in summary.get_by_role("link").all():
            self._press_from_top(link)
            target = (link.get_attribute("href") or "").removeprefix("#")
            assert self.page.evaluate(_FOCUSED) == target, f"{self.page.url}: the error of {target} leads elsewhere"

    def _press_from_top(self, link: Locator) -> None:
        self.page.locator(".error-summary").focus()
        self.hands.press(link)

    def _fill_in(self, each: definition.Page) -> None:
        answered: set[str] = set()
        while True:
            wanted = self.plan.inputs.keys() | self.plan.files.keys()
            waiting: list[Shown] = [shown for shown in self.page.evaluate(_SHOWN) if shown["name"] in wanted - answered]
            if waiting:
                self._answer(waiting[0])
                answered.add(waiting[0]["name"])
            elif not self._add_entry(each):
                return

    def _add_entry(self, each: definition.Page) -> bool:
        """Whether there was an entry to add on the page."""
        for section in each.sections:
            if section.repeat is None:
                continue
            name = section.repeat.name
            button = self.page.locator(f"button[name=add][value={name}]:visible")
            entries = self.page.locator(f"[data-entry={name}]").count()
            if button.count() and entries < self.plan.entries[name]:
                self._go(button)
                return True
        return False

    def _answer(self, shown: Shown) -> None:
        name, kind = shown["name"], shown["kind"]
        inputs = self.page.locator(f'#fill-in [name="{name}"]')
        if kind == "file":
            self.hands.attach(inputs, _files(self.plan.eservice.files[name], self.plan.files[name]))
            return
        if self._points_out and isinstance(self.plan.eservice.fields.get(name.removesuffix(".text")), PlaceField):
            self.hands.point_out(self.page.locator("[data-map] svg"))
            self.plan = self.plan.without(name.removesuffix(".text"))
            return
        text = self.plan.inputs[name]
        match kind:
            case "radio":
                self.hands.tick(inputs, inputs.and_(self.page.locator(f'[value="{text}"]')))
            case "checkbox":
                self.hands.tick(inputs, inputs)
            case "select-one":
                self.hands.choose(inputs, text)
            case "search":
                box = self.page.locator(f'[id="{name.replace(".", "-")}"]')
                self.hands.search(box, inputs.locator(f'option[value="{text}"]').inner_text())
            case _:
                self.hands.write(inputs, text)

    def _continue(self, each: definition.Page) -> None:
        """On to the next page. Without scripts the page comes again for what its answers ask for."""
        here = self.page.url
        for _ in range(MOST_CONTINUES):
            self._go(self._continue_button)
            problems = self.page.locator(".error-summary").all_inner_texts()
            assert not problems, f"{self.page.url}: {problems}"
            if self._is_left(each, here):
                return
            if self._confirm_place():
                continue
            assert not self.cell.scripts, f"{self.page.url}: the script did not show what the server asks for"
            self._fill_in(each)
        raise AssertionError(f"{self.page.url} is not left")

    def _confirm_place(self) -> bool:
        """Whether the page asks about a place outside the municipality, as the pin may be; then it is right."""
        box = self.page.locator("[name$='.outside']:not(:checked)")
        is_unconfirmed = box.count() > 0
        if is_unconfirmed:
            self.watch.look("outside")
            self.hands.tick(box, box)
        return is_unconfirmed

    @property
    def _points_out(self) -> bool:
        """Whether places are pointed out on the map; else they are described."""
        return self.cell.scripts and self.cell.width == DESKTOP

    def _is_left(self, each: definition.Page, here: str) -> bool:
        return urlsplit(self.page.url).path != urlsplit(here).path and f"/sida/{each.code}" not in self.page.url

    def _check_and_change(self) -> None:
        """All pages are on the check; one answer is given otherwise, and the check shows it."""
        self.page.wait_for_url("**/kontrollera")
        self.watch.look("check")
        for each in self.plan.pages:
            expect(self.page.locator(f"#page-{each.code}")).to_have_text(localized(each.title, self.cell.language))
        name = self._one_to_change()
        change = self.page.locator(f'a.change[href$="#{name}"]') if name else self.page.locator("a.change")
        target = (change.first.get_attribute("href") or "").partition("#")[2]
        self._go(change.first)
        assert self.page.evaluate(_FOCUSED) == target, f"{self.page.url}: the focus is not at what is to be changed"
        if name:
            self.hands.write(self.page.locator(f'[name="{name}"]'), OTHERWISE)
            self.plan = self.plan.with_input(name, OTHERWISE)
        self._go(self._continue_button)
        self.page.wait_for_url("**/kontrollera")
        if name:
            expect(self.page.locator("main")).to_contain_text(OTHERWISE)

    def _one_to_change(self) -> str | None:
        """A question that is answered with any text, where there is one."""
        texts = (TextField, TextAreaField)
        taken = (
            name
            for name, each in self.plan.eservice.fields.items()
            if type(each) in texts and getattr(each, "pattern", None) is None and each.longest >= len(OTHERWISE)
        )
        return next((name for name in taken if name in self.plan.answers), None)

    def _send(self) -> str:
        self._go(self._continue_button)
        self.page.wait_for_url("**/kvitto/*")
        reference = self.page.url.rpartition("/")[2]
        expect(self.page.locator(".reference [aria-hidden]")).to_have_text(reference)
        self.watch.look("receipt")
        return reference

    @property
    def _continue_button(self) -> Locator:
        return self.page.locator("main form button.button:not(.button-secondary)").last

    def _go(self, control: Locator) -> None:
        with self.page.expect_navigation():
            self.hands.press(control)

    def _expect_page(self, each: definition.Page) -> None:
        assert f"/sida/{each.code}" in self.page.url, f"{self.page.url} and not {each.code}"


def _asks_at_once(page: definition.Page) -> bool:
    """Whether the page has a question that needs an answer whatever else is answered."""
    return any(
        each.required and each.show_if is None
        for section in page.sections
        if section.show_if is None and section.repeat is None
        for each in section.fields
    )


def _files(question: FileField, count: int) -> list[FilePayload]:
    suffix, kind, content = (
        ("pdf", "application/pdf", PDF) if "pdf" in question.accept else ("png", "image/png", PICTURE)
    )
    return [
        {"name": f"{question.name}-{number}.{suffix}", "mimeType": kind, "buffer": content} for number in range(count)
    ]
