"""Somebody who answers the questions of a form's page, as they are shown."""

from dataclasses import dataclass
from typing import TypedDict

from playwright.sync_api import FilePayload, Locator, Page, expect

from services.intake.eservices import definition
from services.intake.forms.entries import file_question
from services.intake.forms.fields.file import FileField
from services.intake.forms.fields.place import PlaceField
from tests.browser.forms import PICTURE
from tests.browser.walks.cells import DESKTOP, Cell
from tests.browser.walks.hands import Hands
from tests.browser.walks.plans import Plan
from tests.system.submissions import PDF

# The questions that can be answered on the page, in its order. A list that a script searches stands for its box.
_SHOWN = """() => [...document.querySelectorAll("#fill-in :is(input:not([type=hidden], [role]), select, textarea)")]
  .map(one => ({ name: one.name, kind: one.type, searched: Boolean(one.hidden && one.id.endsWith("-select")), one }))
  .filter(({ searched, one }) => (searched ? one.nextElementSibling : one).checkVisibility())
  .map(({ name, kind, searched }) => ({ name, kind: searched ? "search" : kind }))"""


class Shown(TypedDict):
    """An input that is shown: its name, and its type as HTML has it, or `search`."""

    name: str
    kind: str


@dataclass
class Answering:
    """Answers the questions of a form by its plan: on a desktop with scripts a place is pointed out, else described."""

    page: Page
    plan: Plan
    hands: Hands
    cell: Cell

    def answer_all(self, each: definition.Page, answered: set[str]) -> None:
        """Answer what is shown of the page and not yet `answered`, and what these answers ask for."""
        if self.cell.scripts:
            expect(self.page.locator("select[data-search]:not([hidden])")).to_have_count(0)  # they become boxes
        while True:
            wanted = (self.plan.inputs.keys() | self.plan.files.keys()) - answered
            waiting: list[Shown] = [shown for shown in self.page.evaluate(_SHOWN) if shown["name"] in wanted]
            if waiting:
                answered.add(waiting[0]["name"])
                self._answer(waiting[0])
            elif not self._add_entry(each):
                return

    def go(self, control: Locator) -> None:
        """Press what leads to another page, or to the same one anew."""
        with self.page.expect_navigation():
            self.hands.press(control)

    def _add_entry(self, each: definition.Page) -> bool:
        """Whether there was an entry to add on the page."""
        for section in each.sections:
            if section.repeat is None:
                continue
            name = section.repeat.name
            button = self.page.locator(f"button[name=add][value={name}]:visible")
            entries = self.page.locator(f"[data-entry={name}]").count()
            if button.count() and entries < self.plan.entries[name]:
                self.go(button)
                return True
        return False

    def _answer(self, shown: Shown) -> None:
        name, kind = shown["name"], shown["kind"]
        inputs = self.page.locator(f'#fill-in [name="{name}"]')
        if kind == "file":
            self.hands.attach(inputs, _files(file_question(self.plan.eservice, name), self.plan.files[name]))
            return
        points_out = self.cell.scripts and self.cell.width == DESKTOP
        if points_out and isinstance(self.plan.eservice.fields.get(name.removesuffix(".text")), PlaceField):
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


def _files(question: FileField | None, count: int) -> list[FilePayload]:
    assert question
    suffix, kind, content = (
        ("pdf", "application/pdf", PDF) if "pdf" in question.accept else ("png", "image/png", PICTURE)
    )
    return [
        {"name": f"{question.name}-{number}.{suffix}", "mimeType": kind, "buffer": content} for number in range(count)
    ]
