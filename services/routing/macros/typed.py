"""A macro as it stands in the editor's form: what was typed, by name of the input, while steps come, go and move."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.routing.actions.definition import ActionDefinition, FieldKind, FormField
from services.routing.cases.state_machine import Action
from services.routing.macros.steps import IN_MACRO, Step, fields_of, languages_of

_NAME = re.compile("step-([0-9]{1,2})-(.+)")
_ACTION = "action"


@dataclass(frozen=True)
class TypedStep:
    """A step's action, and what was typed in its inputs, by name: a text has one for each language, `text-sv`."""

    action: str
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def definition(self) -> ActionDefinition | None:
        """The action; None where this version of the service does not know it."""
        return IN_MACRO[Action(self.action)] if self.action in IN_MACRO else None

    @classmethod
    def of(cls, step: Step) -> "TypedStep":
        """A step that is kept, to be changed."""
        return cls(step.action, dict(_written(step.values)))

    @property
    def as_kept(self) -> dict[str, Any]:
        """The step as the API has it. What was left empty is left out."""
        fields = fields_of(self.definition) if self.definition else ()
        values = {each.name: self._value(each) for each in fields}
        return {"action": self.action, "values": {name: value for name, value in values.items() if value}}

    def _value(self, each: FormField) -> Any:
        typed = self.typed.get(each.name, "")
        if each.kind is FieldKind.TEXT and self.definition:
            by_language = {one: self.typed.get(f"{each.name}-{one}") for one in languages_of(self.definition, each)}
            return {language: text for language, text in by_language.items() if text}
        if each.kind is FieldKind.DATE and typed:
            return {"days": int(typed) if re.fullmatch("[0-9]{1,4}", typed) else typed}
        return typed


def steps_in(form: Mapping[str, str]) -> list[TypedStep]:
    """The steps that the inputs `step-<number>-<name>` of a form have, in the order of their numbers."""
    found: dict[int, dict[str, str]] = {}
    for name, text in form.items():
        if match := _NAME.fullmatch(name):
            found.setdefault(int(match[1]), {})[match[2]] = text
    steps = (inputs for _, inputs in sorted(found.items()) if _ACTION in inputs)
    return [TypedStep(each[_ACTION], {name: text for name, text in each.items() if name != _ACTION}) for each in steps]


def is_of_step(name: str) -> bool:
    """Whether an input of the form belongs to a step."""
    return _NAME.fullmatch(name) is not None


def changed(steps: Sequence[TypedStep], what: str, added: str) -> tuple[list[TypedStep], int | None]:
    """The steps as a button changes them, and the number of the one to go on with.

    `what` is `add`, which adds a step with the action `added`, or `up-<number>`, `down-<number>`, `remove-<number>`.
    """
    now = list(steps)
    verb, _, digits = what.partition("-")
    number = int(digits) if re.fullmatch("[0-9]{1,2}", digits) else len(now)
    if verb == "add" and added in IN_MACRO:
        return [*now, TypedStep(added)], len(now)
    if number >= len(now):
        return now, None
    if verb == "remove":
        return now[:number] + now[number + 1 :], None
    target = max(0, min(len(now) - 1, number + {"up": -1, "down": 1}.get(verb, 0)))
    now.insert(target, now.pop(number))
    return now, target


def _written(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping) and "days" in value:
            yield name, str(value["days"])
        elif isinstance(value, Mapping):
            yield from ((f"{name}-{language}", text) for language, text in value.items())
        elif value is not None:
            yield name, str(value)
