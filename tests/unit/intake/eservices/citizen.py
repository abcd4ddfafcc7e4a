"""Somebody who fills in any form: a value that fits each question, another one where the form refuses it.

Nothing here is random: the answers follow from the number of the citizen, so that different citizens take different
ways through a form, and each of them the same one every time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from services.intake.forms.answers import facts
from services.intake.forms.browser_form import answers_to_shown
from services.intake.forms.entries import place_of_files
from services.intake.forms.errors import FieldError, SubmissionInvalid
from services.intake.forms.fields.field import AnswerField, Field
from services.intake.forms.fields.file import FileField
from services.intake.forms.form import Form, Place, Reading
from tests.builders import NOON

MOST_PASSES = 60
TODAY = NOON.date()
ADDRESS = {"street": "Dalgatan 12", "postal_code": "796 31", "city": "Älvdalen"}
PEOPLE = ["19861209-2380", "19800426-2385", "19701063-2391"]
VALUES: Mapping[str, list[Any]] = {
    "bank_account": ["123 456 789-0"],
    "text": ["Åsvägen", "Nya Åsen"],
    "textarea": ["Det är så här det är."],
    "email": ["kim.karlsson@example.se"],
    "tel": ["070-123 45 67"],
    "url": ["https://www.example.se"],
    "property": ["Åsen 3:14"],
    "place": [{"text": "Dalgatan 12, vid bron"}],
    "address": [ADDRESS],
    "time": ["11:00", "23:30"],
    "checkbox": [True, False],
    "yes_no": [True, False],
}


@dataclass
class Filled:
    """A form as a citizen filled it in: what is stored of it, and the pages and questions that were met on the way.

    `files` are by the name that their question has on its page.
    `exits` has the answers with which the citizen was turned away, by the code of the page that did so.
    """

    answers: dict[str, Any]
    facts: dict[str, Any]
    files: dict[str, list[str]] = field(default_factory=dict)
    pages: set[str] = field(default_factory=set)
    questions: set[str] = field(default_factory=set)
    exits: dict[str, dict[str, Any]] = field(default_factory=dict)


def fill_in(form: Form, citizen: int, today: date = TODAY) -> Filled:
    """The form filled in until it is accepted, with days around `today`. AssertionError where it never is."""
    return _Citizen(form, citizen, today).fill_in()


@dataclass
class _Citizen:
    form: Form
    number: int
    today: date
    written: dict[str, Any] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    decided: dict[Place, int] = field(default_factory=dict)
    met: Filled = field(default_factory=lambda: Filled({}, {}))

    def fill_in(self) -> Filled:
        errors: list[FieldError] = []
        for _ in range(MOST_PASSES):
            self._fill_what_is_shown()
            try:
                self.met.answers = self.form.read(self.written, self.files)
            except SubmissionInvalid as invalid:
                errors = invalid.errors
                self._note_exit(errors)
                for error in errors:
                    self._answer_otherwise(error)
                continue
            self.met.facts, self.met.files = facts(self.form.eservice, self.met.answers), self.files
            return self.met
        raise AssertionError([(each.pointer, each.error.code) for each in errors])

    def _note_exit(self, errors: list[FieldError]) -> None:
        if [each.error.code for each in errors] == ["turned_away"]:
            reading = self.form.reading(self.written, self.files)
            assert reading.exit
            self.met.exits.setdefault(reading.exit.code, reading.answers)

    def _fill_what_is_shown(self) -> None:
        """Until nothing more is asked; what an answer makes superfluous is dropped, as a page does."""
        while True:
            self._begin_entries()
            reading = self.form.reading(self.written, self.files)
            self._meet(reading)
            undecided = [place for place in reading.shown if place not in self.decided]
            if not undecided:
                break
            for place in undecided:
                self._decide(place, reading.shown[place])
        self.written = answers_to_shown(reading, self.written)
        self.files = {name: each for name, each in self.files.items() if place_of_files(name) in reading.shown}

    def _begin_entries(self) -> None:
        reading = self.form.reading(self.written, self.files)
        for page in reading.pages:
            for section in page.sections:
                repeat = section.repeat
                if repeat and reading.holds(section.show_if) and not self.written.get(repeat.name):
                    count = max(repeat.least, self._choice(("answers", repeat.name), min(3, repeat.most)))
                    self.written[repeat.name] = [{} for _ in range(count)]

    def _meet(self, reading: Reading) -> None:
        self.met.pages |= {page.code for page in reading.pages}
        self.met.questions |= {question.name for question in reading.shown.values()}

    def _decide(self, place: Place, question: Field, otherwise: int = 0) -> None:
        self.decided[place] = otherwise
        if isinstance(question, FileField):
            optional = not question.required and self._choice(place, 2)
            self.files[".".join(map(str, place[1:]))] = [] if optional else [f"{question.name}.pdf"]
            return
        assert isinstance(question, AnswerField)
        values = _values(question, self.today)
        if not question.required and not otherwise and self._choice((*place, "left out"), 3) == 1:
            return
        self._write(place, values[(self._choice(place, len(values)) + otherwise) % len(values)])

    def _write(self, place: Place, value: Any) -> None:
        inside: Any = self.written
        for step in place[1:-1]:
            inside = inside[step]
        inside[place[-1]] = value

    def _answer_otherwise(self, error: FieldError) -> None:
        _, *steps = error.pointer.split("/")
        place: Place = tuple(int(step) if step.isdigit() else step for step in steps)
        shown = self.form.reading(self.written, self.files).shown
        while place and place not in shown:
            place = place[:-1]
        if place:
            self._decide(place, shown[place], self.decided[place] + 1)

    def _choice(self, place: Place, ways: int) -> int:
        """The way that this citizen takes there; the first citizen always takes the first."""
        drawn = sha256(f"{self.number} {place}".encode()).digest()
        return int.from_bytes(drawn[:8]) % ways if self.number else 0


def _values(question: AnswerField, today: date) -> list[Any]:
    """Answers that may fit the question."""
    match question.type:
        case "select" | "radio":
            return [option.code for option in question.options]  # type: ignore[attr-defined]
        case "checkboxes":
            codes = [option.code for option in question.options]  # type: ignore[attr-defined]
            return [codes[: question.most], *([code] for code in codes)]  # type: ignore[attr-defined]
        case "number" | "money":
            least, most = question.minimum or 0, question.maximum or 10**6  # type: ignore[attr-defined]
            return [min(least + 1, most), least, min(least + 500, most), most]
        case "date":
            return [_day(today, days) for days in (30, -30, -17 * 365)]
        case "month":
            return [_day(today, days)[:7] for days in (0, 40, -40)]
        case "identity_number":
            people = PEOPLE if "person" in question.numbers else []  # type: ignore[attr-defined]
            return people + (["556016-0680"] if "organisation" in question.numbers else [])  # type: ignore[attr-defined]
        case _ if getattr(question, "pattern", None):
            return [question.pattern.example]  # type: ignore[attr-defined]
        case _:
            return VALUES[question.type]


def _day(today: date, days: int) -> str:
    return (today + timedelta(days=days)).isoformat()
