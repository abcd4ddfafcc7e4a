"""An e-service's form: which questions are asked, given the answers so far, and the reading of what was sent.

Pages, sections, questions and options may depend on answers before them, so a form is read from its first question to
its last. What is not asked has no answer, and conditions see the answers to what is asked.
"""

from collections import ChainMap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.intake.eservices.definition import Agreement, EService, Page, Section
from services.intake.forms.entries import file_question, in_entry, place_of_files
from services.intake.forms.errors import FieldError, InvalidAnswer, InvalidParts, SubmissionInvalid
from services.intake.forms.fields.choice import OptionsField
from services.intake.forms.fields.computed import ComputedField
from services.intake.forms.fields.field import AnswerField, Field, Text, is_blank
from services.intake.forms.fields.file import FileField
from shared.clock import Clock
from shared.conditions.areas import Area
from shared.conditions.condition import Facts, Node, facts_named
from shared.conditions.evaluate import evaluate
from shared.conditions.operators import Surroundings
from shared.swedish.time import local_date

Answers = dict[str, Any]
Files = Mapping[str, Sequence[Any]]
Place = tuple[str | int, ...]

MISSING = "required"  # the code of the error that each type of field has where an answer is needed
NO_AREAS: Mapping[str, Area] = {}


@dataclass
class Reading:
    """A form as far as it was read.

    `answers` as they are stored; `facts` what conditions see; `shown` the questions that are shown, by place
    (`("answers", "children", 0, "name")`); `pages` those that are shown, in order, up to an exit; `errors` all that is
    wrong with the answers to what is asked, each at its place; `not_stated` the places of the answers that are needed
    and missing, where the form may lack them.
    """

    surroundings: Surroundings
    answers: Answers = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    shown: dict[Place, Field] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)
    errors: list[FieldError] = field(default_factory=list)
    not_stated: list[Place] = field(default_factory=list)

    @property
    def exit(self) -> Page | None:
        """The page that turns the submitter away, where the answers lead to one."""
        return self.pages[-1] if self.pages and self.pages[-1].is_exit else None

    def holds(self, node: Node | None, entry: Facts | None = None) -> bool:
        """Whether there is no condition, or it holds; `entry` has the answers of one entry of a repeated section."""
        if node is None:
            return True
        facts = self.facts if entry is None else ChainMap(dict(entry), self.facts)
        return evaluate(node, facts, self.surroundings) is True

    def add_error(self, place: Place, invalid: InvalidAnswer) -> None:
        """Something is wrong there."""
        self.errors.append(FieldError(pointer(*place), invalid.error))


class Form:
    """One e-service, ready to read what is sent to it; `areas` are the municipality's, which conditions may name.

    `may_lack`: the questions whose answers may be missing though they are needed.
    """

    def __init__(
        self,
        eservice: EService,
        clock: Clock,
        areas: Mapping[str, Area] = NO_AREAS,
        *,
        may_lack: Collection[str] = (),
    ) -> None:
        self.eservice, self.areas = eservice, areas
        self._clock, self._may_lack = clock, may_lack
        names = [name for section in eservice.sections for name in _names(section)]
        self._order = {name: place for place, name in enumerate(names)}
        self._sees = _seen_by_conditions(eservice)
        self._group_of = {each.name: group for group, section in eservice.groups.items() for each in section.fields}

    def lacking(self, eservice: EService, may_lack: Collection[str]) -> "Form":
        """The form of another definition of the same e-service, which may lack the answers to these questions."""
        return Form(eservice, self._clock, self.areas, may_lack=may_lack)

    def read(self, answers: Mapping[str, Any], files: Files) -> Answers:
        """The answers as they are stored. Raises SubmissionInvalid."""
        return self.checked(answers, files).answers

    def checked(self, answers: Mapping[str, Any], files: Files) -> Reading:
        """A form without errors; `files` has what answers questions that take files, by their names on a page.

        Raises SubmissionInvalid with every error, each at its place.
        """
        reading = self.reading(answers, files)
        invalid = {name for each in reading.errors for name in each.pointer.split("/")[2:]}
        for place, question in self._answered(answers, files):
            if question is None:
                reading.add_error(place, _unknown(place[-1]))
            elif place not in reading.shown and not self._sees[str(place[-1])] & invalid:
                reading.add_error(place, _not_shown(question))
        if reading.exit:
            reading.add_error(self._last_of(reading), _turned_away(reading.exit))
        if reading.errors:
            raise SubmissionInvalid(self.in_order(reading.errors))
        return reading

    def reading(self, answers: Mapping[str, Any], files: Files) -> Reading:
        """What is asked, given these answers, and what they come to. Answers to what is not asked are passed over."""
        reading = Reading(Surroundings(local_date(self._clock()), self.areas))
        for page in self.eservice.pages:
            if not reading.holds(page.show_if):
                continue
            reading.pages.append(page)
            if page.is_exit:
                break
            for section in page.sections:
                if not reading.holds(section.show_if):
                    continue
                if section.repeat:
                    self._read_entries(section, answers.get(section.repeat.name), files, reading)
                else:
                    self._read_questions(section, answers, files, reading)
        for agreement in self.eservice.agreements:
            self._check_agreement(agreement, reading)
        return reading

    def _check_agreement(self, agreement: Agreement, reading: Reading) -> None:
        """It is asked where all that it sees is answered, and its question asked; of each entry where it is in one."""
        seen = facts_named(agreement.require)
        for place, label, entry in self._places_of(agreement.at, reading):
            of_entry = {name for name in seen if len(place) > 2 and self._group_of.get(name) == place[1]}
            is_answered = of_entry <= entry.keys() and seen - of_entry <= reading.facts.keys()
            if is_answered and not reading.holds(agreement.require, entry):
                invalid = InvalidAnswer("disagrees", "“%(label)s”: %(message)s", label=label, message=agreement.message)
                reading.add_error(place, invalid)

    def _places_of(self, at: str, reading: Reading) -> Iterator[tuple[Place, Text, Facts]]:
        """Each place of a question that is asked, or of a repeated section, with what it is called and its entry."""
        if at in self.eservice.groups:
            repeat = self.eservice.groups[at].repeat
            if repeat and at in reading.facts:
                yield ("answers", at), repeat.entry, {}
            return
        group = self._group_of.get(at)
        if group is None:
            places: list[tuple[Place, Facts]] = [(("answers", at), {})]
        else:
            places = [(("answers", group, n, at), entry) for n, entry in enumerate(reading.answers.get(group, ()))]
        for place, entry in places:
            if place in reading.shown:
                yield place, reading.shown[place].label, entry

    def _read_questions(self, section: Section, answers: Mapping[str, Any], files: Files, reading: Reading) -> None:
        for each in section.fields:
            if not reading.holds(each.show_if):
                continue
            if isinstance(each, FileField):
                self._read_files(each, each.name, files, reading, {})
            else:
                answer = self._value(each, answers, ("answers",), reading, {})
                if answer is not None:
                    reading.answers[each.name] = reading.facts[each.name] = answer

    def _read_entries(self, section: Section, written: Any, files: Files, reading: Reading) -> None:
        repeat = section.repeat
        assert repeat
        place: Place = ("answers", repeat.name)
        entries = [] if is_blank(written) else written
        if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
            reading.add_error(place, InvalidAnswer("type", "“%(name)s” must be a list of objects.", name=repeat.name))
            return
        least = 0 if self._may_lack else repeat.least
        if not least <= len(entries) <= repeat.most:
            reading.add_error(place, _entry_count_error(section, len(entries)))
        stored = [
            self._entry(section, number, each, files, reading) for number, each in enumerate(entries[: repeat.most])
        ]
        if stored:
            reading.answers[repeat.name] = stored
        reading.facts[repeat.name] = stored
        for each in section.fields:
            reading.facts[each.name] = [entry[each.name] for entry in stored if each.name in entry]

    def _entry(
        self, section: Section, number: int, written: Mapping[str, Any], files: Files, reading: Reading
    ) -> Answers:
        assert section.repeat
        entry: Answers = {}
        for each in section.fields:
            if not reading.holds(each.show_if, entry):
                continue
            if isinstance(each, FileField):
                self._read_files(each, in_entry(section, number, each).name, files, reading, entry)
                continue
            answer = self._value(each, written, ("answers", section.repeat.name, number), reading, entry)
            if answer is not None:
                entry[each.name] = answer
        return entry

    def _value(self, question: Field, written: Mapping[str, Any], around: Place, reading: Reading, entry: Facts) -> Any:
        """What is stored of a question, computed or answered; None where there is nothing, with its error if it is one.

        `around` is the place of what is `written`, an entry or the form as a whole.
        """
        if isinstance(question, ComputedField):
            return question.formula.value(ChainMap(dict(entry), reading.facts))
        assert isinstance(question, AnswerField)
        place = (*around, question.name)
        reading.shown[place] = question
        try:
            return self._answer(question, written.get(question.name), reading, entry)
        except InvalidAnswer as invalid:
            self._add(reading, place, question, invalid)
        except InvalidParts as invalid:
            for name, part in invalid.parts.items():
                reading.add_error((*place, name), part)
        return None

    def _read_files(self, question: FileField, name: str, files: Files, reading: Reading, entry: Facts) -> None:
        """Show a question that takes files, by its name on the page, with what is wrong with them."""
        place = place_of_files(name)
        reading.shown[place] = question
        needed = question.require_if is not None and reading.holds(question.require_if, entry)
        for invalid in question.errors(len(files.get(name, ())), needed=needed):
            self._add(reading, place, question, invalid)

    def _add(self, reading: Reading, place: Place, question: Field, invalid: InvalidAnswer) -> None:
        """What is wrong with an answer; that it is missing is no error where the form may lack it."""
        if invalid.error.code == MISSING and question.name in self._may_lack:
            reading.not_stated.append(place)
        else:
            reading.add_error(place, invalid)

    def _answer(self, question: AnswerField, written: Any, reading: Reading, entry: Facts) -> Any:
        if is_blank(written):
            if question.required or (question.require_if and reading.holds(question.require_if, entry)):
                raise question.required_error()
            return None
        answer = question.read(written, self._clock)
        if isinstance(question, OptionsField):
            question.check_shown(answer, lambda node: reading.holds(node, entry))
        return answer

    def _answered(self, answers: Mapping[str, Any], files: Files) -> Iterator[tuple[Place, Field | None]]:
        """The place of everything that was sent, with its question; None where there is no such question."""
        for name, value in answers.items():
            if name in self.eservice.groups:
                yield from self._answered_in_entries(name, value)
            elif name not in self.eservice.fields or not is_blank(value):
                yield ("answers", name), self.eservice.fields.get(name)
        for name, several in files.items():
            question = file_question(self.eservice, name)
            if question is None or several:
                yield place_of_files(name), question

    def _answered_in_entries(self, group: str, entries: Any) -> Iterator[tuple[Place, Field | None]]:
        section = self.eservice.groups[group]
        assert section.repeat
        questions = {each.name: each for each in section.fields}
        for number, entry in enumerate(entries[: section.repeat.most] if isinstance(entries, list) else ()):
            for name, value in entry.items() if isinstance(entry, dict) else ():
                if name not in questions or not is_blank(value):
                    yield ("answers", group, number, name), questions.get(name)

    def _last_of(self, reading: Reading) -> Place:
        """The last question before an exit that its condition sees, or that there is, or else the form's first."""
        seen = facts_named(reading.exit.show_if) if reading.exit and reading.exit.show_if else set()
        of_condition = (place for place in reversed(reading.shown) if place[-1] in seen)
        last = next(reversed(reading.shown), ("answers", next(iter(self._order))))
        return next(of_condition, last)

    def in_order(self, errors: Iterable[FieldError]) -> list[FieldError]:
        """The errors in the order of the form; those that belong to no question come last."""
        return sorted(errors, key=self._order_of)

    def _order_of(self, error: FieldError) -> tuple[int, int, int, str]:
        last = len(self._order)
        name, *rest = error.pointer.split("/")[2:]
        if name not in self._order:
            return last, 0, 0, error.pointer
        if name in self.eservice.groups and len(rest) > 1:
            return self._order[name], int(rest[0]), self._order.get(rest[1], last), ""
        return self._order[name], 0, 0, ""


def pointer(*steps: str | int) -> str:
    """A JSON Pointer (RFC 6901) of the steps, each cut to 200 characters."""
    return "".join(f"/{str(step)[:200].replace('~', '~0').replace('/', '~1')}" for step in steps)


def _seen_by_conditions(eservice: EService) -> dict[str, set[str]]:
    """By question, the names that the conditions of its page, its section and its own see."""
    return {
        each.name: {
            name for node in (page.show_if, section.show_if, each.show_if) if node for name in facts_named(node)
        }
        for page in eservice.pages
        for section in page.sections
        for each in section.fields
    }


def _names(section: Section) -> list[str]:
    own = [section.repeat.name] if section.repeat else []
    return own + [each.name for each in section.fields]


def _entry_count_error(section: Section, count: int) -> InvalidAnswer:
    repeat = section.repeat
    assert repeat
    if count > repeat.most:
        return InvalidAnswer(
            "too_many_entries", "“%(entry)s” may be given %(most)s times at most.", entry=repeat.entry, most=repeat.most
        )
    return InvalidAnswer(
        "too_few_entries", "“%(entry)s” must be given %(least)s times at least.", entry=repeat.entry, least=repeat.least
    )


def _turned_away(page: Page) -> InvalidAnswer:
    return InvalidAnswer("turned_away", "This e-service cannot be used: %(title)s.", title=page.title)


def _not_shown(question: Field) -> InvalidAnswer:
    return InvalidAnswer(
        "not_asked", "“%(label)s” is not asked with these answers. Leave it out.", label=question.label
    )


def _unknown(name: str | int) -> InvalidAnswer:
    return InvalidAnswer("unknown_field", "There is no question called “%(name)s”.", name=str(name)[:100])
