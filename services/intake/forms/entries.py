"""Questions in entries of repeated sections: what they are called, and where they stand in what is sent.

On a page the first entry is number 0, as in lists of JSON: `children.0.certificate`. To people, and so in what is
stored and published, it is number 1: `children.1.certificate`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from services.intake.eservices.definition import EService, Section
from services.intake.forms.fields.field import Field
from services.intake.forms.fields.file import FileField

Question = TypeVar("Question", bound=Field)


def in_entry(section: Section, number: int, question: Question) -> Question:
    """The question of one entry of a repeated section, whose inputs are called `children.0.name`."""
    assert section.repeat
    return replace(question, name=f"{section.repeat.name}.{number}.{question.name}")


def question_name(name: str) -> str:
    """What the question is called in its definition, without its entry."""
    return name.rpartition(".")[2]


def numbered_from_one(name: str) -> str:
    """The name of a question on a page as submissions have it."""
    group, number, question = name.split(".") if "." in name else ("", "", name)
    return f"{group}.{int(number) + 1}.{question}" if group else name


def numbered_from_zero(name: str) -> str:
    """The name of a question in a submission as its page has it."""
    group, number, question = name.split(".") if "." in name else ("", "", name)
    return f"{group}.{int(number) - 1}.{question}" if group else name


def place_of_files(name: str) -> tuple[str | int, ...]:
    """Where a submission has the files that answer a question of a page."""
    return ("attachments", *(int(step) if step.isdecimal() else step for step in name.split(".")))


def pointer_to_files(name: str) -> str:
    """The same as a JSON Pointer."""
    return "".join(f"/{step}" for step in place_of_files(name))


def file_question(eservice: EService, name: str) -> FileField | None:
    """The question of a page that files answer, with the name that it has there; None where there is none."""
    *entry, own = name.split(".")
    question = eservice.files.get(own)
    if question is None:
        return None
    repeat = next(each.repeat for each in eservice.sections if question in each.fields)
    is_there = entry[:1] == [repeat.name] and len(entry) == 2 if repeat else not entry
    return replace(question, name=name) if is_there else None


def files_by_question(eservice: EService, attachments: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """What the API is sent, where a repeated section has the files of each entry, by the names on a page.

    What stands where no files can is there too, by a name that no question has.
    """
    found: dict[str, Sequence[Any]] = {}
    for name, sent in attachments.items():
        if not any(isinstance(each, Mapping) for each in sent):
            if sent or name not in eservice.groups:
                found[name] = sent
            continue
        for number, entry in enumerate(sent):
            if name not in eservice.groups:
                found[f"{name}.{number}"] = ()
            found |= {f"{name}.{number}.{inside}": ids for inside, ids in entry.items()}
    return found
