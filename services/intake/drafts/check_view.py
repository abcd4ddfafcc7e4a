"""What the last page shows: every answer under its page, and what is still missing or wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.drafts.filling import Filling
from services.intake.eservices.definition import Page, Section
from services.intake.forms.answers import files_label, labelled_of_section
from services.intake.forms.browser_form import input_name
from services.intake.forms.entries import numbered_from_zero, place_of_files, question_name
from services.intake.forms.errors import FieldError
from services.intake.forms.fields.computed import ComputedField
from services.intake.forms.fields.field import Text


@dataclass(frozen=True)
class Given:
    """An answer, or the names of files: several values are a list.

    `input` is where on its page it is changed; None where it cannot be, as it is computed.
    """

    label: Text
    values: Sequence[Text]
    input: str | None


@dataclass(frozen=True)
class PageGiven:
    """What was given on a page."""

    page: Page
    answers: Sequence[Given]

    @property
    def can_be_changed(self) -> bool:
        """Whether it asks anything, and does not only show what was computed."""
        return any(not isinstance(each, ComputedField) for section in self.page.sections for each in section.fields)


@dataclass(frozen=True)
class PageError:
    """What is wrong at an input of a page."""

    page: Page
    input: str
    error: FieldError


def given(filling: Filling) -> list[PageGiven]:
    """What was given, page by page; a page without answers is there as well, so that they can be given."""
    return [
        PageGiven(page, [each for section in page.sections for each in _of_section(filling, section)])
        for page in filling.reading.pages
        if not page.is_exit
    ]


def page_errors(filling: Filling, errors: Sequence[FieldError]) -> list[PageError]:
    """The errors, each with its page and input."""
    return [PageError(filling.page_of(each), input_name(filling.eservice, each.pointer), each) for each in errors]


def _of_section(filling: Filling, section: Section) -> list[Given]:
    """In the order of the page, with the files of each entry beside its answers."""
    found = {
        numbered_from_zero(each.name): Given(each.label, each.choices or [each.value], each.input_name)
        for each in labelled_of_section(section, filling.reading.answers, filling.reading.not_stated)
    }
    for name, several in filling.files.items():
        if several and question_name(name) in _names(section) and place_of_files(name) in filling.reading.shown:
            label = files_label(filling.eservice, name, filling.reading.answers)
            found[name] = Given(label, [{"sv": each.name} for each in several], name)
    return [found[name] for name in sorted(found, key=lambda name: _place(section, name))]


def _place(section: Section, name: str) -> tuple[int, int]:
    """Where a question stands in its section: its entry, and its number in that."""
    *_, number, own = ("0", *name.split("."))
    return int(number), _names(section).index(own)


def _names(section: Section) -> list[str]:
    return [each.name for each in section.fields]
