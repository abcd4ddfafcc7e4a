"""An e-service's form as an officer fills it in for somebody: first how it came, and no answer is needed.

What came may lack what the form asks for, and can still not be turned away: what it lacks is sent as not stated, and
no answer leads to an exit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from services.intake.eservices.definition import Page, Section
from services.intake.forms.errors import InvalidAnswer
from services.intake.forms.fields.choice import Option
from services.intake.forms.fields.date import DateField
from services.intake.forms.fields.file import FileField
from services.intake.forms.fields.radio import RadioField
from services.intake.forms.form import Answers, Form
from shared.clock import Clock
from shared.events.intake import Arrival, ArrivalChannel
from shared.files.file_types import KINDS
from shared.swedish.time import local_date

EARLIEST = timedelta(days=365)  # before today: a day of another year is mostly this year's, misspelt


@dataclass(frozen=True, kw_only=True)
class ReceivedOnField(DateField):
    """The day on which something reached the municipality: not one to come, and within the last year."""

    when: str | None = "past"

    def read(self, value: Any, clock: Clock) -> str:
        """The day. Raises InvalidAnswer."""
        day = super().read(value, clock)
        if date.fromisoformat(day) <= local_date(clock()) - EARLIEST:
            raise InvalidAnswer("too_early", "“%(label)s” must be a day within the last year.", label=self.label)
        return day


# No name or code in a definition begins so: these are none of its own.
CHANNEL = RadioField(
    name="_channel",
    label={"sv": "Hur kom det in?", "en": "How did it come in?"},
    required=True,
    options=(
        Option(ArrivalChannel.LETTER, {"sv": "Med brev", "en": "By letter"}),
        Option(ArrivalChannel.TELEPHONE, {"sv": "Per telefon", "en": "By telephone"}),
        Option(ArrivalChannel.EMAIL, {"sv": "Med e-post", "en": "By e-mail"}),
        Option(ArrivalChannel.COUNTER, {"sv": "På besök", "en": "At the counter"}),
    ),
)
RECEIVED_ON = ReceivedOnField(
    name="_received_on",
    label={"sv": "Vilken dag nådde det kommunen?", "en": "On which day did it reach the municipality?"},
    hint={
        "sv": "Ett brev har kommit in den dag det nådde kommunen, även om det öppnades senare. "
        "Tidsfrister räknas härifrån.",
        "en": "A letter has come in on the day that it reached the municipality, though it may have been opened later. "
        "Time limits are counted from here.",
    },
    required=True,
)
ORIGINAL = FileField(
    name="_original",
    label={"sv": "Det som kom in, inskannat", "en": "What came in, scanned"},
    hint={"sv": "Brevet, blanketten eller e-brevet som fil.", "en": "The letter, the form or the e-mail as a file."},
    accept=tuple(KINDS),
    max_files=10,
)
ARRIVAL_PAGE = Page(
    "_arrival", {"sv": "Hur det kom in", "en": "How it came in"}, (Section((CHANNEL, RECEIVED_ON, ORIGINAL)),)
)
_ORIGINAL_PAGE = replace(ARRIVAL_PAGE, sections=(Section((ORIGINAL,)),))


def arrival_form(form: Form) -> Form:
    """The form as an officer fills it in, with the page about how it came before all others."""
    return _with_first(ARRIVAL_PAGE, form)


def entered_form(form: Form) -> Form:
    """The form as it is sent for somebody: any answer may be missing, and what came may be attached."""
    return _with_first(_ORIGINAL_PAGE, form)


def arrival_of(answers: Answers, *, subject: str, name: str) -> Arrival:
    """How it came, of answers to the first page that are right; the officer by subject and name."""
    day = date.fromisoformat(answers[RECEIVED_ON.name])
    return Arrival(ArrivalChannel(answers[CHANNEL.name]), day, subject, name)


def without_arrival(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers but for how it came."""
    return {name: each for name, each in answers.items() if name not in (CHANNEL.name, RECEIVED_ON.name)}


def _with_first(first: Page, form: Form) -> Form:
    pages = tuple(page for page in form.eservice.pages if page.code != first.code and not page.is_exit)
    questions = [field.name for page in pages for section in page.sections for field in section.fields]
    return form.lacking(replace(form.eservice, pages=(first, *pages)), frozenset(questions))
