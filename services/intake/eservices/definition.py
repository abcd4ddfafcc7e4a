"""An e-service as its definition file describes it: the form, what routing and the board need to know, the texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from shared.events.intake import Deadline, Handling, Outcome
from shared.swedish.law import AppealAuthority, LegalRegime, Registration

Text = Mapping[str, str]

MB = 1_000_000
MOST_FILES = 60  # of a form: each is an open file of the process while the form is sent


@dataclass(frozen=True)
class Option:
    """One of the answers that may be chosen."""

    code: str
    label: Text


@dataclass(frozen=True)
class Field:
    """One question of the form.

    `fact`: routing rules may see the answer. `public`: the answer may be read by anyone, as it becomes part of the
    case's title. `required_if`: the checkbox that asks for an answer, which is needed when it is ticked and not taken
    when it is not. `when`: `past` or `future`, of a date. `numbers`: the kinds of identity number taken, `person` and
    `organisation`. `accept`: the kinds of file taken.
    """

    name: str
    type: str
    label: Text
    hint: Text | None = None
    required: bool = False
    required_if: str | None = None
    fact: bool = False
    public: bool = False
    autocomplete: str | None = None
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    unit: str | None = None
    when: str | None = None
    options: tuple[Option, ...] = ()
    numbers: tuple[str, ...] = ("person", "organisation")
    accept: tuple[str, ...] = ("pdf", "jpeg", "png")
    max_files: int = 1
    max_bytes: int = 25 * MB

    def option(self, code: str) -> Option:
        """The option with the code; KeyError when there is none."""
        return {option.code: option for option in self.options}[code]


@dataclass(frozen=True)
class Section:
    """Questions that belong together, under a heading."""

    heading: Text
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class SubmitterFields:
    """Which fields say who submits: `number` is a personal or organisation number."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    number: str | None = None


@dataclass(frozen=True)
class EService:
    """One version of one e-service.

    `identity` is `anonymous` (nobody needs to say who they are) or `stated` (name and e-mail are asked for).
    `case_title` is the matter in brief, with `{field}` for answers; free of personal data. `next_steps` is what the
    receipt says will happen. The rest is as in `shared.events.intake.Handling`.
    """

    code: str
    version: int
    title: Text
    summary: Text
    intro: Text
    next_steps: Text
    case_title: Text
    identity: str
    board: str
    legal_regime: str
    registration: str
    outcomes: tuple[Outcome, ...]
    sections: tuple[Section, ...]
    submitter: SubmitterFields = SubmitterFields()
    deadline: Deadline | None = None
    appeal: str | None = None
    secrecy: str | None = None

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """The questions answered in words, by name."""
        return {name: field for name, field in self.questions.items() if field.type != "file"}

    @cached_property
    def files(self) -> Mapping[str, Field]:
        """The questions answered by files, by name."""
        return {name: field for name, field in self.questions.items() if field.type == "file"}

    @cached_property
    def handling(self) -> Handling:
        """What the board needs to know to handle a case."""
        return Handling(
            board=self.board,
            legal_regime=LegalRegime(self.legal_regime),
            registration=Registration(self.registration),
            outcomes=list(self.outcomes),
            deadline=self.deadline,
            appeal=AppealAuthority(self.appeal) if self.appeal else None,
            secrecy=self.secrecy,
        )

    @cached_property
    def questions(self) -> Mapping[str, Field]:
        """Every question by its name, in the order of the form."""
        return {field.name: field for section in self.sections for field in section.fields}
