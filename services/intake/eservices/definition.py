"""An e-service as its definition file describes it: the form, what routing and the board need to know, the texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from services.intake.forms.fields.field import AnswerField, Field, Text
from services.intake.forms.fields.file import FileField
from shared.events.intake import Deadline, Handling, Outcome
from shared.swedish.law import AppealAuthority, LegalRegime, Registration

MOST_FILES = 60  # of a form: each is an open file of the process while the form is sent


@dataclass(frozen=True)
class Section:
    """Questions that belong together, under a heading."""

    heading: Text
    fields: tuple[Field, ...]


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

    `identity` is `anonymous` (nobody needs to give a name) or `stated` (name and e-mail are required).
    `case_title` has `{field}` for answers, and is free of personal data. `next_steps` is what will happen, for the
    receipt. The rest is as in `shared.events.intake.Handling`.
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
    legal_regime: LegalRegime
    registration: Registration
    outcomes: tuple[Outcome, ...]
    sections: tuple[Section, ...]
    submitter: SubmitterFields = SubmitterFields()
    deadline: Deadline | None = None
    appeal: AppealAuthority | None = None
    secrecy: str | None = None

    @cached_property
    def fields(self) -> Mapping[str, AnswerField]:
        """The questions answered in JSON, by name."""
        return {name: field for name, field in self.questions.items() if isinstance(field, AnswerField)}

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
        )

    @cached_property
    def questions(self) -> Mapping[str, Field]:
        """Every question by its name, in the order of the form."""
        return {field.name: field for section in self.sections for field in section.fields}
