"""What a page of a draft is prefilled with: answers and their source, and what the submitter made of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from services.intake.eservices.definition import EService, Page
from services.intake.forms.errors import InvalidAnswer, InvalidParts
from services.intake.forms.fields.field import AnswerField, Posted, is_blank
from services.intake.forms.form import Answers
from shared.clock import Clock
from shared.events.intake import AnswerSource


class PrefillState(StrEnum):
    """How it went: `unknown` is what the register does not know, `away` a register that did not answer."""

    FETCHED = "fetched"
    UNKNOWN = "unknown"
    AWAY = "away"
    DECLINED = "declined"


@dataclass(frozen=True)
class Prefilled:
    """What the source gave for a page when it was asked about `key`.

    `answers` are those to the page's questions, as they are stored; `fetched_on` is the day in Sweden that they were
    fetched, `as_of` the day that they hold for.
    """

    state: PrefillState
    key: str
    fetched_on: date
    as_of: date
    answers: Mapping[str, Any] = field(default_factory=dict)


def answers_from(eservice: EService, page: Page, facts: Mapping[str, Any], clock: Clock) -> Answers:
    """The facts as answers to the page's questions, without those that a question does not take."""
    found = {}
    for name, fact in page.prefill.into.items() if page.prefill else ():
        answer = _read(eservice.fields[name], facts.get(fact), clock)
        if answer is not None:
            found[name] = answer
    return found


def filled_in(
    eservice: EService, typed: Posted, before: Prefilled | None, now: Prefilled, clock: Clock
) -> dict[str, str]:
    """What is typed on a page, with what is prefilled `now` where nothing is, or what was prefilled `before`."""
    inputs = dict(typed)
    for name in {**(before.answers if before else {}), **now.answers}:
        question = eservice.fields[name]
        written = question.from_browser(inputs)
        own = _read(question, written, clock)
        is_prefilled = before is not None and own is not None and own == before.answers.get(name)
        if is_blank(written) or is_prefilled:
            inputs = {each: text for each, text in inputs.items() if not _belongs(each, name)}
            inputs |= question.to_browser(now.answers[name]) if name in now.answers else {}
    return inputs


def sources(page: Page, prefilled: Prefilled, answers: Mapping[str, Any]) -> Iterator[tuple[str, AnswerSource]]:
    """The source of each answer that was prefilled, by question; whether the submitter changed it."""
    if page.prefill is None:
        return
    for name, fetched in prefilled.answers.items():
        if name in answers:
            yield (
                name,
                AnswerSource(
                    register=page.prefill.register,
                    label=dict(page.prefill.label),
                    fetched_on=prefilled.fetched_on,
                    as_of=prefilled.as_of,
                    changed=answers[name] != fetched,
                ),
            )


def _read(question: AnswerField, written: Any, clock: Clock) -> Any:
    try:
        return None if is_blank(written) else question.read(written, clock)
    except (InvalidAnswer, InvalidParts):
        return None


def _belongs(input_name: str, question: str) -> bool:
    return input_name == question or input_name.startswith(f"{question}.")
