"""An e-service as its definition file describes it: the form, what routing and the board need to know, the texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from hashlib import sha256

from services.intake.eservices.identity import Identity
from services.intake.eservices.opening import LocalTime
from services.intake.forms.fields.field import AnswerField, Field, Text
from services.intake.forms.fields.file import FileField
from shared.conditions.condition import Node
from shared.events.intake import Deadline, Handling, Outcome, Retention
from shared.swedish.law import AppealAuthority, LegalRegime, Registration

MOST_FILES = 60  # of a form: each is an open file of the process while the form is sent


class TextBlockKind(StrEnum):
    """How a text between questions is shown."""

    TEXT = "text"
    DETAILS = "details"
    WARNING = "warning"


@dataclass(frozen=True)
class TextBlock:
    """A text between questions, as Markdown: paragraphs, lists, links. `summary` is what is seen of folded details."""

    kind: TextBlockKind
    text: Text
    summary: Text | None = None
    show_if: Node | None = None


@dataclass(frozen=True)
class Repeat:
    """A section that is answered several times: `least` to `most`.

    `entry` is what one is called ("child"); `heading` of each has `{field}` for its answers, else it is numbered.
    """

    name: str
    entry: Text
    least: int = 0
    most: int = 20
    heading: Text | None = None


@dataclass(frozen=True)
class Section:
    """Questions that belong together, with texts between them. `show_if`: they are asked only where this holds."""

    content: tuple[Field | TextBlock, ...]
    heading: Text | None = None
    show_if: Node | None = None
    repeat: Repeat | None = None

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The questions."""
        return tuple(each for each in self.content if isinstance(each, Field))


@dataclass(frozen=True)
class Prefill:
    """That a page is prefilled from a register outside: `into` has its questions, each with the name of the fact.

    `label` is what people call the register, `by` the question of an earlier page whose answer it is asked about.
    """

    register: str
    label: Text
    by: str
    into: Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """A page of the form. `is_exit`: it has no questions, and who comes to it cannot use the e-service."""

    code: str
    title: Text
    sections: tuple[Section, ...]
    show_if: Node | None = None
    is_exit: bool = False
    prefill: Prefill | None = None


@dataclass(frozen=True)
class Agreement:
    """What answers must agree about: where `require` does not hold, `message` stands at the question `at`.

    It is not asked of answers that are not there.
    """

    require: Node
    at: str
    message: Text


@dataclass(frozen=True)
class SubmitterFields:
    """The names of the fields with the submitter's details: `number` is a personal or organisation number."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    number: str | None = None


@dataclass(frozen=True)
class EService:
    """One version of one e-service.

    `identity_proof`, where `identity` asks for an e-ID: how identity is proved while nobody can sign in.
    `case_title` has `{field}` for answers, and is free of personal data. `next_steps` is what will happen, for the
    receipt. `open_from`, `open_until` and `paused` are those of `services.intake.eservices.opening`. `search_words` are
    words for it by language that its texts lack. `source` is the text of the file. The rest is as in
    `shared.events.intake.Handling`.
    """

    code: str
    version: int
    title: Text
    summary: Text
    intro: Text
    next_steps: Text
    case_title: Text
    identity: Identity
    board: str
    legal_regime: LegalRegime
    registration: Registration
    outcomes: tuple[Outcome, ...]
    pages: tuple[Page, ...]
    submitter: SubmitterFields = SubmitterFields()
    submitter_is_party: bool = True
    identity_proof: Text | None = None
    deadline: Deadline | None = None
    appeal: AppealAuthority | None = None
    secrecy: str | None = None
    agreements: tuple[Agreement, ...] = ()
    retention: Retention | None = None
    open_from: LocalTime | None = None
    open_until: LocalTime | None = None
    paused: Text | None = None
    topics: tuple[str, ...] = ()
    life_situations: tuple[str, ...] = ()
    search_words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    source: bytes = field(default=b"", repr=False)

    @cached_property
    def content_hash(self) -> str:
        """What no other content of the definition has: the SHA-256 of its text, in hex."""
        return sha256(self.source).hexdigest()

    @cached_property
    def fields(self) -> Mapping[str, AnswerField]:
        """The questions answered in JSON once, by name."""
        return {
            field.name: field
            for section in self.sections
            for field in section.fields
            if isinstance(field, AnswerField) and section.repeat is None
        }

    @cached_property
    def groups(self) -> Mapping[str, Section]:
        """The sections that are answered several times, by name."""
        return {section.repeat.name: section for section in self.sections if section.repeat}

    @cached_property
    def files(self) -> Mapping[str, FileField]:
        """The questions answered by files, by name."""
        return {name: field for name, field in self.questions.items() if isinstance(field, FileField)}

    @cached_property
    def handling(self) -> Handling:
        """What the board needs to know to handle a case."""
        return Handling(
            board=self.board,
            legal_regime=self.legal_regime,
            registration=self.registration,
            outcomes=list(self.outcomes),
            deadline=self.deadline,
            appeal=self.appeal,
            secrecy=self.secrecy,
            retention=self.retention,
            assurance_level=self.identity.assurance_level,
            submitter_is_party=self.submitter_is_party,
        )

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections of all pages."""
        return tuple(section for page in self.pages for section in page.sections)

    @cached_property
    def questions(self) -> Mapping[str, Field]:
        """Every question by its name, in the order of the form, those of repeated sections as well."""
        return {field.name: field for section in self.sections for field in section.fields}
