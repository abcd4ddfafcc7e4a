"""What the last page shows: every answer under its page, and what is still missing or wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.drafts.filling import Filling
from services.intake.eservices.definition import Page, Section
from services.intake.forms.answers import labelled_of_section
from services.intake.forms.browser_form import input_name
from services.intake.forms.errors import FieldError
from services.intake.forms.fields.field import Text


@dataclass(frozen=True)
class Given:
    """An answer, or the names of files; `input` is where on its page it is changed."""

    label: Text
    value: Text
    input: str


@dataclass(frozen=True)
class PageGiven:
    """What was given on a page."""

    page: Page
    answers: Sequence[Given]


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
    found = [
        Given(each.label, each.value, each.input_name)
        for each in labelled_of_section(section, filling.reading.answers, filling.reading.not_stated)
    ]
    for field in section.fields:
        names = [file.name for file in filling.files.get(field.name, ())]
        if names and ("attachments", field.name) in filling.reading.shown:
            found.append(Given(field.label, {"sv": "\n".join(names)}, field.name))
    return found
