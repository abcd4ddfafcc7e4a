"""What a browser posts, which is all text, as the answers that a form reads; and where on the page an error belongs."""

from collections.abc import Mapping
from typing import Any

from services.intake.eservices.definition import EService, Section
from services.intake.forms.entries import in_entry
from services.intake.forms.fields.field import AnswerField, Posted
from services.intake.forms.form import Reading

COUNT = "count"  # `children.count` is how many entries the page has of a repeated section


def answers(eservice: EService, posted: Posted) -> dict[str, Any]:
    """The answers to the e-service's questions; what is not a question of it is passed over."""
    found: dict[str, Any] = {}
    for section in eservice.sections:
        if section.repeat is None:
            found |= {each.name: each.from_browser(posted) for each in _answered(section)}
            continue
        found[section.repeat.name] = [
            {each.name: in_entry(section, number, each).from_browser(posted) for each in _answered(section)}
            for number in range(entries(section, posted))
        ]
    return found


def answers_to_shown(reading: Reading, written: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the answers that are to what is asked: a page may post what an earlier choice asked for."""
    kept: dict[str, Any] = {}
    for name, value in written.items():
        if isinstance(value, list) and name in reading.facts and ("answers", name) not in reading.shown:
            kept[name] = [
                {inside: each for inside, each in entry.items() if ("answers", name, number, inside) in reading.shown}
                for number, entry in enumerate(value)
            ]
        elif ("answers", name) in reading.shown:
            kept[name] = value
    return kept


def entries(section: Section, posted: Posted) -> int:
    """How many entries of a repeated section the page has: never fewer than the least, nor more than one too many."""
    repeat = section.repeat
    assert repeat
    written = posted.get(f"{repeat.name}.{COUNT}", "")
    count = int(written) if written.isascii() and written.isdigit() and len(written) < 5 else 0
    return max(repeat.least, min(count, repeat.most + 1))


def input_name(eservice: EService, pointer: str) -> str:
    """The name of the input that an error belongs to, from its pointer (`/answers/place/text` → `place.text`)."""
    _, kind, name, *rest = pointer.split("/")
    if name in eservice.groups:
        section = eservice.groups[name]
        if not rest:
            return f"{name}.{COUNT}"
        number, inside, *part = rest
        question = next(each for each in section.fields if each.name == inside)
        return in_entry(section, int(number), question).input_name(*part[:1])
    if kind != "answers" or name not in eservice.fields:
        return name
    return eservice.fields[name].input_name(*rest[:1])


def _answered(section: Section) -> list[AnswerField]:
    return [each for each in section.fields if isinstance(each, AnswerField)]
