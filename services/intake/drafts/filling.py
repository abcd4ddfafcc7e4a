"""A form that somebody is filling in: its definition, its draft, what is read of it so far, and where its pages are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from uuid import UUID

from services.intake.arrivals.form import arrival_form
from services.intake.attachments import claim
from services.intake.attachments.models import Attachment
from services.intake.attachments.shown_file import ShownFile
from services.intake.attachments.upload import find
from services.intake.context import IntakeContext
from services.intake.drafts import draft as drafts
from services.intake.drafts.draft_key import DraftKey
from services.intake.drafts.entries import Typed, file_fields, repeated
from services.intake.drafts.models import Draft
from services.intake.drafts.outside import OutsidePlace, outside_places
from services.intake.eservices.definition import EService, Page
from services.intake.eservices.versions import UnknownVersion
from services.intake.forms import browser_form
from services.intake.forms.answers import entry_heading
from services.intake.forms.entries import file_question, place_of_files, pointer_to_files
from services.intake.forms.errors import FieldError
from services.intake.forms.fields.field import Text
from services.intake.forms.fields.file import FileField
from services.intake.forms.form import Form, Reading


class UnknownPage(Exception):
    """The form has no such page."""


@dataclass(frozen=True)
class Filling:
    """`draft` is None before anything is saved.

    `files` has what the draft has, by the question's name on its page, `gone` those of its files that are not here any
    more.
    """

    context: IntakeContext
    slug: str
    form: Form
    key: DraftKey
    draft: Draft | None = None
    files: Mapping[str, list[Attachment]] = field(default_factory=dict)
    gone: Mapping[str, list[ShownFile]] = field(default_factory=dict)

    @property
    def eservice(self) -> EService:
        """The definition."""
        return self.form.eservice

    @property
    def municipality(self) -> str:
        """The municipality's code."""
        return self.context.municipality(self.slug).code

    @property
    def officer(self) -> str | None:
        """The name of the officer who fills it in for somebody; None where the submitter does."""
        return self.draft.officer_name if self.draft else None

    @property
    def inputs(self) -> Typed:
        """What was typed, on all pages."""
        return self.draft.inputs() if self.draft else {}

    @cached_property
    def reading(self) -> Reading:
        """What is asked, and what the answers so far come to."""
        return self.form.reading(self.answers, self.file_ids)

    @cached_property
    def answers(self) -> dict[str, object]:
        """What was typed, as the API has it."""
        return browser_form.answers(self.eservice, self.inputs)

    @property
    def file_ids(self) -> dict[str, list[UUID]]:
        """The ids of the files that are here, by question."""
        return {name: [each.id for each in several] for name, several in self.files.items()}

    @cached_property
    def outside(self) -> list[OutsidePlace]:
        """The places that seem to lie outside the municipality."""
        municipality = self.context.municipality(self.slug)
        return list(outside_places(self.reading, municipality, self.context.municipalities))

    @cached_property
    def errors(self) -> list[FieldError]:
        """All that is wrong with what is asked, in the order of the form: also files that are no longer here, and
        places outside the municipality that are not confirmed.
        """
        unconfirmed = [each.error() for each in self.outside if not each.is_confirmed(self.inputs)]
        return self.form.in_order([*self._gone(), *self.reading.errors, *unconfirmed])

    def errors_of(self, page: Page) -> list[FieldError]:
        """What is wrong on one page."""
        names = _names(page)
        return [each for each in self.errors if each.pointer.split("/")[2] in names]

    def page(self, code: str) -> Page:
        """The page with this code. Raises UnknownPage."""
        for page in self.eservice.pages:
            if page.code == code:
                return page
        raise UnknownPage(code)

    def page_of(self, error: FieldError) -> Page:
        """The page that an error belongs to; the first for one that belongs to none."""
        name = error.pointer.split("/")[2] if error.pointer.count("/") > 1 else ""
        return next((page for page in self.eservice.pages if name in _names(page)), self.eservice.pages[0])

    def label_of(self, name: str) -> Text:
        """What an input is called, in an entry of a repeated section as well."""
        questions = self.eservice.questions
        return next((questions[step].label for step in name.split(".") if step in questions), {"sv": name})

    def next_page(self, page: Page) -> Page | None:
        """The page that is shown after this one; None after the last."""
        pages = self.reading.pages
        after = pages[pages.index(page) + 1 :] if page in pages else []
        return after[0] if after else None

    def page_before(self, page: Page) -> Page | None:
        """The page that is shown before this one; None before the first."""
        shown = self.reading.pages
        place = shown.index(page) if page in shown else 0
        return shown[place - 1] if place else None

    def file_fields(self, page: Page) -> list[FileField]:
        """The page's questions that take files, those of each entry that there is of a repeated section."""
        return file_fields(page, self.inputs)

    def elsewhere(self, page: Page) -> list[tuple[FileField, int]]:
        """The files of the other pages, each as its question and its bytes."""
        here = _names(page)
        return [
            (question, each.size)
            for name, several in self.files.items()
            for each in several
            if name.partition(".")[0] not in here and (question := file_question(self.eservice, name))
        ]

    def _gone(self) -> list[FieldError]:
        """An error for each file that the draft has and that is no longer here."""
        return [
            FieldError(pointer_to_files(name), claim.gone(each.name).error)
            for name, several in self.gone.items()
            for each in several
            if place_of_files(name) in self.reading.shown
        ]


def opened(context: IntakeContext, slug: str, code: str, key: DraftKey) -> Filling:
    """The draft that the key opens, with the form as it was when it was begun. Raises UnknownDraft."""
    municipality = context.municipality(slug).code
    with context.sessions() as session:
        draft = drafts.find(session, municipality, code, key, context.clock())
        session.expunge(draft)
    try:
        form = context.form_as_begun(slug, code, draft.definition)
    except UnknownVersion:
        form = context.form(slug, code)
    return with_draft(Filling(context, slug, arrival_form(form) if draft.officer_name else form, key), draft)


def with_draft(filling: Filling, draft: Draft) -> Filling:
    """The form with this draft, and the files of it that are here."""
    wanted, context = drafts.shown_files(draft), filling.context
    ids = {name: [each.id for each in several] for name, several in wanted.items()}
    with context.sessions() as session:
        files = find(
            session,
            filling.municipality,
            filling.eservice.code,
            ids,
            storage=context.storage,
            now=context.clock(),
        )
    here = {each.id for several in files.values() for each in several}
    gone = {name: [each for each in several if each.id not in here] for name, several in wanted.items()}
    return replace(filling, draft=draft, files=files, gone=gone)


def typed_on(page: Page, posted: Mapping[str, str]) -> dict[str, str]:
    """What was typed on the page: inputs of its questions and nothing else. Files are no text."""
    names = _names(page)
    inside = tuple(f"{each}." for each in names)
    files = {each.name for section in page.sections for each in section.fields if isinstance(each, FileField)}
    return {
        name: text
        for name, text in posted.items()
        if (name in names or name.startswith(inside)) and files.isdisjoint(name.split("."))
    }


def heading_before(filling: Filling, page: Page, typed: Typed, group: str, number: str) -> Text | None:
    """The heading of an entry as the page had it with what was typed; None where it had no such entry."""
    section = repeated(page, group)
    if section is None or not number.isdecimal() or int(number[:3]) >= browser_form.entries(section, typed):
        return None
    place = int(number[:3])
    answers = browser_form.answers(filling.eservice, {**filling.inputs, **typed})
    entries = filling.form.reading(answers, filling.file_ids).answers.get(group, [])
    return entry_heading(section, place + 1, entries[place] if place < len(entries) else {})


def _names(page: Page) -> Sequence[str]:
    """The questions and repeated sections of a page."""
    questions = [each.name for section in page.sections if not section.repeat for each in section.fields]
    return questions + [section.repeat.name for section in page.sections if section.repeat]
