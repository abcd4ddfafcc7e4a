"""What somebody fills in of an e-service's form: the text of each input, and what is to be stored of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property

from services.intake.eservices import loader
from services.intake.eservices.definition import EService, Page, Section
from services.intake.forms.answers import labelled_answers
from services.intake.forms.entries import in_entry
from services.intake.forms.fields.checkbox import CheckboxField
from services.intake.forms.fields.field import AnswerField
from services.intake.forms.form import Answers, Form
from shared import municipalities
from shared.clock import utc_now
from shared.swedish.time import local_date
from tests.house.reading import ROOT
from tests.unit.intake.eservices.citizen import Filled, fill_in

DEFINITIONS = loader.load(ROOT / "eservices")
TENANTS = municipalities.load(ROOT / "municipalities")
CITIZENS = range(60)  # as many ways through a form as are looked at for those that show all of its pages
OFFERED = [(slug, code) for slug in sorted(TENANTS) for code in DEFINITIONS.of(slug)]
EACH_ONCE = sorted({code: slug for slug, code in reversed(OFFERED)}.items())


@dataclass(frozen=True)
class Plan:
    """One way through the form, to its end or to a page that turns away.

    `answers` are those that are to be stored, `files` how many answer each question that takes files.
    """

    slug: str
    form: Form
    answers: Answers
    files: Mapping[str, int]

    @property
    def eservice(self) -> EService:
        """The definition."""
        return self.form.eservice

    @cached_property
    def pages(self) -> Sequence[Page]:
        """Those that are shown, in order."""
        return self.form.reading(self.answers, {name: [None] * count for name, count in self.files.items()}).pages

    @cached_property
    def inputs(self) -> Mapping[str, str]:
        """What each input is filled in with, by its name."""
        return {name: text for section in self.eservice.sections for name, text in self._inputs_of(section)}

    @cached_property
    def entries(self) -> Mapping[str, int]:
        """How many entries each repeated section has."""
        return {name: len(self.answers.get(name, ())) for name in self.eservice.groups}

    @cached_property
    def stored(self) -> Mapping[str, object]:
        """The answers by the names that the submission has for them."""
        return {each.name: each.answer for each in labelled_answers(self.eservice, self.answers)}

    def with_input(self, name: str, text: str) -> "Plan":
        """The plan with another answer to a question that is asked once, and is answered with text."""
        return replace(self, answers={**self.answers, name: text})

    def without(self, name: str) -> "Plan":
        """The plan without what is to be stored of a question that is asked once, as it is answered in another way."""
        return replace(self, answers={other: answer for other, answer in self.answers.items() if other != name})

    def _inputs_of(self, section: Section) -> Iterator[tuple[str, str]]:
        questions = [each for each in section.fields if isinstance(each, AnswerField)]
        if section.repeat is None:
            for question in questions:
                yield from _inputs(question, self.answers.get(question.name))
            return
        for number, entry in enumerate(self.answers.get(section.repeat.name, ())):
            for question in questions:
                yield from _inputs(in_entry(section, number, question), entry.get(question.name))


@cache
def plans(slug: str, code: str) -> Sequence[Plan]:
    """Ways through the form that together show all of its pages, the longest first."""
    form = Form(DEFINITIONS.of(slug)[code], utc_now)
    ways = [_plan(slug, form, fill_in(form, citizen, _today())) for citizen in CITIZENS]
    found, unseen = [], {page.code for page in form.eservice.pages if not page.is_exit}
    for plan in sorted(ways, key=_length, reverse=True):
        if unseen & {page.code for page in plan.pages}:
            found.append(plan)
            unseen -= {page.code for page in plan.pages}
    assert not unseen, f"nobody comes to {unseen} of {code}"
    return found


@cache
def exits(slug: str, code: str) -> Sequence[Plan]:
    """A way to each page that turns away."""
    form = Form(DEFINITIONS.of(slug)[code], utc_now)
    exit_pages = {page.code for page in form.eservice.pages if page.is_exit}
    found: dict[str, Plan] = {}
    for citizen in CITIZENS if exit_pages else ():
        for page, answers in fill_in(form, citizen, _today()).exits.items():
            found.setdefault(page, Plan(slug, form, answers, {}))
    assert found.keys() == exit_pages, f"nobody is turned away at {exit_pages - found.keys()} of {code}"
    return list(found.values())


def _length(plan: Plan) -> int:
    return len(plan.inputs) + sum(plan.files.values())


def _plan(slug: str, form: Form, filled: Filled) -> Plan:
    return Plan(slug, form, filled.answers, {name: len(each) for name, each in filled.files.items() if each})


def _inputs(question: AnswerField, answer: object) -> Iterator[tuple[str, str]]:
    if isinstance(question, CheckboxField):
        answer = {question.name: question.ticked} if answer else {}
    elif answer is not None:
        answer = question.to_browser(answer)
    yield from (answer or {}).items()


def _today() -> date:
    return local_date(utc_now())
