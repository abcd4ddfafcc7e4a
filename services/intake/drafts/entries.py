"""The entries of a page's repeated sections, as they are added, taken away, and found again with their files."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.intake.eservices.definition import Page, Section
from services.intake.forms import browser_form
from services.intake.forms.entries import in_entry
from services.intake.forms.fields.file import FileField

Typed = Mapping[str, str]


def file_fields(page: Page, typed: Typed) -> list[FileField]:
    """The page's questions that take files, with the names that they have for what is typed on it."""
    found = []
    for section in page.sections:
        several = [each for each in section.fields if isinstance(each, FileField)]
        if section.repeat is None:
            found += several
            continue
        count = min(browser_form.entries(section, typed), section.repeat.most)
        found += [in_entry(section, number, each) for number in range(count) for each in several]
    return found


def with_entry(page: Page, typed: dict[str, str], group: str) -> dict[str, str]:
    """What was typed, with one more empty entry of the repeated section."""
    section = repeated(page, group)
    if section is None:
        return typed
    return typed | {f"{group}.{browser_form.COUNT}": str(browser_form.entries(section, typed) + 1)}


@dataclass(frozen=True)
class Dropped:
    """An entry of a repeated section that is taken away, of so many: those after it move up."""

    group: str
    number: int
    entries: int

    @classmethod
    def read(cls, page: Page, typed: Typed, entry: str) -> "Dropped | None":
        """From what its button posts (`children.1`); None where the page has no such entry."""
        group, _, written = entry.partition(".")
        section = repeated(page, group)
        if section is None or not written.isdecimal():
            return None
        number, entries = int(written[:3]), browser_form.entries(section, typed)
        return cls(group, number, entries) if number < entries else None

    def moved(self, name: str) -> str | None:
        """What an input is called then; None where it was the entry's own."""
        group, _, rest = name.partition(".")
        written, _, inside = rest.partition(".")
        if group != self.group or not inside:
            return name
        number = int(written[:3]) if written.isdecimal() else self.entries
        if number == self.number or number >= self.entries:
            return None
        return name if number < self.number else f"{group}.{number - 1}.{inside}"

    def without(self, typed: Typed) -> dict[str, str]:
        """What was typed, without the entry."""
        kept = {name: text for before, text in typed.items() if (name := self.moved(before)) is not None}
        return kept | {f"{self.group}.{browser_form.COUNT}": str(self.entries - 1)}


def entry_now(section: Section, before: Typed, typed: Typed, number: int) -> int | None:
    """The number that an entry of the draft has on a page with what is `typed`; None where it is not known.

    Entries may have been added and taken away on another device since, so it is the one with the same answers.
    """
    assert section.repeat
    group = section.repeat.name

    def typed_in(inputs: Typed, entry: int) -> dict[str, str]:
        prefix = f"{group}.{entry}."
        return {name.removeprefix(prefix): text for name, text in inputs.items() if name.startswith(prefix) and text}

    count = f"{group}.{browser_form.COUNT}"
    if typed_in(before, number) == typed_in(typed, number):
        return number
    entries = range(browser_form.entries(section, typed))
    same = [each for each in entries if typed_in(before, number) == typed_in(typed, each)]
    if same:
        return same[0]
    return number if before.get(count) == typed.get(count) else None


def repeated(page: Page, group: str) -> Section | None:
    """The page's repeated section of the name, where it has one."""
    return next((each for each in page.sections if each.repeat and each.repeat.name == group), None)
