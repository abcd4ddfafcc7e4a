"""Somebody who goes through an e-service's form as its definition has it, from the catalogue to the receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from services.intake.eservices import definition
from services.intake.forms.fields.text import TextField
from services.intake.forms.fields.textarea import TextAreaField
from shared.i18n.formats import localized
from tests.browser.walks.answering import Answering
from tests.browser.walks.cells import Cell
from tests.browser.walks.plans import Plan
from tests.browser.walks.watch import Watch

MOST_CONTINUES = 6  # without scripts a page is shown again for each condition that depends on another
OTHERWISE = "Det var inte så, det är så här."
_FOCUSED = "document.activeElement.id"


@dataclass
class Walk:
    """One way through one form, in one of the ways of using it."""

    page: Page
    cell: Cell
    answering: Answering
    watch: Watch

    @property
    def plan(self) -> Plan:
        """What is filled in."""
        return self.answering.plan

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
        self.answering.go(self.page.locator("main a.back-link"))
        self._expect_page(before[-1])

    def _find_in_catalogue(self) -> None:
        """Search for it by a word that its title need not have."""
        eservice, language = self.plan.eservice, self.cell.language
        title = localized(eservice.title, language)
        self.page.goto(f"/{self.plan.slug}/")
        self.watch.look("catalogue")
        self.answering.hands.write(self.page.locator("#q"), next(iter(eservice.search_words.get(language, ())), title))
        self.answering.go(self.page.locator("form[role=search] button"))
        self.watch.look("found")
        self.answering.go(self.page.get_by_role("link", name=title, exact=True))
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
            answered: set[str] = set()
            self.answering.answer_all(each, answered)
            self.watch.look(f"{each.code}-filled-in")
            self._continue(each, answered)

    def _continue_with_nothing(self, each: definition.Page) -> None:
        """Each error is in the summary, which has the focus, and leads to its question."""
        self.watch.expects_errors = True
        self.answering.go(self._continue_button)
        summary = self.page.locator(".error-summary")
        expect(summary).to_be_focused()
        self.watch.look(f"{each.code}-errors")
        self.watch.expects_errors = False
        for link in summary.get_by_role("link").all():
            self._press_from_top(link)
            target = (link.get_attribute("href") or "").removeprefix("#")
            assert self.page.evaluate(_FOCUSED) == target, f"{self.page.url}: the error of {target} leads elsewhere"

    def _press_from_top(self, link: Locator) -> None:
        """From the summary, where the page begins; the links before have led away from it."""
        self.page.locator(".error-summary").focus()
        self.answering.hands.press(link)

    def _continue(self, each: definition.Page, answered: set[str]) -> None:
        """On to the next page. Without scripts the page comes again for what its answers ask for."""
        here = self.page.url
        for _ in range(MOST_CONTINUES):
            self.answering.go(self._continue_button)
            problems = self.page.locator(".error-summary").all_inner_texts()
            assert not problems, f"{self.page.url}: {problems}"
            if self._is_left(each, here):
                return
            if self._confirm_place():
                continue
            assert not self.cell.scripts, f"{self.page.url}: the script did not show what the server asks for"
            self.answering.answer_all(each, answered)
            self.watch.look(f"{each.code}-more")
        raise AssertionError(f"{self.page.url} is not left")

    def _confirm_place(self) -> bool:
        """Whether the page asks about a place outside the municipality, as the pin may be; then it is right."""
        box = self.page.locator("[name$='.outside']:not(:checked)")
        is_unconfirmed = box.count() > 0
        if is_unconfirmed:
            self.watch.look("outside")
            self.answering.hands.tick(box, box)
        return is_unconfirmed

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
        self.answering.go(change.first)
        assert self.page.evaluate(_FOCUSED) == target, f"{self.page.url}: the focus is not at what is to be changed"
        if name:
            self.answering.hands.write(self.page.locator(f'[name="{name}"]'), OTHERWISE)
            self.answering.plan = self.plan.with_input(name, OTHERWISE)
        self.answering.go(self._continue_button)
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
        self.answering.go(self._continue_button)
        self.page.wait_for_url("**/kvitto/*")
        reference = self.page.url.rpartition("/")[2]
        expect(self.page.locator(".reference [aria-hidden]")).to_have_text(reference)
        self.watch.look("receipt")
        return reference

    @property
    def _continue_button(self) -> Locator:
        return self.page.locator("main form button.button:not(.button-secondary)").last

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
