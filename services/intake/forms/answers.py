"""What the answers of a submission give: answers with labels for people, the case's title, facts for the rules."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.intake.eservices.definition import EService, Repeat, Section
from services.intake.forms.entries import numbered_from_zero, place_of_files, question_name
from services.intake.forms.fields.checkboxes import CheckboxesField
from services.intake.forms.fields.computed import ComputedField
from services.intake.forms.fields.field import LANGUAGES, AnswerField, Text
from services.intake.forms.fields.place import PlaceField
from services.intake.forms.form import Answers, Place
from shared.borders import Border
from shared.conditions.areas import Position
from shared.events.intake import Answer, AnswerPosition, AnswerSource, Submitter, SubmitterKind
from shared.i18n.formats import localized

NOT_STATED: Text = {"sv": "Uppgift saknas", "en": "Not stated"}


@dataclass(frozen=True)
class LabelledAnswer:
    """An answer with its question. `name` has its entry's number where the section is repeated: `children.1.name`.

    `label` and `value` by language; what needs no translation has only `sv`. `answer` is None where it is not stated.
    `source`: where it was prefilled from.
    """

    name: str
    question: AnswerField | ComputedField
    label: Text
    value: Text
    answer: Any
    source: AnswerSource | None = None

    @property
    def input_name(self) -> str | None:
        """The input on the page where it was given: there the first entry is number 0. None where it was computed."""
        if isinstance(self.question, ComputedField):
            return None
        return replace(self.question, name=numbered_from_zero(self.name)).input_name()

    @property
    def choices(self) -> list[dict[str, str]] | None:
        """The options where several may be chosen, each by language."""
        labels = self.question.labels_of(self.answer) if isinstance(self.question, CheckboxesField) else None
        return [dict(each) for each in labels] if labels else None

    def for_event(self) -> Answer:
        """As it is published."""
        return Answer(
            self.name,
            dict(self.label),
            dict(self.value),
            self.source,
            self._position,
            self.choices,
            is_stated=self.answer is not None,
        )

    @property
    def _position(self) -> AnswerPosition | None:
        position = Position.of(self.answer or {}) if isinstance(self.question, PlaceField) else None
        return AnswerPosition(position.latitude, position.longitude) if position else None


def labelled_answers(eservice: EService, answers: Answers, not_stated: Collection[Place] = ()) -> list[LabelledAnswer]:
    """Every answer in the form's order, with those that are not stated."""
    return [each for section in eservice.sections for each in labelled_of_section(section, answers, not_stated)]


def labelled_of_section(
    section: Section, answers: Answers, not_stated: Collection[Place] = ()
) -> Iterator[LabelledAnswer]:
    """The answers of one section, with those that are not stated."""
    if section.repeat is None:
        yield from _labelled(section, answers, "", None, _names_below(("answers",), not_stated))
        return
    for number, entry in enumerate(answers.get(section.repeat.name, ()), start=1):
        prefix = f"{section.repeat.name}.{number}."
        missing = _names_below(("answers", section.repeat.name, number - 1), not_stated)
        yield from _labelled(section, entry, prefix, entry_heading(section, number, entry), missing)


def _names_below(around: Place, places: Collection[Place]) -> set[str | int]:
    return {place[-1] for place in places if place[:-1] == around}


def entry_heading(section: Section, number: int, entry: Mapping[str, Any]) -> Text:
    """The heading of an entry, the first of which is 1: made of its answers, or what it is called and a number."""
    repeat = section.repeat
    assert repeat
    shown = {each.question.name: each.value for each in _labelled(section, entry, "", None)}
    return {language: _heading(repeat, number, shown, language) for language in LANGUAGES}


def files_label(eservice: EService, name: str, answers: Answers) -> Text:
    """What a question of a page that takes files is called, below the heading of its entry where it is in one."""
    label = eservice.files[question_name(name)].label
    _, group, *rest = place_of_files(name)
    if not rest:
        return label
    number, entries = int(rest[0]), answers.get(str(group), [])
    entry = entries[number] if number < len(entries) else {}
    return _below(entry_heading(eservice.groups[str(group)], number + 1, entry), label)


def case_title(eservice: EService, labelled: Sequence[LabelledAnswer]) -> dict[str, str]:
    """The case's title by language, made from the definition's template and the answers with their labels."""
    return {
        language: template.format_map(_shown(labelled, language)) for language, template in eservice.case_title.items()
    }


def _shown(labelled: Sequence[LabelledAnswer], language: str) -> Mapping[str, str]:
    """The answers by name; one that is not there, as an officer's may be, is not stated."""
    return defaultdict(
        lambda: localized(NOT_STATED, language), {each.name: localized(each.value, language) for each in labelled}
    )


def facts(eservice: EService, answers: Answers) -> dict[str, Any]:
    """The answers that routing rules may see."""
    return {name: answers[name] for name, field in eservice.questions.items() if field.fact and name in answers}


def submitter(eservice: EService, answers: Answers) -> Submitter | None:
    """Who submits and how to reach them; None when they are anonymous."""
    roles = eservice.submitter
    name, email, phone, number = (
        answers.get(role) if role else None for role in (roles.name, roles.email, roles.phone, roles.number)
    )
    if not any((name, email, phone)):
        return None
    kind = SubmitterKind.ORGANISATION if number and len(number) == 10 else SubmitterKind.PERSON
    return Submitter(kind, name, email, phone)


def has_place_outside(labelled: Iterable[LabelledAnswer], border: Border) -> bool:
    """Whether a place among the answers has a position that the border does not hold."""
    positions = (Position.of(each.answer or {}) for each in labelled if isinstance(each.question, PlaceField))
    return any(position and not border.holds(position) for position in positions)


def _labelled(
    section: Section,
    answers: Mapping[str, Any],
    prefix: str,
    heading: Text | None,
    not_stated: Collection[str | int] = (),
) -> Iterator[LabelledAnswer]:
    for field in section.fields:
        if not isinstance(field, AnswerField | ComputedField):
            continue
        name, label = f"{prefix}{field.name}", field.label if heading is None else _below(heading, field.label)
        if field.name in answers:
            answer = answers[field.name]
            yield LabelledAnswer(name, field, label, field.display(answer), answer)
        elif field.name in not_stated:
            yield LabelledAnswer(name, field, label, NOT_STATED, None)


def _below(heading: Text, label: Text) -> Text:
    return {language: f"{heading[language]}: {label[language]}" for language in LANGUAGES}


def _heading(repeat: Repeat, number: int, shown: Mapping[str, Text], language: str) -> str:
    if repeat.heading:
        try:
            return repeat.heading[language].format_map(
                {name: localized(value, language) for name, value in shown.items()}
            )
        except KeyError:  # what it is made of is not answered
            pass
    return f"{repeat.entry[language]} {number}".capitalize()
