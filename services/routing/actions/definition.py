"""What one action is: everything that the API and the desk need to know of it, as its own module defines it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from marshmallow import Schema, ValidationError, fields, validate, validates
from sqlalchemy.orm import Session

from services.routing.actions.command import ActionResult, Command
from services.routing.cases.case_file import CaseFile
from services.routing.cases.models import Case, SubmissionCopy
from services.routing.cases.state_machine import Action
from services.routing.context import RoutingContext
from services.routing.desk.texts import Label, later
from services.routing.documents.upload import MOST_DOCUMENTS
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.standard_texts.placeholders import NOT_FILLED, in_braces, left
from shared.clock import Clock
from shared.swedish.law import LegalRegime
from shared.swedish.time import local_date

MOST_TEXT = 20_000
CONFIRMED = "confirmed"  # the field by which an officer goes on after a warning

Right = Callable[[Officer, Case], bool]


def who_sees_the_case(officer: Officer, case: Case) -> bool:
    """Every officer of the case's board; with a protected case, every officer whom the municipality names."""
    return officer.may_see(case)


class OfficersText(fields.Str):
    """Text that an officer writes: not only blanks, at most MOST_TEXT characters unless `most` is given."""

    def __init__(self, *, most: int = MOST_TEXT, least: int = 1, **options: Any) -> None:
        options["metadata"] = {"pattern": r"\S"} if least else {}
        super().__init__(validate=validate.Length(min=least, max=most), **options)

    def _deserialize(self, value: Any, *arguments: Any, **named: Any) -> str:
        return str(super()._deserialize(value, *arguments, **named)).strip()


class TextToSend(OfficersText):
    """Text that a standard text may be put into: no placeholder is left in it, as nobody is to read that."""

    def _deserialize(self, value: Any, *arguments: Any, **named: Any) -> str:
        text = super()._deserialize(value, *arguments, **named)
        if names := left(text):
            raise ValidationError(NOT_FILLED.format(names=in_braces(names)))
        return text


class DocumentIds(fields.List[Any]):
    """Documents that the officer uploaded for the case, and that go with the action."""

    def __init__(self) -> None:
        described = {"description": "The ids of uploaded documents that go with it."}
        super().__init__(fields.UUID(), validate=validate.Length(max=MOST_DOCUMENTS), metadata=described)


class ActionSchema(Schema):
    """What an officer requests with an action; `clock` gives the time, for rules about days."""

    def __init__(self, clock: Clock, **options: Any) -> None:
        super().__init__(**options)
        self.clock = clock

    def __deepcopy__(self, _: object) -> Self:
        """Itself: nobody changes it, and flask-smorest copies what is documented again and again."""
        return self


class DueSchema(ActionSchema):
    """What may be due on a day, which cannot have passed."""

    due_on = fields.Date(load_default=None, allow_none=True)

    @validates("due_on")
    def _is_to_come(self, day: date | None, **_: Any) -> None:
        if day is not None and day < local_date(self.clock()):
            raise ValidationError(later("The day cannot have passed."))


class NothingSchema(ActionSchema):
    """The action alone: nothing more is needed."""


class FieldKind(StrEnum):
    """How the desk shows a field of an action's form."""

    TEXT = "text"
    LINE = "line"
    DATE = "date"
    TIME = "time"
    CHECKBOX = "checkbox"
    DOCUMENTS = "documents"
    CHOICE = "choice"
    RADIOS = "radios"


class Default(StrEnum):
    """What a field is filled in with before anything is typed."""

    TODAY = "today"
    FIRST_CHOICE = "first_choice"


@dataclass(frozen=True)
class FormField:
    """A field of an action's form at the desk. `missing` is the message where it is required and left empty.

    `choices` names what may be chosen, or is suggested, as the case's page has it. `optional` and `shown` depend on
    the law that the case is handled under. Where there is no first choice to be filled in with, `hint` is left out.
    `unread_hint` stands in its place where the submitter is not to read what the field has.
    """

    name: str
    label: Label
    kind: FieldKind = FieldKind.TEXT
    hint: Label | None = None
    unread_hint: Label | None = None
    missing: str = ""
    choices: str = ""
    default: Default | None = None
    optional: Callable[[LegalRegime], bool] = lambda regime: False
    shown: Callable[[LegalRegime], bool] = lambda regime: True


DOCUMENTS = FormField(
    "documents",
    Label("Files"),
    FieldKind.DOCUMENTS,
    hint=Label("The submitter opens them on the page of the case; they are in no e-mail."),
    unread_hint=Label("They are kept in the case; the submitter does not get them."),
    optional=lambda regime: True,
)


class Purpose(StrEnum):
    """What an action is for: under which heading a case's page offers it."""

    SUBMITTER = "submitter"
    DEADLINE = "deadline"
    HANDLING = "handling"
    PLAN = "plan"
    CASE = "case"


class Notified(StrEnum):
    """Whether the submitter receives a message of an action."""

    ALWAYS = "always"
    BY_ESERVICE = "by_eservice"
    NEVER = "never"


@dataclass(frozen=True)
class ActionTrial:
    """An action on one case that nobody has performed yet: what `data` an officer requests it with, and when."""

    organisation: Organisation
    officer: Officer
    case: Case
    content: SubmissionCopy
    data: Mapping[str, Any]
    at: datetime


Check = Callable[[ActionTrial], None]


def always_taken(session: Session, trials: Sequence[ActionTrial]) -> Check:
    """The check of an action that every case takes whose state allows it."""
    return lambda trial: None


@dataclass(frozen=True)
class InBulk:
    """How an action is offered for many cases at once, under which `label`, and who is notified of it.

    `of_one_regime`: only where all of them are handled under the same law, on which its form depends. `form`: what it
    has beside the fields for one case. `checks`, given all trials (at least one), looks up what must be known of their
    cases in as many statements as for one, and gives the check of each: it raises InvalidInput where a case does not
    take what is requested, as the action itself does.
    """

    label: Label
    notified: Notified
    of_one_regime: bool = False
    form: tuple[FormField, ...] = ()
    checks: Callable[[Session, Sequence[ActionTrial]], Check] = always_taken


@dataclass(frozen=True)
class ActionDefinition:
    """An action, created with POST at `/cases/<id>/<path>`, at the API and at the desk.

    `summary` documents it in the API; `conditional`: only under If-Match; `may`: which officers may
    do it, with which cases, where the state of the case allows it. `perform` runs it on what `schema` has read.
    Texts: `label` on its button or form, `journal_label` in the journal, `confirmation` after it (`%(number)s` is the
    case's), `send_label` on the button that sends the form. `notifies`: the submitter receives a message of it.
    `impartial`: not for who has declared a conflict of interest in the case (FL 17 §).
    `leaves_case`: the officer may not see the case any more afterwards. `standard_text_into`: the field of the form,
    a TextToSend, that a standard text is put into; empty where there are none for the action. `key`: the one key that
    does it at the desk. `offered`: whether the desk shows it in a case whose state allows it, on this day; what is not
    offered is refused by the action itself. `is_common`: one of the few that a case's page shows beside the next step;
    the others stand folded, by their `purpose`. `in_bulk` None: it is about one case at a time. `in_macro`: what it is
    requested with can be kept, for a macro to have it as a step.
    """

    action: Action
    path: str
    summary: str
    schema: type[ActionSchema]
    conditional: bool
    may: Right
    perform: Callable[[RoutingContext, Command, Mapping[str, Any]], ActionResult]
    purpose: Purpose
    label: Label
    journal_label: Label
    confirmation: Label
    is_common: bool = False
    form: tuple[FormField, ...] = ()
    send_label: Label | None = None
    notifies: bool = False
    impartial: bool = True
    leaves_case: bool = False
    standard_text_into: str = ""
    key: str = ""
    offered: Callable[[CaseFile, date], bool] = lambda file, today: True
    in_bulk: InBulk | None = None
    in_macro: bool = False

    @property
    def bulk_form(self) -> tuple[FormField, ...]:
        """The form for many cases at once."""
        return self.form + (self.in_bulk.form if self.in_bulk else ())

    @property
    def takes_documents(self) -> bool:
        """Whether files may go with it."""
        return any(field.kind is FieldKind.DOCUMENTS for field in self.form)

    def missing_messages(self) -> dict[str, str]:
        """The message for each field that is required and was left empty, in English."""
        return {field.name: field.missing for field in self.form}
